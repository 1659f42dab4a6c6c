"""What a room is told of a record: a milestone, a detail in the thread of one, or an alarm.

One table from event type to builder. What is not in it is shown by the headline alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coalition.domain.incident import events
from coalition.rendering.slack import (
    check_posts,
    guest_posts,
    notice_posts,
    release_posts,
    run_posts,
)
from coalition.rendering.slack.alarms import alarm, cleared, update_overdue
from coalition.rendering.slack.blocks import actions, button
from coalition.rendering.slack.names import (
    SEVERITIES,
    STATUSES,
    member_names,
    mention,
    person,
)
from coalition.rendering.slack.telling import Post, Telling, detail, milestone
from coalition.rendering.slack.text import escape, listed, local

if TYPE_CHECKING:
    from coalition.domain.messages import Event

TASK_DONE = "task_done"
"""action_id of the button under a task; its value is `<incident>|<task>`."""

Builder = Callable[[Telling, Any], Post | None]


def post_of(telling: Telling, event: Event) -> Post | None:
    """What to say of this event; None when the headline says it all."""
    builder = BUILDERS.get(type(event).__name__)
    return builder(telling, event) if builder else None


def _severity(telling: Telling, event: events.SeverityChanged) -> Post:
    why = f"\n>>> {escape(event.reason, 1000)}" if event.reason else ""
    floor = ""
    if event.floor and event.now.rank < event.floor.rank:
        floor = f" A campaign is at least {event.floor}; a human decided to stay below that."
    elif event.floor is event.now and not event.reason:
        floor = f" Two or more members, or three linked incidents, make at least {event.floor}."
    said = f"*Severity:* {SEVERITIES[event.was]} → *{SEVERITIES[event.now]}*.{floor}{why}"
    return milestone(telling, said)


def _tlp(telling: Telling, event: events.TlpChanged) -> Post:
    why = f"\n>>> {escape(event.reason, 1000)}" if event.reason else ""
    return milestone(telling, f"*Label:* {event.was.value} → *{event.now.value}*.{why}")


def _status(telling: Telling, event: events.StatusChanged) -> Post:
    return milestone(telling, f"*Status:* {STATUSES[event.was]} → *{STATUSES[event.now]}*.")


def _lead(telling: Telling, event: events.LeadAssigned) -> Post:
    now = person(telling.coalition, event.now)
    if not event.handover_note:
        return milestone(telling, f"*Lead:* {now}.")
    was = person(telling.coalition, event.was)
    note = escape(event.handover_note, 2000)
    return milestone(telling, f"*Handover:* {was} → *{now}*.\n>>> {note}")


def _role(telling: Telling, event: events.RoleAssigned) -> Post:
    who = person(telling.coalition, event.delegate)
    return detail(telling, f"Role {escape(event.role, 60)}: {who}.")


def _task(telling: Telling, event: events.TaskAdded) -> Post:
    who = f" for {mention(telling.coalition, event.assignee)}" if event.assignee else ""
    said = f"*Task {event.task}*{who}, from {telling.by}: {escape(event.text, 1500)}"
    value = f"{telling.incident.number}|{event.task}"
    return detail(telling, said, extra=(actions(button("It is done", TASK_DONE, value)),))


def _task_done(telling: Telling, event: events.TaskCompleted) -> Post:
    return detail(telling, f"Task {event.task} is done, says {telling.by}.")


def _note(telling: Telling, event: events.NoteAdded) -> Post | None:
    if event.ref:  # the message stands in the room already
        return None
    return detail(telling, f"Note by {telling.by}: {escape(event.text, 2400)}")


def _update(telling: Telling, event: events.UpdatePosted) -> Post:
    following = f"\n*Next update due:* {local(event.next_due)}" if event.next_due else ""
    return milestone(telling, f"*Update:* {escape(event.text, 2500)}{following}")


def _members(telling: Telling, event: events.MembersAdded) -> Post:
    affected = listed(member_names(telling.coalition, event.affected), 40)
    others = [id for id in event.participants if id not in event.affected]
    joining = listed(member_names(telling.coalition, others), 40)
    parts = [f"*Now affected:* {affected}."] if affected else []
    parts += [f"*Joining:* {joining}."] if joining else []
    return milestone(telling, " ".join(parts) or "*Members:* nobody new.")


def _linked(telling: Telling, event: events.IncidentLinked) -> Post:
    return milestone(telling, f"*Linked* with {escape(event.other, 40)}: part of one campaign.")


def _merged(telling: Telling, event: events.IncidentMerged) -> Post:
    return milestone(telling, f"*Merged:* this goes on in {escape(event.into, 40)}.")


def _closed(telling: Telling, event: events.IncidentClosed) -> Post:
    said = "*Closed.*"
    if event.cause:
        said += f"\n*Cause:* {escape(event.cause, 1200)}"
    if event.lessons:
        said += f"\n*Lessons:* {escape(event.lessons, 1200)}"
    return milestone(telling, said)


def _reopened(telling: Telling, event: events.IncidentReopened) -> Post:
    return milestone(telling, f"*Open again:* {escape(event.reason, 1500)}")


BUILDERS: dict[str, Builder] = {
    "SeverityChanged": _severity,
    "TlpChanged": _tlp,
    "StatusChanged": _status,
    "LeadAssigned": _lead,
    "RoleAssigned": _role,
    "TaskAdded": _task,
    "TaskCompleted": _task_done,
    "NoteAdded": _note,
    "UpdatePosted": _update,
    "UpdateOverdue": update_overdue,
    "MembersAdded": _members,
    "IncidentLinked": _linked,
    "GuestAdmitted": guest_posts.admitted,
    "GuestLeft": guest_posts.left,
    "CheckEnded": check_posts.ended,
    "NoticeIssued": notice_posts.issued,
    "NoticeReminded": notice_posts.reminded,
    "ChannelEscalated": notice_posts.escalated,
    "NoticeAnswered": notice_posts.answered,
    "PermissionRecorded": release_posts.permission,
    "OverrideRequested": release_posts.requested,
    "OverrideApproved": release_posts.approved,
    "AlarmRaised": alarm,
    "AlarmCleared": cleared,
    "IncidentMerged": _merged,
    "IncidentClosed": _closed,
    "IncidentReopened": _reopened,
    "RunStarted": run_posts.started,
    "QuestionAsked": run_posts.asked,
    "StepProgressed": run_posts.progressed,
    "ReminderDue": run_posts.reminded,
    "StepEnded": run_posts.answered,
    "StepResolved": run_posts.resolved,
    "RunEnded": run_posts.ended,
    "RunCancelled": run_posts.cancelled,
}
