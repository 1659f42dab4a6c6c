"""How grave it is, who may know, and how far it has got."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.authority import approver_of, participant
from coalition.domain.errors import UserError
from coalition.domain.incident import checks
from coalition.domain.incident.events import (
    IncidentLinked,
    MembersAdded,
    SeverityChanged,
    StatusChanged,
    TlpChanged,
)
from coalition.domain.incident.opening import admit_all, kept_out
from coalition.domain.labels import Tlp
from coalition.domain.severity import assess, campaign_floor

if TYPE_CHECKING:
    from coalition.domain.incident.commands import (
        AddMembers,
        ChangeSeverity,
        ChangeStatus,
        ChangeTlp,
        LinkIncident,
    )
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World

OPEN_STATUSES = ("open", "contained", "monitoring")
LOWEST = Tlp.GREEN
"""No incident is lowered to TLP:CLEAR: its record says who answered and who was silent. What the
public may know is a statement of its own."""


def change_severity(state: Incident, command: ChangeSeverity, world: World) -> list[Event]:
    """SeverityChanged; below the campaign floor only with a reason.

    Raises:
        UserError: below the floor without a reason, unknown answers, or a mere warning.
    """
    _not_a_warning(state, "severity")
    assess(command.answers)
    if command.severity is state.severity and not command.answers:
        return []
    floor = campaign_floor(len(state.affected), len(state.linked))
    reason = command.reason.strip()
    if floor and command.severity.rank < floor.rank and not reason:
        raise UserError(
            f"{command.severity} is below {floor}, the least for a campaign: "
            f"{len(state.affected)} members are affected, {len(state.linked)} incidents linked.",
            f"Say why: /incident severity {command.severity} and the reason.",
            field="reason",
        )
    return [
        SeverityChanged(
            was=state.severity,
            now=command.severity,
            reason=reason,
            answers=command.answers,
            floor=floor,
        )
    ]


def change_tlp(state: Incident, command: ChangeTlp, world: World) -> list[Event]:
    """TlpChanged. Any operator of a participant raises; an approver of the originator lowers.

    It is never lowered below TLP:GREEN, nor below a notice that another member has sent in it:
    that one's label is its sender's to lower.

    Raises:
        NotAllowed, NotFound: the actor may not.
        UserError: lowered without a reason, or too far.
    """
    if command.tlp >= state.tlp:
        participant(command.actor, "operator", state, world.coalition)
        if command.tlp is state.tlp:
            return []
        return [TlpChanged(was=state.tlp, now=command.tlp, reason=command.reason.strip())]
    approver_of(command.actor, state, world.coalition)
    reason = checks.reason_of(command.reason, f"Lowering {state.tlp} to {command.tlp}")
    foreign = [one.tlp for one in state.notices.values() if one.member != state.member]
    lowest = max([LOWEST, *foreign], key=lambda label: label.rank)
    if command.tlp < lowest:
        raise UserError(
            f"{state.number} cannot go below {lowest}: "
            + (
                "a notice of another member carries that label, and only its sender may lower it."
                if lowest in foreign
                else "its record names who answered and who did not, which never becomes public."
            ),
            f"Choose {lowest} or stricter.",
            field="tlp",
        )
    return [TlpChanged(was=state.tlp, now=command.tlp, reason=reason)]


def change_status(state: Incident, command: ChangeStatus, world: World) -> list[Event]:
    """StatusChanged, among open, contained and monitoring.

    Raises:
        UserError: another status, with the command that leads there; or a mere warning.
    """
    _not_a_warning(state, "status")
    if command.status not in OPEN_STATUSES:
        ways = {
            "closed": "/incident close",
            "merged": "/incident merge",
            "warning": "/incident warn",
            "check": "/coalition check",
        }
        hint = f"Use {ways[command.status]}."
        raise UserError(f"The status cannot be set to {command.status}.", hint, field="status")
    if command.status == state.status:
        return []
    return [StatusChanged(was=state.status, now=command.status)]


def add_members(state: Incident, command: AddMembers, world: World) -> list[Event]:
    """MembersAdded; the severity rises with the campaign floor.

    Raises:
        NotFound: unknown members, with the nearest known ones.
        UserError: a mere warning has no affected members yet.
        GateRefusal: an invited member may not see the incident's label.
    """
    if command.affected:
        _not_a_warning(state, "list of affected members")
    affected = checks.members_of(command.affected, world.coalition)
    invited = checks.members_of(command.invite, world.coalition)
    admit_all(invited, state.tlp)
    hit = [one for one in affected if one.id not in state.affected]
    seen = [one for one in (*affected, *invited) if checks.admits(one, state.tlp)]
    new = dict.fromkeys(one.id for one in seen if one.id not in state.participants)
    if not hit and not new:
        return []
    added = MembersAdded(affected=tuple(one.id for one in hit), participants=tuple(new))
    left_out = [one for one in hit if one not in seen]
    raised = _raised(state, affected=len(hit), linked=0)
    return [added, *kept_out(left_out, state.tlp), *raised]


def link_incident(state: Incident, command: LinkIncident, world: World) -> list[Event]:
    """IncidentLinked; the severity rises with the campaign floor.

    Raises:
        UserError: linked to itself.
    """
    if command.other == state.number:
        raise UserError(f"{state.number} cannot be linked to itself.", "Name another incident.")
    if command.other in state.linked:
        return []
    return [IncidentLinked(other=command.other), *_raised(state, affected=0, linked=1)]


def _raised(state: Incident, *, affected: int, linked: int) -> list[Event]:
    """Raised once, when the floor first applies: who then lowers it with a reason is not undone."""
    before = campaign_floor(len(state.affected), len(state.linked))
    floor = campaign_floor(len(state.affected) + affected, len(state.linked) + linked)
    too_high = floor is None or state.severity.rank >= floor.rank
    if before is floor or too_high or floor is None or state.over or state.roomless:
        return []
    return [SeverityChanged(was=state.severity, now=floor, reason="", answers={}, floor=floor)]


def _not_a_warning(state: Incident, what: str) -> None:
    if state.status == "check":
        raise UserError(
            f"{state.number} is a communications check: it has no {what}.",
            "Open an incident: /incident open",
        )
    if state.status == "warning":
        raise UserError(
            f"{state.number} is a warning: it has no {what} yet.",
            f"Open it first: /incident open --incident {state.number}",
        )
