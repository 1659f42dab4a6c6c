"""The communications check: does everybody answer, on every channel that is written down?

It is a record of its own, like a warning: no room, no severity, no content, and TLP:CLEAR. One
notice goes to every member, the sender's own included, by all its channels at once; nobody is
reminded and nothing escalates. When its time is over it ends, and what has not been acknowledged
by then counts as not reached.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.authority import with_role
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.gate import member_ceiling
from coalition.domain.incident import checks, notices
from coalition.domain.incident.check_messages import (
    CheckComms,
    CheckStarted,
    KeysChecked,
    RecordKeys,
)
from coalition.domain.incident.checking import TITLE
from coalition.domain.labels import Tlp
from coalition.domain.severity import WARNING

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate, Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World

TEXT = (
    "This is a communications check. It says nothing about any incident. Please acknowledge it "
    "on every channel by which it reaches you: each copy has a link of its own."
)
ASK = "Acknowledge this copy. There is nothing else to do."
LONGEST = timedelta(days=14)


def check_comms(state: Incident | None, command: CheckComms, world: World) -> list[Event]:
    """CheckStarted and the notice that goes out by every channel.

    Whoever is neither active nor observer is sent nothing and is not checked.

    Raises:
        UserError: nobody to check, an unknown member, or the time is too long.
        NotAllowed: a person who is no operator of an active member.
        GateRefusal: no member has a channel.
    """
    if state is not None:
        raise UserError(f"{state.number} exists already.", "Start the check again.")
    coalition = world.coalition
    checks.of_this_mode(command.exercise, coalition)
    sender, lead = _sender(command, coalition)
    if not timedelta(0) < command.within <= LONGEST:
        raise UserError(
            "The time to answer must be longer than nothing and at most 14 days.",
            "Write it like 4h or 2d.",
            field="within",
        )
    named = checks.members_of(command.members, coalition) or coalition.members
    told = [one for one in named if member_ceiling(one) is not None]
    draft = notices.Draft(
        number=command.incident,
        notice=1,
        kind="comms_check",
        text=TEXT,
        ask=ASK,
        answers=("acknowledge",),
        tlp=Tlp.CLEAR,
        severity=WARNING,
        assessed=False,
        title=TITLE,
        sender=sender,
        within=command.within,
        every_channel=True,
    )
    issued = notices.issue(draft, told, command.at, coalition)
    started = CheckStarted(
        number=command.incident,
        member=sender.id,
        members=tuple(dict.fromkeys((sender.id, *(one.id for one in told)))),
        lead=lead.id if lead else None,
        exercise=coalition.exercise,
        charter=coalition.content_hash,
    )
    return [started, issued]


def _sender(command: CheckComms, coalition: Coalition) -> tuple[Member, Delegate | None]:
    if command.actor.kind == "delegate":
        return with_role(command.actor, "operator", coalition)
    if command.actor.kind != "system":
        raise NotAllowed(f"{command.actor.label} may not start a communications check.")
    if not coalition.active:
        raise UserError("No member is active.", "Activate one in the coalition file.")
    return coalition.active[0], None


def record_keys(state: Incident, command: RecordKeys, world: World) -> list[Event]:
    """KeysChecked; nothing when that is recorded already."""
    return [] if state.keys == command.keys else [KeysChecked(keys=command.keys)]
