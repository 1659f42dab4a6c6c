"""Guests: named people of a mission, who have one incident's room for as long as it lasts.

A guest sees what the gate shows them of this incident, and of no other. They write down what they
find and do; what goes out, and what becomes of the incident, stays with those who take part.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import NotAllowed
from coalition.domain.incident import commands as c
from coalition.domain.incident.checks import admits
from coalition.domain.incident.events import AlarmRaised
from coalition.domain.incident.guest_messages import GuestAdmitted, GuestLeft
from coalition.domain.incident.state import Guest

if TYPE_CHECKING:
    from coalition.domain.authority import Party
    from coalition.domain.incident.guest_messages import AddGuest, RemoveGuest
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Command, Event, Record
    from coalition.domain.world import World

MAY: tuple[type[Command], ...] = (c.AddNote, c.AddTask, c.CompleteTask)
"""What a guest may do in an incident."""


def add_guest(state: Incident, command: AddGuest, world: World) -> list[Event]:
    """GuestAdmitted; nothing when they are in for this mission already.

    Somebody who may not see the incident's label is not let in, and a human is told: with them in
    the room it would show nobody anything.

    Raises:
        NotFound: no such delegate.
    """
    member, person = world.coalition.delegate(command.delegate)
    guest = state.guests.get(person.id)
    mission = _name(command)
    if guest is not None and mission in guest.missions:
        return []
    if not member.active or not admits(member, state.tlp):
        subject = f"guest:{person.id}"
        if subject in state.alarms:
            return []
        return [
            AlarmRaised(
                subject=subject,
                text=f"{person.name} of {member.name} cannot come into the room: the incident is "
                f"{state.tlp}, and {member.name} is {member.status} with trust {member.trust}.",
                fallback="Lower the label (/incident tlp), or work with them outside Slack.",
            )
        ]
    return [GuestAdmitted(delegate=person.id, member=member.id, mission=mission)]


def remove_guest(state: Incident, command: RemoveGuest, world: World) -> list[Event]:
    """GuestLeft; nothing when they are not in for this mission."""
    guest = state.guests.get(command.delegate)
    mission = _name(command)
    if guest is None or mission not in guest.missions:
        return []
    last = guest.missions == (mission,)
    left = GuestLeft(delegate=command.delegate, member=guest.member, mission=mission, out=last)
    return [left]


def within_bounds(party: Party, state: Incident, command: Command) -> None:
    """Nothing, unless a guest asks for what guests may not do.

    Raises:
        NotAllowed: with what they may do.
    """
    member, person = party
    if member.id in state.participants or person.id not in state.guests:
        return
    if not isinstance(command, MAY):
        raise NotAllowed(
            f"{person.name} is a guest in {state.number}: {member.name} does not take part in it.",
            "Guests add notes and tasks and complete them; ask the lead for anything else.",
        )


def admitted(state: Incident, record: Record, event: GuestAdmitted) -> dict[str, Any]:
    """One mission more."""
    before = state.guests.get(event.delegate)
    missions = (*(before.missions if before else ()), event.mission)
    guest = Guest(member=event.member, missions=missions)
    return {"guests": {**state.guests, event.delegate: guest}}


def left(state: Incident, record: Record, event: GuestLeft) -> dict[str, Any]:
    """One mission less; without any they are no guest."""
    kept = {id: one for id, one in state.guests.items() if id != event.delegate}
    if event.out:
        return {"guests": kept}
    guest = state.guests[event.delegate]
    missions = tuple(one for one in guest.missions if one != event.mission)
    return {"guests": {**kept, event.delegate: guest.model_copy(update={"missions": missions})}}


def _name(command: AddGuest | RemoveGuest) -> str:
    return f"{command.aid}/{command.mission}"
