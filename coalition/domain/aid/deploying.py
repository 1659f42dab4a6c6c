"""The mission: readied, at work, checked on, called or sent home."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.aid import mission_events as m
from coalition.domain.aid.authority import both_active
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.checks import reason_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.aid import mission_commands as c
    from coalition.domain.aid.state import Aid, Mission
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Event
    from coalition.domain.world import World

LONGEST_SILENCE = timedelta(days=7)
MOST_GUESTS = 50


def mobilise_mission(state: Aid, command: c.MobiliseMission, world: World) -> list[Event]:
    """MissionMobilised.

    Raises:
        NotAllowed: a side is no longer active.
    """
    both_active(state, state.missions[str(command.mission)], world.coalition)
    return [m.MissionMobilised(mission=command.mission)]


def deploy_mission(state: Aid, command: c.DeployMission, world: World) -> list[Event]:
    """MissionDeployed; GuestsNamed where the guests change.

    Raises:
        NotAllowed: a side is no longer active.
        NotFound, UserError: a guest is no delegate of the side that sends.
    """
    mission = state.missions[str(command.mission)]
    both_active(state, mission, world.coalition)
    deployed = m.MissionDeployed(
        mission=mission.mission,
        member=mission.member,
        capability=mission.agreement.supply.capability,
    )
    if command.guests is None:
        return [deployed]
    return [deployed, *_guests(mission, command.guests, world.coalition)]


def name_guests(state: Aid, command: c.NameGuests, world: World) -> list[Event]:
    """GuestsNamed; nothing when they have the room already.

    Raises:
        NotAllowed: a side is no longer active.
        NotFound, UserError: a guest is no delegate of the side that sends.
    """
    mission = state.missions[str(command.mission)]
    both_active(state, mission, world.coalition)
    return _guests(mission, command.guests, world.coalition)


def check_in(state: Aid, command: c.CheckIn, world: World) -> list[Event]:
    """CheckedIn: the clock begins anew.

    Raises:
        UserError: no text, or the next one is too far off.
    """
    within = command.next_in or world.coalition.charter.aid.clocks.check_in
    if not timedelta(0) < within <= LONGEST_SILENCE:
        raise UserError(
            "The next check-in must come within 7 days.", "Write it like 12h.", field="next_in"
        )
    text = text_of(command.text, "check-in")
    return [m.CheckedIn(mission=command.mission, text=text, next_by=command.at + within)]


def recall_mission(state: Aid, command: c.RecallMission, world: World) -> list[Event]:
    """MissionRecalled: always the right of the side that sends; with a reason."""
    return [
        m.MissionRecalled(mission=command.mission, reason=reason_of(command.reason, "A recall"))
    ]


def stand_down_mission(state: Aid, command: c.StandDownMission, world: World) -> list[Event]:
    """MissionStoodDown, with or without a reason."""
    reason = command.reason.strip() and text_of(command.reason, "reason")
    return [m.MissionStoodDown(mission=command.mission, reason=reason)]


def confirm_home(state: Aid, command: c.ConfirmHome, world: World) -> list[Event]:
    """MissionHome: free again after a rest, if it was at work at all; guests lose the room."""
    mission = state.missions[str(command.mission)]
    clocks = world.coalition.charter.aid.clocks
    rest = clocks.rest if mission.deployed_at else timedelta(0)
    home = m.MissionHome(
        mission=mission.mission,
        member=mission.member,
        capability=mission.agreement.supply.capability,
        rest_until=command.at + rest,
        report_by=command.at + clocks.report,
    )
    return [*no_more_guests(mission), home]


def no_more_guests(mission: Mission) -> list[Event]:
    """GuestsNamed that takes the room from all of them."""
    if not mission.guests:
        return []
    return [m.GuestsNamed(mission=mission.mission, added=(), removed=mission.guests)]


def review_standing(state: Aid, command: object, world: World) -> list[Event]:
    """RecallProposed for each mission in the field with a member that is no longer active.

    Once for each member; its guests lose the room at once. Nothing is recalled by itself: that is
    a decision of the two sides.
    """
    events: list[Event] = []
    for mission in state.missions.values():
        if not mission.in_the_field:
            continue
        inactive = _inactive((state.member, mission.member), world.coalition)
        events += [
            _proposal(state, mission, id, world.coalition)
            for id in inactive
            if id not in mission.doubtful
        ]
        if mission.member in inactive:
            events += no_more_guests(mission)
    return events


def _guests(mission: Mission, wanted: tuple[str, ...], coalition: Coalition) -> list[Event]:
    if len(wanted) > MOST_GUESTS:
        raise UserError(f"At most {MOST_GUESTS} guests.", "Name fewer.", field="guests")
    for id in wanted:
        member, person = coalition.delegate(id)
        if member.id != mission.member:
            raise NotFound(
                f"{person.name} is a delegate of {member.name}, not of {mission.member}.",
                "Guests are delegates of the side that sends, named in coalition.yaml.",
                field="guests",
            )
    added = tuple(id for id in dict.fromkeys(wanted) if id not in mission.guests)
    removed = tuple(id for id in mission.guests if id not in wanted)
    if not added and not removed:
        return []
    return [m.GuestsNamed(mission=mission.mission, added=added, removed=removed)]


def _inactive(members: Iterable[str], coalition: Coalition) -> list[str]:
    active = {member.id for member in coalition.active}
    return [id for id in members if id not in active]


def _proposal(state: Aid, mission: Mission, id: str, coalition: Coalition) -> m.RecallProposed:
    known = {member.id: member for member in coalition.members}
    standing = f"{known[id].name} is {known[id].status}" if id in known else f"{id} has gone"
    phones = [
        f"{known[side].name}, {known[side].duty_phone}"
        for side in (state.member, mission.member)
        if side in known
    ]
    return m.RecallProposed(
        mission=mission.mission,
        member=id,
        text=f"{standing}, and mission {mission.mission} of {state.aid} is {mission.status}. "
        "Should it be recalled?",
        fallback=f"Decide together: {'; '.join(phones)}. Then /aid recall or /aid complete.",
    )
