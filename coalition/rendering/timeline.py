"""The timeline: one line for each record of an incident, in whole sentences. Pure.

A line names people and members as the coalition file does, and says nothing that its label does
not cover: whoever shows it asks the gate with the stricter of the incident's label and the line's.
"""

# ruff: noqa: ARG001
# Every entry of the table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.durations import format_duration
from coalition.domain.errors import NotFound
from coalition.domain.incident import events as e
from coalition.domain.sharing import notices_in
from coalition.rendering.timeline_checks import CHECKS
from coalition.rendering.timeline_guests import GUESTS
from coalition.rendering.timeline_releases import RELEASES

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor, Event, Record


class Line(NamedTuple):
    """One line. `tlp` is its own label where that may be stricter than the incident's."""

    version: int
    at: datetime
    who: str
    text: str
    tlp: Tlp | None


@dataclass(slots=True)
class Names:
    """What members and people are called; an id that the file no longer knows stands for itself.

    Also remembers labels of notices and words of alarms seen so far, for later lines about them.
    """

    coalition: Coalition
    labels: dict[int, Tlp] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)

    def member(self, id: str) -> str:
        """`CERT-EE` for `ee`."""
        try:
            return self.coalition.member(id).name
        except NotFound:
            return id

    def members(self, ids: Iterable[str]) -> str:
        """`CERT-LV, CERT-LT`, or `nobody`."""
        return ", ".join(self.member(one) for one in ids) or "nobody"

    def person(self, id: str) -> str:
        """`Alice Tamm (CERT-EE)` for `ee-alice`."""
        try:
            member, person = self.coalition.delegate(id)
        except NotFound:
            return id
        return f"{person.name} ({member.name})"

    def actor(self, actor: Actor) -> str:
        """Who acted, as shown before the line."""
        if actor.kind == "delegate":
            return self.person(actor.delegate or actor.label)
        if actor.kind == "partner":
            return self.member(actor.member or actor.label)
        return "Tocsin"

    def channel(self, member: str, index: int) -> str:
        """`webhook` or `email`; `channel 3` where the file has changed since."""
        try:
            return self.coalition.member(member).channels[index].kind
        except (NotFound, IndexError):
            return f"channel {index + 1}"


def timeline(records: Iterable[Record], coalition: Coalition) -> Iterator[Line]:
    """Lines in the order of the records, oldest first.

    Give it all records from the first, or those of one notice may lack their own label.
    """
    names = Names(coalition)
    for record in records:
        event = record.event()
        write = SENTENCES[type(event)]
        notices = notices_in(event)
        if isinstance(event, e.NoticeIssued):
            names.labels[event.notice] = event.tlp
        labels = [names.labels[one] for one in notices if one in names.labels]
        strictest = max(labels, key=lambda label: label.rank, default=None)
        text = write(event, names)
        yield Line(record.version, record.at, names.actor(record.actor), text, strictest)


def _warned(event: e.WarningRaised, names: Names) -> str:
    return f"raised an early warning to {names.members(event.members)}: {event.what}"


def _opened(event: e.IncidentOpened, names: Names) -> str:
    floor = f" (a campaign is at least {event.floor})" if event.floor else ""
    return (
        f"opened the incident “{event.title}”: {event.severity}{floor}, {event.tlp}, "
        f"affected {names.members(event.affected)}; taking part: "
        f"{names.members(event.participants)}."
    )


def _severity(event: e.SeverityChanged, names: Names) -> str:
    floor = f" (a campaign is at least {event.floor})" if event.floor else ""
    return f"changed the severity from {event.was} to {event.now}{floor}{_why(event.reason)}"


def _tlp(event: e.TlpChanged, names: Names) -> str:
    return f"changed the label from {event.was} to {event.now}{_why(event.reason)}"


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""


def _status(event: e.StatusChanged, names: Names) -> str:
    return f"changed the status from {event.was} to {event.now}"


def _lead(event: e.LeadAssigned, names: Names) -> str:
    if event.handover_note:
        return f"handed the lead to {names.person(event.now)}: {event.handover_note}"
    return f"made {names.person(event.now)} the lead"


def _role(event: e.RoleAssigned, names: Names) -> str:
    return f"gave the role {event.role} to {names.person(event.delegate)}"


def _task(event: e.TaskAdded, names: Names) -> str:
    whose = f" for {names.person(event.assignee)}" if event.assignee else ""
    return f"added task {event.task}{whose}: {event.text}"


def _done(event: e.TaskCompleted, names: Names) -> str:
    return f"completed task {event.task}"


def _note(event: e.NoteAdded, names: Names) -> str:
    author = f", written by {names.person(event.author)}" if event.author else ""
    return f"noted{author}: {event.text}"


def _update(event: e.UpdatePosted, names: Names) -> str:
    promise = f" (next update by {event.next_due:%d %b %H:%M} UTC)" if event.next_due else ""
    return f"posted an update{promise}: {event.text}"


