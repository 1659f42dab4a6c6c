"""The incident's decisions: one table from each command to its rule and to who may ask."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.authority import no_such_incident, participant, with_role
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident import (
    alarms,
    calls,
    chasing,
    comms,
    ending,
    guests,
    mail_notes,
    notices,
    opening,
    people,
    receiving,
    releasing,
    standing,
    work,
)
from coalition.domain.incident import commands as c
from coalition.domain.incident import guest_messages as g
from coalition.domain.incident import release_messages as r
from coalition.domain.incident.check_messages import CheckComms, RecordKeys
from coalition.domain.incident.checks import of_this_mode

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Role
    from coalition.domain.messages import Command, Event
    from coalition.domain.world import World


class By(Enum):
    """Who may ask."""

    OPERATOR = "an operator of a member that takes part"
    OPERATOR_OR_STEP = "the same, or a playbook step"
    DELEGATE = "any delegate of a member that takes part; the rule looks at the role"
    SYSTEM = "Tocsin itself"
    PARTNER = "the member that was asked; the rule looks whom"


class Rule(NamedTuple):
    """How a command is decided. `late`: also when the incident is closed or merged."""

    decide: Callable[[Incident, Any, World], list[Event]]
    by: By
    late: bool = False


BEGINNINGS: dict[type[Command], Callable[[Incident | None, Any, World], list[Event]]] = {
    c.RaiseWarning: opening.raise_warning,
    c.OpenIncident: opening.open_incident,
    CheckComms: comms.check_comms,
}
"""Those that need no incident yet; they look for themselves who may."""

RULES: dict[type[Command], Rule] = {
    c.ChangeSeverity: Rule(standing.change_severity, By.OPERATOR),
    c.ChangeTlp: Rule(standing.change_tlp, By.DELEGATE),
    c.ChangeStatus: Rule(standing.change_status, By.OPERATOR),
    c.AddMembers: Rule(standing.add_members, By.OPERATOR),
    # Tocsin links back what a person has linked or merged, whatever became of the other side.
    c.LinkIncident: Rule(standing.link_incident, By.OPERATOR_OR_STEP),
    c.AssignLead: Rule(people.assign_lead, By.OPERATOR),
    c.AssignRole: Rule(people.assign_role, By.OPERATOR),
    c.AddTask: Rule(work.add_task, By.OPERATOR_OR_STEP),
    c.RequestCall: Rule(calls.request_call, By.SYSTEM),
    c.CompleteTask: Rule(work.complete_task, By.DELEGATE),
    c.AddNote: Rule(work.add_note, By.OPERATOR),
    mail_notes.NoteMail: Rule(mail_notes.note_mail, By.SYSTEM, late=True),
    c.PostUpdate: Rule(work.post_update, By.OPERATOR),
    c.IssueNotice: Rule(notices.issue_notice, By.OPERATOR_OR_STEP),
    c.RemindRecipients: Rule(chasing.remind_recipients, By.OPERATOR_OR_STEP),
    c.EscalateRecipients: Rule(chasing.escalate_recipients, By.OPERATOR_OR_STEP),
    r.RecordPermission: Rule(releasing.record_permission, By.DELEGATE),
    r.RequestOverride: Rule(releasing.request_override, By.DELEGATE),
    r.ApproveOverride: Rule(releasing.approve_override, By.DELEGATE),
    c.PassDeadline: Rule(chasing.pass_deadline, By.SYSTEM),
    c.RecordReceipts: Rule(receiving.record_receipts, By.SYSTEM, late=True),
    c.AnswerNotice: Rule(receiving.answer_notice, By.PARTNER, late=True),
    RecordKeys: Rule(comms.record_keys, By.SYSTEM, late=True),
    c.RaiseAlarm: Rule(alarms.raise_alarm, By.SYSTEM, late=True),
    # Tocsin clears what it alarmed about once that has been decided elsewhere (a run's step).
    c.ClearAlarm: Rule(alarms.clear_alarm, By.OPERATOR_OR_STEP, late=True),
    g.AddGuest: Rule(guests.add_guest, By.SYSTEM),
    g.RemoveGuest: Rule(guests.remove_guest, By.SYSTEM, late=True),
    c.RecordRoomStep: Rule(alarms.record_room_step, By.SYSTEM, late=True),
    c.RetryRoom: Rule(alarms.retry_room, By.OPERATOR),
    c.MergeIncident: Rule(ending.merge_incident, By.OPERATOR),
    c.CloseIncident: Rule(ending.close_incident, By.OPERATOR),
    c.ReopenIncident: Rule(ending.reopen_incident, By.OPERATOR, late=True),
}


def decide(state: Incident | None, command: Command, world: World) -> list[Event]:
    """What follows from a command; [] when there is nothing to do.

    Pure: the same state, command and world give the same events. Nothing is half decided: either
    all events follow or an error says why none does.

    Raises:
        NotAllowed: the actor may not ask this.
        NotFound: no such incident, or none that the actor may see; or what it names is unknown.
        GateRefusal: something would leave above a recipient's ceiling.
        UserError: anything else the person can put right.
    """
    beginning = BEGINNINGS.get(type(command))
    if beginning is not None:
        if state is not None:
            of_this_mode(state.exercise, world.coalition)
        return beginning(state, command, world)
    rule = RULES[type(command)]
    if state is None:
        raise _missing(command, world)
    of_this_mode(state.exercise, world.coalition)
    _authorise(rule.by, state, command, world)
    if state.over and not rule.late:
        return _too_late(state, command, world)
    return rule.decide(state, command, world)


def _authorise(by: By, state: Incident, command: Command, world: World) -> None:
    if by is By.PARTNER:
        return
    if command.actor.kind == "system":
        if by in (By.OPERATOR, By.DELEGATE):
            raise NotAllowed(f"{_name(command)} needs a named person, not Tocsin itself.")
        if isinstance(command, c.IssueNotice | c.AddTask) and command.source is None:
            raise NotAllowed(
                f"{_name(command)} by Tocsin itself needs the playbook step behind it."
            )
        return
    if by is By.SYSTEM:
        raise NotAllowed(f"{_name(command)} is recorded by Tocsin itself, not by a person.")
    role: Role | None = None if by is By.DELEGATE else "operator"
    party = participant(command.actor, role, state, world.coalition)
    guests.within_bounds(party, state, command)


def _missing(command: Command, world: World) -> UserError:
    if command.actor.kind == "delegate":
        with_role(command.actor, "operator", world.coalition)
    return no_such_incident(command.target)


def _too_late(state: Incident, command: Command, world: World) -> list[Event]:
    if isinstance(command, c.PassDeadline):
        return []  # the wait ended with the incident
    if isinstance(command, c.LinkIncident) and command.actor.kind == "system":
        return standing.link_incident(state, command, world)
    where = f" and goes on in {state.merged_into}" if state.merged_into else ""
    raise UserError(
        f"{state.number} is {state.status}{where}.",
        f"To work on it again: /incident reopen <why> --incident {state.number}",
    )


def _name(command: Command) -> str:
    return type(command).__name__
