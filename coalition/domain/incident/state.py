"""The incident's state: bounded by members, notices and tasks, never by the length of its log.

Notes and the timeline live in the log alone, so that an append costs the same at event 10 and at
event 100,000.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coalition.domain.incident.check_messages import KeyFinding
from coalition.domain.incident.commands import NoticeSource, PhoneCall
from coalition.domain.incident.events import Recipient
from coalition.domain.incident.overrides import Override
from coalition.domain.incident.words import (
    ROOMLESS,
    RUNGS,
    Answer,
    IncidentKind,
    NoticeKind,
    RoomStep,
    Severity,
    Stage,
    Status,
)
from coalition.domain.labels import Tlp
from coalition.domain.messages import Message, Utc


class Attempt(Message):
    """One sending to one recipient: which channel, asked for when (`at`), and how far it got."""

    attempt: int
    channel: int
    stage: Stage
    at: Utc
    ack_by: Utc
    delivered_at: Utc | None = None
    rungs: dict[str, Utc] = Field(default_factory=dict)  # stage -> when it was reached
    evidence: str = ""  # what the other side said to the last of them, one line
    reason: str = ""  # why there was this attempt, from the second on
    acknowledged_at: Utc | None = None  # by this very sending, where the answer told


class RecipientState(Message):
    """One recipient of one notice."""

    recipient: Recipient
    attempts: tuple[Attempt, ...] = ()
    acknowledged_at: Utc | None = None
    answer: Answer | None = None  # the partner's word beyond a mere acknowledgement
    answered_at: Utc | None = None
    answered_by: str = ""
    note: str = ""
    verified: bool = False
    reminders: int = 0
    exhausted: bool = False  # no channel is left; a human phones
    expired: bool = False  # the incident ended before an answer came
    unconfirmed: bool = False  # help promised by a mere link: an acknowledgement until confirmed
    details: dict[str, str] = Field(default_factory=dict)  # of the answer (`answer_details`)
    affected: dict[str, str] | None = None  # what it says of being affected; None: nothing yet
    answered_via: str = ""  # link, webhook, mail, slack
    proof: str = ""  # what shows who answered, one line
    override: int | None = None  # released to it by two people, above a ceiling
    superseded: bool = False  # a later notice has taken its place before an answer came
    at_once: bool = False  # it went by all its channels at once, so there is nothing to escalate to

    @property
    def stage(self) -> Stage:
        """The highest rung reached, over all attempts."""
        if self.answer is not None and not self.unconfirmed:
            return "answered"
        if self.acknowledged_at:
            return "acknowledged"
        if self.superseded:
            return "superseded"
        if self.expired:
            return "expired"
        stages = [attempt.stage for attempt in self.attempts]
        # A sending that is not needed any more says nothing of the others.
        live = [stage for stage in stages if stage != "superseded"] or stages
        return max(live, key=RUNGS.__getitem__, default="failed")

    @property
    def waiting(self) -> bool:
        """Something was or will be sent, and an acknowledgement is still expected."""
        ended = self.acknowledged_at is not None or self.expired or self.superseded
        return bool(self.attempts) and not ended


class NoticeState(Message):
    """One notice and its recipients, keyed by member id."""

    notice: int
    version: int  # of the NoticeIssued record: where its content stands
    kind: NoticeKind
    tlp: Tlp
    member: str = ""  # who sent it
    answers: tuple[Answer, ...] = ("acknowledge", "need_info")  # what may be answered
    ack_within_seconds: float
    issued_at: Utc
    source: NoticeSource | None
    recipients: dict[str, RecipientState]
    content: str = ""  # `content_hash`: what an override is for
    supersedes: int | None = None
    superseded_by: int | None = None  # then its links and answers count no more
    update: int = 0
    first: int | None = None  # the notice its chain began with; None: itself
    aid: str = ""  # the request for aid that it carries

    @property
    def every_channel(self) -> bool:
        """It went out by every channel at once; nobody is reminded or escalated."""
        return any(one.at_once for one in self.recipients.values())


class Task(Message):
    """Something a human is to do."""

    task: int
    text: str
    assignee: str | None
    source: NoticeSource | None
    call: PhoneCall | None = None  # done, it is a delivery
    done_by: str | None = None
    done_at: Utc | None = None


class RoomLine(Message):
    """One line of the room's checklist."""

    state: Literal["done", "degraded", "failed"]
    detail: str = ""


class Room(Message):
    """The Slack room, by id. `steps` is the visible checklist; absent means not yet tried."""

    channel: str | None = None
    headline_ts: str | None = None
    steps: dict[RoomStep, RoomLine] = Field(default_factory=dict)
    attempt: int = 1


class Alarm(Message):
    """Open until somebody takes it in hand."""

    text: str
    fallback: str
    raised_at: Utc


class Guest(Message):
    """A delegate who is in for a mission, not because their member takes part."""

    member: str
    missions: tuple[str, ...]  # AID-2026-0003/2


class Incident(Message):
    """Everything `decide` needs to know."""

    number: str
    title: str
    status: Status
    severity: Severity
    severity_reason: str = ""
    tlp: Tlp
    kind: IncidentKind = "other"
    member: str  # originator
    affected: tuple[str, ...]
    participants: tuple[str, ...]  # members that may see it (the gate still asks each time)
    lead: str | None = None
    roles: dict[str, str] = Field(default_factory=dict)
    exercise: bool = False
    charter: str
    opened_at: Utc
    updated_at: Utc
    next_update_due: Utc | None = None
    update_overdue: bool = False  # the promised update did not come; said once
    notices: dict[str, NoticeState] = Field(default_factory=dict)  # keyed by str(notice)
    tasks: dict[str, Task] = Field(default_factory=dict)  # keyed by str(task)
    room: Room = Room()
    alarms: dict[str, Alarm] = Field(default_factory=dict)
    guests: dict[str, Guest] = Field(default_factory=dict)  # by delegate
    overrides: dict[str, Override] = Field(default_factory=dict)  # keyed by str(override)
    linked: tuple[str, ...] = ()
    merged_into: str | None = None
    permissions: dict[str, Tlp] = Field(default_factory=dict)  # member -> label it permits
    note_refs: tuple[str, ...] = ()  # the last 500 message refs in the timeline
    cause: str = ""
    lessons: str = ""
    keys: tuple[KeyFinding, ...] = ()  # of a communications check: what is wrong with keys

    @property
    def assessed(self) -> bool:
        """Whether anybody has said how severe it is. Of a warning `severity` only sets deadlines.

        A warning affects nobody; whatever was opened affects at least its originator.
        """
        return bool(self.affected)

    @property
    def checks_comms(self) -> bool:
        """Whether this is (or was) a communications check and no incident at all."""
        first = self.notices.get("1")
        return not self.assessed and first is not None and first.kind == "comms_check"

    @property
    def roomless(self) -> bool:
        """A warning or a communications check: it has no room and never waits for one."""
        return self.status in ROOMLESS

    @property
    def over(self) -> bool:
        """Closed or merged: only reopening (and late answers) may change it."""
        return self.status in ("closed", "merged")
