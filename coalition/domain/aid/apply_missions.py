"""Folding what happens to missions and their costs."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.aid.state import Mission

if TYPE_CHECKING:
    from coalition.domain.aid import mission_events as m
    from coalition.domain.aid.state import Aid
    from coalition.domain.messages import Record

Change = dict[str, Any]


def tasked(state: Aid, record: Record, event: m.MissionTasked) -> Change:
    """Begins under the terms that were signed."""
    offer = state.offers[str(event.mission)]
    mission = Mission(
        mission=event.mission,
        member=event.member,
        status="tasked",
        agreement=state.agreement(offer),
        signatures=offer.signatures,
        tasked_at=record.at,
        check_in_by=event.check_in_by,
    )
    return {"missions": {**state.missions, str(event.mission): mission}}


def amended(state: Aid, record: Record, event: m.MissionAmended) -> Change:
    """Other terms hold from now on; nothing is left to sign."""
    offer = state.offers[str(event.mission)]
    mission = state.missions[str(event.mission)]
    update = {
        "agreement": state.agreement(offer),
        "signatures": offer.signatures,
        "amendments": mission.amendments + 1,
    }
    complete = offer.model_copy(update={"sign_by": None})
    return {
        **_with(state, event.mission, update),
        "offers": {**state.offers, str(event.mission): complete},
    }


def mobilised(state: Aid, record: Record, event: m.MissionMobilised) -> Change:
    """Being readied."""
    return _with(state, event.mission, {"status": "mobilising"})


def deployed(state: Aid, record: Record, event: m.MissionDeployed) -> Change:
    """At work."""
    return _with(state, event.mission, {"status": "deployed", "deployed_at": record.at})


def guests(state: Aid, record: Record, event: m.GuestsNamed) -> Change:
    """Who has the room."""
    before = state.missions[str(event.mission)].guests
    kept = tuple(id for id in before if id not in event.removed)
    return _with(state, event.mission, {"guests": (*kept, *event.added)})


def checked_in(state: Aid, record: Record, event: m.CheckedIn) -> Change:
    """The clock begins anew."""
    count = state.missions[str(event.mission)].check_ins + 1
    update = {"check_in_by": event.next_by, "check_ins": count, "last_check_in": event.text}
    return _with(state, event.mission, update)


def recalled(state: Aid, record: Record, event: m.MissionRecalled) -> Change:
    """Called home. Once stood down, its work counts as done; before, the need is open again."""
    before = state.missions[str(event.mission)].status
    update = {"status": "recalled", "reason": event.reason, "recalled": before != "demobilising"}
    return _with(state, event.mission, update)


def stood_down(state: Aid, record: Record, event: m.MissionStoodDown) -> Change:
    """On the way home."""
    return _with(state, event.mission, {"status": "demobilising", "reason": event.reason})


def home(state: Aid, record: Record, event: m.MissionHome) -> Change:
    """Home; its capability has been given back."""
    update = {"status": "demobilised", "home_at": record.at, "report_by": event.report_by}
    offer = state.offers[str(event.mission)].model_copy(update={"booking": "released"})
    return {
        **_with(state, event.mission, {**update, "check_in_by": None}),
        "offers": {**state.offers, str(event.mission): offer},
    }


def doubted(state: Aid, record: Record, event: m.RecallProposed) -> Change:
    """Proposed once for each member."""
    before = state.missions[str(event.mission)].doubtful
    return _with(state, event.mission, {"doubtful": (*before, event.member)})


def reported(state: Aid, record: Record, event: m.MissionReported) -> Change:
    """On record."""
    update = {"status": "reported", "report": event.text, "lessons": event.lessons}
    return _with(state, event.mission, update)


def costs_submitted(state: Aid, record: Record, event: m.CostsSubmitted) -> Change:
    """All lines as they stand now; an open question is answered."""
    update = {
        "status": "costs_submitted",
        "submission": event.submission,
        "costs": event.lines,
        "cost_note": event.note,
        "queried_lines": (),
    }
    return _with(state, event.mission, update)


def queried(state: Aid, record: Record, event: m.CostsQueried) -> Change:
    """A question is open."""
    update = {"status": "queried", "query": event.question, "queried_lines": event.lines}
    return _with(state, event.mission, update)


def settled(state: Aid, record: Record, event: m.CostsSettled) -> Change:
    """Done."""
    update = {
        "status": "settled",
        "settled_amount": event.amount,
        "reference": event.reference,
    }
    return _with(state, event.mission, update)


def waived(state: Aid, record: Record, event: m.CostsWaived) -> Change:
    """Done, without money."""
    update = {"status": "waived", "settled_amount": 0, "reason": event.reason}
    return _with(state, event.mission, update)


def _with(state: Aid, number: int, update: Change) -> Change:
    mission = state.missions[str(number)].model_copy(update=update)
    return {"missions": {**state.missions, str(number): mission}}