def _overdue(event: e.UpdateOverdue, names: Names) -> str:
    return f"found the update promised for {event.due:%d %b %H:%M} UTC overdue"


def _members(event: e.MembersAdded, names: Names) -> str:
    hit = f"marked {names.members(event.affected)} as affected" if event.affected else ""
    new = f"brought in {names.members(event.participants)}" if event.participants else ""
    return " and ".join(filter(None, (hit, new)))


def _linked(event: e.IncidentLinked, names: Names) -> str:
    return f"linked {event.other}"


def _issued(event: e.NoticeIssued, names: Names) -> str:
    kind = event.kind.replace("_", " ")
    told = [one.member for one in event.recipients if one.channels]
    refused = [one.member for one in event.recipients if not one.channels]
    stopped = f", not to {names.members(refused)}" if refused else ""
    within = format_duration(event.ack_within)
    instead = f" in place of notice {event.supersedes}" if event.supersedes else ""
    return (
        f"sent notice {event.notice} ({kind}, {event.tlp}){instead} "
        f"to {names.members(told)}{stopped}, to be acknowledged within {within}: {event.text}"
    )


def _reminded(event: e.NoticeReminded, names: Names) -> str:
    return f"reminded {names.members(event.attempts)} of notice {event.notice}"


_REASONS = {
    "late": "did not acknowledge in time",
    "failed": "could not be reached",
    "in_doubt": "may not have been reached",
    "asked": "has not acknowledged",
}


def _escalated(event: e.ChannelEscalated, names: Names) -> str:
    way = names.channel(event.member, event.channel)
    who = names.member(event.member)
    return f"tried {who} by {way} with notice {event.notice}, because it {_REASONS[event.reason]}"


def _receipts(event: e.ReceiptsRecorded, names: Names) -> str:
    if len(event.receipts) == 1:
        one = event.receipts[0]
        way = names.channel(one.member, one.channel)
        stage = one.stage.replace("_", " ")
        return f"recorded notice {one.notice} to {names.member(one.member)} by {way}: {stage}"
    stages = Counter(receipt.stage.replace("_", " ") for receipt in event.receipts)
    counted = ", ".join(f"{number} {stage}" for stage, number in stages.items())
    return f"recorded {len(event.receipts)} receipts: {counted}"


def _answered(event: e.NoticeAnswered, names: Names) -> str:
    word = {"acknowledge": "acknowledged", "need_info": "asked for more about"}
    verb = word.get(event.answer, f"answered “{event.answer}” to")
    whose = f" for {names.member(event.member)}" if event.verified else ""
    by = "" if event.by.startswith("partner:") else f"{event.by}, "
    proof = "" if event.verified else f" ({by}by a link, sender not verified)"
    return f"{verb} notice {event.notice}{whose}{proof}{_why(event.note)}"


def _alarm(event: e.AlarmRaised, names: Names) -> str:
    names.alarms[event.subject] = event.text
    return f"raised an alarm: {event.text} {event.fallback}"


def _alarm_cleared(event: e.AlarmCleared, names: Names) -> str:
    return f"ended the alarm: {names.alarms.get(event.subject, event.subject)}"


def _room_step(event: e.RoomStepRecorded, names: Names) -> str:
    detail = f" ({event.detail})" if event.detail else ""
    return f"set up the room: {event.step} {event.state}{detail}"


def _room_retry(event: e.RoomRetryRequested, names: Names) -> str:
    return f"asked for the room's failed steps to be tried again (attempt {event.attempt})"


def _merged(event: e.IncidentMerged, names: Names) -> str:
    return f"merged the incident into {event.into}"


def _closed(event: e.IncidentClosed, names: Names) -> str:
    cause = f" Cause: {event.cause}" if event.cause else ""
    lessons = f" Lessons: {event.lessons}" if event.lessons else ""
    return f"closed the incident.{cause}{lessons}"


def _reopened(event: e.IncidentReopened, names: Names) -> str:
    return f"opened the incident again: {event.reason}"


SENTENCES: dict[type[Event], Callable[[Any, Names], str]] = {
    e.WarningRaised: _warned,
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
    e.NoticeIssued: _issued,
    e.NoticeReminded: _reminded,
    e.ChannelEscalated: _escalated,
    e.ReceiptsRecorded: _receipts,
    e.NoticeAnswered: _answered,
    **RELEASES,
    **CHECKS,
    e.AlarmRaised: _alarm,
    e.AlarmCleared: _alarm_cleared,
    **GUESTS,
    e.RoomStepRecorded: _room_step,
    e.RoomRetryRequested: _room_retry,
    e.IncidentMerged: _merged,
    e.IncidentClosed: _closed,
    e.IncidentReopened: _reopened,
}
"""The sentence of each event, without its subject: the line's `who` comes before it."""
