"""What a room is told of missions and their costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.rendering.slack.aid_telling import name, over, request, under
from coalition.rendering.slack.names import person
from coalition.rendering.slack.text import listed, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.aid import mission_events as m
    from coalition.domain.aid.state import Mission
    from coalition.rendering.slack.telling import Post, Telling


def _mission(telling: Telling, number: int) -> Mission:
    return request(telling).missions[str(number)]


def _mobilised(telling: Telling, event: m.MissionMobilised) -> Post:
    sender = name(telling, _mission(telling, event.mission).member)
    return under(telling, f"Mission {event.mission} of {sender} is being readied.")


def _deployed(telling: Telling, event: m.MissionDeployed) -> Post:
    mission = _mission(telling, event.mission)
    due = f" Next check-in by {local(mission.check_in_by)}." if mission.check_in_by else ""
    said = f"*At work:* mission {event.mission} of {name(telling, event.member)}.{due}"
    return over(telling, said)


def _guests(telling: Telling, event: m.GuestsNamed) -> Post:
    added = listed(person(telling.coalition, one) for one in event.added)
    removed = listed(person(telling.coalition, one) for one in event.removed)
    parts = [f"joined for this incident alone: {added}"] if added else []
    parts += [f"left: {removed}"] if removed else []
    return under(telling, f"Guests of mission {event.mission}: {'; '.join(parts)}.")


def _checked_in(telling: Telling, event: m.CheckedIn) -> Post:
    due = local(event.next_by)
    said = f"Mission {event.mission} has checked in, says {telling.by}; next by {due}."
    return under(telling, said)


def _recalled(telling: Telling, event: m.MissionRecalled) -> Post:
    sender = name(telling, _mission(telling, event.mission).member)
    said = f"*Recalled:* {sender} calls mission {event.mission} home. The need is open again."
    return over(telling, said)


def _stood_down(telling: Telling, event: m.MissionStoodDown) -> Post:
    sender = name(telling, _mission(telling, event.mission).member)
    return over(telling, f"*Stood down:* mission {event.mission} of {sender} goes home.")


def _home(telling: Telling, event: m.MissionHome) -> Post:
    said = f"Mission {event.mission} of {name(telling, event.member)} is home; its guests leave."
    return under(telling, f"{said} The report is due {local(event.report_by)}.")


def _reported(telling: Telling, event: m.MissionReported) -> Post:
    said = f"Mission {event.mission} is reported; both sides read it with /aid list."
    return under(telling, said)


def _amended(telling: Telling, event: m.MissionAmended) -> Post:
    return under(telling, f"Mission {event.mission} goes on under other terms; both have signed.")


def _settled(telling: Telling, event: m.CostsSettled) -> Post:
    return over(telling, f"*Settled:* the costs of mission {event.mission}.")


def _waived(telling: Telling, event: m.CostsWaived) -> Post:
    sender = name(telling, _mission(telling, event.mission).member)
    return over(telling, f"*Costs waived:* {sender} wants nothing for mission {event.mission}.")


BUILDERS: dict[str, Callable[[Telling, Any], Post | None]] = {
    "MissionMobilised": _mobilised,
    "MissionDeployed": _deployed,
    "GuestsNamed": _guests,
    "CheckedIn": _checked_in,
    "MissionRecalled": _recalled,
    "MissionStoodDown": _stood_down,
    "MissionHome": _home,
    "MissionReported": _reported,
    "MissionAmended": _amended,
    "CostsSettled": _settled,
    "CostsWaived": _waived,
}
