"""Folding events into the incident's state: one table from each event to what it changes.

Every step copies what it changes and shares the rest; nothing is validated again, because events
were when they were made. The same events always give the same JSON bytes.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError
from coalition.domain.incident import apply_notices as notices
from coalition.domain.incident import check_messages as checks
from coalition.domain.incident import events as e
from coalition.domain.incident import guest_messages as g
from coalition.domain.incident import guests
from coalition.domain.incident import release_messages as r
from coalition.domain.incident.checking import TITLE
from coalition.domain.incident.checks import shortened
from coalition.domain.incident.state import Alarm, Incident, RoomLine, Task
from coalition.domain.labels import Tlp
from coalition.domain.severity import WARNING

if TYPE_CHECKING:
    from coalition.domain.messages import Event, Record

Change = dict[str, Any]
KEPT_REFS = 500


def apply(state: Incident | None, record: Record, event: Event) -> Incident:
    """The state after one more event.

    Raises:
        PermanentError: the log does not begin with a warning or an opening.
    """
    if state is None:
        return _begin(record, event)
    change = CHANGES[type(event)](state, record, event)
    change["updated_at"] = record.at
    return state.model_copy(update=change)


def _begin(record: Record, event: Event) -> Incident:
    if isinstance(event, e.WarningRaised):
        change = _warned(record, event)
    elif isinstance(event, checks.CheckStarted):
        change = _check_started(record, event)
    elif isinstance(event, e.IncidentOpened):
        change = _opened(None, record, event)
    else:
        broken = f"The log of {record.id} begins with {record.type}."
        raise PermanentError(broken, fallback="Run `tocsin verify`; restore the log from a copy.")
    return Incident(
        number=event.number,
        charter=event.charter,
        member=event.member,
        exercise=event.exercise,
        updated_at=record.at,
        **change,
    )


def _warned(record: Record, event: e.WarningRaised) -> Change:
    return {
        "title": shortened(event.what),
        "status": "warning",
        "severity": WARNING,
        "tlp": event.tlp,
        "affected": (),
        "participants": (event.member, *event.members),
        "opened_at": record.at,
    }


def _check_started(record: Record, event: checks.CheckStarted) -> Change:
    return {
        "title": TITLE,
        "status": "check",
        "severity": WARNING,
        "tlp": Tlp.CLEAR,
        "affected": (),
        "participants": event.members,
        "lead": event.lead,
        "opened_at": record.at,
    }


def _opened(_: Incident | None, record: Record, event: e.IncidentOpened) -> Change:
    return {
        "title": event.title,
        "status": "open",
        "severity": event.severity,
        "severity_reason": event.severity_reason,
        "tlp": event.tlp,
        "kind": event.kind,
        "affected": event.affected,
        "participants": event.participants,
        "lead": event.lead,
        "opened_at": record.at,
    }


def _severity(state: Incident, record: Record, event: e.SeverityChanged) -> Change:
    return {"severity": event.now, "severity_reason": event.reason}


def _tlp(state: Incident, record: Record, event: e.TlpChanged) -> Change:
    return {"tlp": event.now}


def _status(state: Incident, record: Record, event: e.StatusChanged) -> Change:
    return {"status": event.now}


def _lead(state: Incident, record: Record, event: e.LeadAssigned) -> Change:
    return {"lead": event.now}


def _role(state: Incident, record: Record, event: e.RoleAssigned) -> Change:
    return {"roles": {**state.roles, event.role: event.delegate}}


def _task(state: Incident, record: Record, event: e.TaskAdded) -> Change:
    known = {name: getattr(event, name) for name in e.TaskAdded.model_fields}
    task = Task(**known)
    return {"tasks": {**state.tasks, str(event.task): task}}


def _done(state: Incident, record: Record, event: e.TaskCompleted) -> Change:
    key = str(event.task)
    update = {"done_by": record.actor.label, "done_at": record.at}
    return {"tasks": {**state.tasks, key: state.tasks[key].model_copy(update=update)}}


def _note(state: Incident, record: Record, event: e.NoteAdded) -> Change:
    if not event.ref:
        return {}
    return {"note_refs": (*state.note_refs, event.ref)[-KEPT_REFS:]}


def _update(state: Incident, record: Record, event: e.UpdatePosted) -> Change:
    return {"next_update_due": event.next_due, "update_overdue": False}


def _overdue(state: Incident, record: Record, event: e.UpdateOverdue) -> Change:
    return {"update_overdue": True}


def _members(state: Incident, record: Record, event: e.MembersAdded) -> Change:
    return {
        "affected": (*state.affected, *event.affected),
        "participants": (*state.participants, *event.participants),
    }


def _linked(state: Incident, record: Record, event: e.IncidentLinked) -> Change:
    return {"linked": (*state.linked, event.other)}


def _permission(state: Incident, record: Record, event: r.PermissionRecorded) -> Change:
    return {"permissions": {**state.permissions, event.member: event.tlp}}


def _override(state: Incident, record: Record, event: r.OverrideRequested) -> Change:
    return {"overrides": {**state.overrides, str(event.override.override): event.override}}


def _alarm(state: Incident, record: Record, event: e.AlarmRaised) -> Change:
    alarm = Alarm(text=event.text, fallback=event.fallback, raised_at=record.at)
    change: Change = {"alarms": {**state.alarms, event.subject: alarm}}
    return {**change, **notices.exhausted(state, event.subject)}


def _alarm_cleared(state: Incident, record: Record, event: e.AlarmCleared) -> Change:
    return {"alarms": {key: one for key, one in state.alarms.items() if key != event.subject}}


def _room_step(state: Incident, record: Record, event: e.RoomStepRecorded) -> Change:
    line = RoomLine(state=event.state, detail=event.detail)
    update: Change = {"steps": {**state.room.steps, event.step: line}}
    if event.channel is not None:
        update["channel"] = event.channel
    if event.ts is not None:
        update["headline_ts"] = event.ts
    return {"room": state.room.model_copy(update=update)}


def _room_retry(state: Incident, record: Record, event: e.RoomRetryRequested) -> Change:
    kept = {step: line for step, line in state.room.steps.items() if line.state != "failed"}
    update = {"attempt": event.attempt, "steps": kept}
    return {"room": state.room.model_copy(update=update)}


def _merged(state: Incident, record: Record, event: e.IncidentMerged) -> Change:
    linked = dict.fromkeys((*state.linked, event.into))
    change = {"status": "merged", "merged_into": event.into, "linked": tuple(linked)}
    return {**change, **notices.expired(state)}


def _closed(state: Incident, record: Record, event: e.IncidentClosed) -> Change:
    change = {"status": "closed", "cause": event.cause, "lessons": event.lessons}
    return {**change, **notices.expired(state)}


def _reopened(state: Incident, record: Record, event: e.IncidentReopened) -> Change:
    return {"status": "open" if state.assessed else "warning", "merged_into": None}


def _keys(state: Incident, record: Record, event: checks.KeysChecked) -> Change:
    return {"keys": event.keys}


def _checked(state: Incident, record: Record, event: checks.CheckEnded) -> Change:
    return {"status": "closed", **notices.expired(state)}


CHANGES: dict[type[Event], Callable[[Incident, Record, Any], Change]] = {
    e.IncidentOpened: _opened,
    e.SeverityChanged: _severity,
    e.TlpChanged: _tlp,
    e.StatusChanged: _status,
    e.LeadAssigned: _lead,
    e.RoleAssigned: _role,
    e.TaskAdded: _task,
    e.TaskCompleted: _done,
    e.NoteAdded: _note,
    e.UpdatePosted: _update,
    e.UpdateOverdue: _overdue,
    e.MembersAdded: _members,
    e.IncidentLinked: _linked,
    e.NoticeIssued: notices.issued,
    e.NoticeReminded: notices.reminded,
    e.ChannelEscalated: notices.escalated,
    e.ReceiptsRecorded: notices.receipts,
    e.NoticeAnswered: notices.answered,
    r.PermissionRecorded: _permission,
    r.OverrideRequested: _override,
    r.OverrideApproved: notices.released,
    e.AlarmRaised: _alarm,
    e.AlarmCleared: _alarm_cleared,
    g.GuestAdmitted: guests.admitted,
    g.GuestLeft: guests.left,
    e.RoomStepRecorded: _room_step,
    e.RoomRetryRequested: _room_retry,
    e.IncidentMerged: _merged,
    e.IncidentClosed: _closed,
    e.IncidentReopened: _reopened,
    checks.CheckEnded: _checked,
    checks.KeysChecked: _keys,
}
"""What each event changes. `WarningRaised` and `CheckStarted` only ever begin one."""
