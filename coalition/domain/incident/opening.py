"""How an incident begins: as an early warning, as an incident, or a warning that becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.authority import Party, participant, with_role
from coalition.domain.errors import GateRefusal, UserError
from coalition.domain.gate import member_ceiling
from coalition.domain.incident import checks, notices
from coalition.domain.incident.commands import OpenIncident, RaiseWarning
from coalition.domain.incident.events import IncidentOpened, NoteAdded, WarningRaised
from coalition.domain.incident.words import USUAL
from coalition.domain.severity import WARNING, assess, campaign_floor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.incident.state import Incident
    from coalition.domain.incident.words import Severity
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World

WARNING_ASK = "Check whether you are affected, and acknowledge."


def raise_warning(state: Incident | None, command: RaiseWarning, world: World) -> list[Event]:
    """WarningRaised and the notice that carries it, in one decision: told is recorded or neither.

    Raises:
        UserError: no text, nobody to warn, unknown members, or the number is taken.
        NotAllowed: not an operator of an active member.
        GateRefusal: no recipient may get it.
    """
    coalition = world.coalition
    party = with_role(command.actor, "operator", coalition)
    if state is not None:
        raise UserError(f"{state.number} exists already.", "Raise the warning again.")
    checks.of_this_mode(command.exercise, coalition)
    what = checks.text_of(command.what, "warning")
    _sees_its_own(party.member, command.tlp)
    told = checks.members_of(command.members, coalition)
    draft = notices.Draft(
        number=command.incident,
        notice=1,
        kind="early_warning",
        text=what,
        ask=WARNING_ASK,
        answers=USUAL,
        tlp=command.tlp,
        severity=WARNING,
        assessed=False,
        title=checks.shortened(what),
        sender=party.member,
        within=coalition.charter.ack_deadline[WARNING],
    )
    issued = notices.issue(draft, told, command.at, coalition)
    takes_part = (party.member, *(one for one in told if checks.admits(one, command.tlp)))
    raised = WarningRaised(
        number=command.incident,
        what=what,
        member=party.member.id,
        members=_ids(*takes_part)[1:],
        tlp=command.tlp,
        exercise=coalition.exercise,
        charter=coalition.content_hash,
    )
    return [raised, issued]


def open_incident(state: Incident | None, command: OpenIncident, world: World) -> list[Event]:
    """IncidentOpened; members that are affected and may not see it are named in a note.

    Opened below the campaign floor without a reason, it stands at the floor.

    Raises:
        UserError: no title, unknown members or answers, a label below the warning's, or it is
            open already.
        NotAllowed: not an operator of an active member.
        GateRefusal: an invited member, or the originator itself, may not see the label.
    """
    coalition = world.coalition
    party = _opener(state, command, coalition)
    checks.of_this_mode(command.exercise, coalition)
    title = checks.text_of(" ".join(command.title.split()), "title", checks.LINE)
    _sees_its_own(coalition.member(state.member) if state else party.member, command.tlp)
    affected = checks.members_of((party.member.id, *command.affected), coalition)
    invited = checks.members_of(command.invite, coalition)
    admit_all(invited, command.tlp)
    earlier = [one for one in coalition.members if state and one.id in state.participants]
    seen = [one for one in (*affected, *invited, *earlier) if checks.admits(one, command.tlp)]
    floor = campaign_floor(len(affected), len(state.linked) if state else 0)
    opened = IncidentOpened(
        number=command.incident,
        title=title,
        severity=_at_least(command, floor),
        severity_reason=command.severity_reason.strip(),
        severity_answers=command.severity_answers,
        floor=floor,
        tlp=command.tlp,
        kind=command.kind,
        member=state.member if state else party.member.id,
        affected=_ids(*affected),
        participants=_ids(*seen),
        lead=party.delegate.id,
        exercise=coalition.exercise,
        charter=coalition.content_hash,
    )
    left_out = [one for one in affected if one not in seen]
    return [opened, *kept_out(left_out, command.tlp)]


def _opener(state: Incident | None, command: OpenIncident, coalition: Coalition) -> Party:
    if state is None:
        return with_role(command.actor, "operator", coalition)
    party = participant(command.actor, "operator", state, coalition)
    if state.status != "warning":
        raise UserError(f"{state.number} is {state.status} already.", "Use /incident update.")
    if command.tlp < state.tlp:
        raise UserError(
            f"The warning is {state.tlp}; opening it cannot lower that to {command.tlp}.",
            f"Open it with {state.tlp}, then use /incident tlp.",
            field="tlp",
        )
    return party


def _at_least(command: OpenIncident, floor: Severity | None) -> Severity:
    assess(command.severity_answers)
    below = floor is not None and command.severity.rank < floor.rank
    return floor if floor and below and not command.severity_reason.strip() else command.severity


def _sees_its_own(member: Member, tlp: Tlp) -> None:
    if not checks.admits(member, tlp):
        raise GateRefusal(
            f"{member.name} may see {member_ceiling(member)} at most, "
            f"so it could not see its own incident at {tlp}.",
            "Choose a lower label, or ask a member with more trust to open it.",
            field="tlp",
        )


def admit_all(invited: Iterable[Member], tlp: Tlp) -> None:
    """Nobody is invited to what they may not see.

    Raises:
        GateRefusal: naming those that may not, and their ceilings.
    """
    shut = [one for one in invited if not checks.admits(one, tlp)]
    if shut:
        names = ", ".join(f"{one.name} ({member_ceiling(one) or 'nothing'})" for one in shut)
        raise GateRefusal(
            f"The incident is {tlp}, which these may not see: {names}.",
            "Leave them out, or lower the label.",
            field="members",
        )


def kept_out(members: Iterable[Member], tlp: Tlp) -> list[Event]:
    """A note for each affected member that may not see the incident, so that nobody wonders."""
    return [
        NoteAdded(
            text=f"{one.name} is affected but may see {member_ceiling(one) or 'nothing'} at most, "
            f"and this is {tlp}: it does not take part. Tell it by other means.",
            ref="",
            author="Tocsin",
        )
        for one in members
    ]


def _ids(*members: Member) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.id for member in members))
