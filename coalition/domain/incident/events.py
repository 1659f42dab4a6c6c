"""What can have happened to an incident."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from coalition.domain.incident.commands import NoticeSource, PhoneCall
from coalition.domain.incident.words import (
    Answer,
    IncidentKind,
    NoticeKind,
    RoomStep,
    Severity,
    Status,
)
from coalition.domain.labels import Tlp
from coalition.domain.messages import Event, Message, Utc
from coalition.domain.notice.combining import SourceLabel
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails
from coalition.domain.receipts import Receipt


class WarningRaised(Event):
    """An early warning: no legal status, no room."""

    number: str  # the incident's id, as shown: INC-2026-0007
    what: str
    member: str
    members: tuple[str, ...]
    tlp: Tlp
    exercise: bool
    charter: str  # content hash of the coalition file in force


class IncidentOpened(Event):
    """From here on there is a room."""

    number: str
    title: str
    severity: Severity
    severity_reason: str
    severity_answers: dict[str, str]
    floor: Severity | None  # the campaign floor that applied
    tlp: Tlp
    kind: IncidentKind
    member: str
    affected: tuple[str, ...]
    participants: tuple[str, ...]  # affected and invited
    lead: str  # delegate
    exercise: bool
    charter: str


class SeverityChanged(Event):
    """`reason` is present when a human overrode the floor."""

    was: Severity
    now: Severity
    reason: str
    answers: dict[str, str]
    floor: Severity | None


class TlpChanged(Event):
    """The label in force from here on."""

    was: Tlp
    now: Tlp
    reason: str


class StatusChanged(Event):
    """Among the open statuses."""

    was: Status
    now: Status


class LeadAssigned(Event):
    """Also a handover, when `handover_note` is not empty."""

    was: str | None
    now: str
    handover_note: str


class RoleAssigned(Event):
    """One delegate holds a role."""

    role: str
    delegate: str


class TaskAdded(Event):
    """`task` counts from 1 within the incident."""

    task: int
    text: str
    assignee: str | None
    source: NoticeSource | None
    call: PhoneCall | None = None


class TaskCompleted(Event):
    """Done by the record's actor."""

    task: int
    source: NoticeSource | None


class NoteAdded(Event):
    """A line of the timeline."""

    text: str
    ref: str
    author: str


class UpdatePosted(Event):
    """`next_due` is when the next one is promised."""

    text: str
    next_due: Utc | None


class UpdateOverdue(Event):
    """The promised update did not come."""

    due: Utc


class MembersAdded(Event):
    """Newly affected and newly participating members."""

    affected: tuple[str, ...]
    participants: tuple[str, ...]


class IncidentLinked(Event):
    """Part of the same campaign."""

    other: str


class Recipient(Message):
    """One recipient as decided by the gate at issue: the channels it may go by, in order."""

    member: str
    channels: tuple[int, ...]  # indices into the member's channels; empty: refused
    refused: str = ""  # why the content may not go by any of them, in words for the sender
    nudged: tuple[int, ...] = ()  # those of `channels` that only say that the notice waits
    ack_by: Utc | None = None  # where its working hours make it another than the notice's


class Thread(Message):
    """Where a notice stands among those before it; renderings make stable ids and times of it."""

    first: int  # number of the notice that the chain of superseding notices began with
    since: Utc  # when that one was issued
    told_since: Utc  # when the incident's first notice was issued
    earlier: int | None = None  # version of the record of the notice that this one supersedes


class NoticeIssued(Event):
    """The notice's content, once and unchangeable. Sending is recorded by receipts.

    Not `assessed`: it warns; `severity` then set its deadline and is told to nobody.
    """

    notice: int  # counts from 1 within the incident
    kind: NoticeKind
    text: str
    ask: str
    answers: tuple[Answer, ...]
    tlp: Tlp
    severity: Severity
    assessed: bool = True
    title: str
    member: str  # originator
    exercise: bool
    ack_within: timedelta
    ack_by: Utc
    recipients: tuple[Recipient, ...]
    source: NoticeSource | None
    details: NoticeDetails = NO_DETAILS
    supersedes: int | None = None
    update: int = 0  # how many notices of this chain came before: 0, then 1, 2 …
    thread: Thread | None = None  # None: it begins a chain, and so does the incident's telling
    every_channel: bool = False
    sources: tuple[SourceLabel, ...] = ()
    aid: str = ""  # the request for aid that it carries


class NoticeReminded(Event):
    """These are asked again on the channel they were last asked on."""

    notice: int
    attempts: dict[str, int]  # member -> attempt number of the reminder


class ChannelEscalated(Event):
    """The acknowledgement was late (or the channel failed): the next channel is tried."""

    notice: int
    member: str
    attempt: int
    channel: int
    reason: Literal["late", "failed", "in_doubt", "asked"]
    ack_by: Utc


class ReceiptsRecorded(Event):
    """A batch of outcomes."""

    receipts: tuple[Receipt, ...]


class NoticeAnswered(Event):
    """The partner's word. `verified` is False for a mere link click.

    Why a member cannot help is its own business: that note is `private_note`, which no view of an
    incident shows; the request for aid hears of it, and shows it to that member alone.
    """

    notice: int
    member: str
    answer: Answer
    note: str
    private_note: str = ""
    by: str
    verified: bool
    evidence: dict[str, Any]
    source: NoticeSource | None
    details: dict[str, str] = Field(default_factory=dict)  # by the names of `answer_details`
    attempt: int | None = None  # the sending it answers, where that is known


class AlarmRaised(Event):
    """A human must act."""

    subject: str
    text: str
    fallback: str


class AlarmCleared(Event):
    """Taken in hand by the record's actor."""

    subject: str


class RoomStepRecorded(Event):
    """One line of the room's checklist."""

    step: RoomStep
    state: Literal["done", "degraded", "failed"]
    detail: str
    channel: str | None
    ts: str | None


class RoomRetryRequested(Event):
    """Failed steps are to be tried again."""

    attempt: int


class IncidentMerged(Event):
    """Goes on in `into`."""

    into: str


class IncidentClosed(Event):
    """`cause` and `lessons` are needed from S3."""

    cause: str
    lessons: str


class IncidentReopened(Event):
    """Open again."""

    reason: str
