"""What can be asked of an incident. Each docstring says who may ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from coalition.domain.incident.words import (
    USUAL,
    Answer,
    IncidentKind,
    NoticeKind,
    RoomStep,
    Severity,
    Status,
)
from coalition.domain.labels import Tlp
from coalition.domain.messages import Command, Message
from coalition.domain.notice.combining import SourceLabel
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails
from coalition.domain.receipts import Receipt


class IncidentCommand(Command):
    """Base: `incident` names the aggregate."""

    aggregate: ClassVar[str] = "incident"
    incident: str


class NoticeSource(Message):
    """The playbook step a notice was issued for."""

    run: str
    step: str
    attempt: int


class PhoneCall(Message):
    """The sending that a person carries out by telephone."""

    notice: int
    member: str
    attempt: int
    channel: int


class RaiseWarning(IncidentCommand):
    """Early warning: three fields, no legal status. Any operator of an active member."""

    what: str
    members: tuple[str, ...]
    tlp: Tlp
    exercise: bool = False


class OpenIncident(IncidentCommand):
    """Open an incident, or turn a warning into one. Any operator of an active member."""

    title: str
    severity: Severity
    tlp: Tlp
    kind: IncidentKind = "other"
    affected: tuple[str, ...] = ()  # the actor's own member is always affected
    invite: tuple[str, ...] = ()  # members asked to join without being affected
    severity_answers: dict[str, str] = Field(default_factory=dict)
    severity_reason: str = ""  # needed to stay below the campaign floor
    exercise: bool = False


class ChangeSeverity(IncidentCommand):
    """Operator. Below the campaign floor only with a reason."""

    severity: Severity
    reason: str = ""
    answers: dict[str, str] = Field(default_factory=dict)


class ChangeTlp(IncidentCommand):
    """Operator. Lowering: an approver of the originating member, with a reason."""

    tlp: Tlp
    reason: str = ""


class ChangeStatus(IncidentCommand):
    """Operator. Moves among the statuses of an open incident; `CloseIncident` closes."""

    status: Status


class AssignLead(IncidentCommand):
    """Operator. With a `handover_note`, it is a handover and enters the timeline as one."""

    delegate: str
    handover_note: str = ""


class AssignRole(IncidentCommand):
    """Operator. One delegate holds a role; assigning again replaces."""

    role: str
    delegate: str


class AddTask(IncidentCommand):
    """Operator, or a playbook step (then `source` says which)."""

    text: str
    assignee: str | None = None
    source: NoticeSource | None = None


class RequestCall(IncidentCommand):
    """System. Somebody is to phone a member; asked once for each sending."""

    call: PhoneCall
    text: str  # whom, under which number, and what to say; nothing of the content


class CompleteTask(IncidentCommand):
    """Operator, or the delegate whom the task is for."""

    task: int


class AddNote(IncidentCommand):
    """Operator. The same `ref` (channel:ts of a message) enters the timeline once."""

    text: str
    ref: str = ""
    author: str = ""  # who wrote the message that is noted, where not the actor


class PostUpdate(IncidentCommand):
    """Operator. Says what is new and when the next update comes."""

    text: str
    next_in: timedelta | None = None


class AddMembers(IncidentCommand):
    """Operator. Marks members affected (raises the campaign floor) or invites them."""

    affected: tuple[str, ...] = ()
    invite: tuple[str, ...] = ()


class LinkIncident(IncidentCommand):
    """Operator. Three or more linked incidents make a campaign."""

    other: str


class IssueNotice(IncidentCommand):
    """Operator, or a playbook step. Every recipient passes the gate or is refused by name.

    With `supersedes` it takes the place of an earlier notice, and whoever was sent that one is
    sent this one too, named in `to` or not.
    """

    kind: NoticeKind
    to: tuple[str, ...]
    text: str
    ask: str = ""
    answers: tuple[Answer, ...] = USUAL
    tlp: Tlp | None = None  # None: the incident's; never below it
    ack_within: timedelta | None = None  # None: the charter's for the severity
    override: str = ""  # why those whom a policy ceiling keeps from it are to get it all the same
    source: NoticeSource | None = None
    details: NoticeDetails = NO_DETAILS
    supersedes: int | None = None  # the notice whose place it takes
    every_channel: bool = False  # by all allowed channels at once, without escalation
    sources: tuple[SourceLabel, ...] = ()  # whose information it combines, under which labels
    aid: str = ""  # the request for aid that it carries


class RemindRecipients(IncidentCommand):
    """A playbook step or an operator: the unacknowledged are asked again on their channel."""

    notice: int


class EscalateRecipients(IncidentCommand):
    """A playbook step or an operator: silent recipients go to the next channel, then the phone."""

    notice: int
    members: tuple[str, ...] = ()  # empty: all that are silent


class RecordReceipts(IncidentCommand):
    """System. What became of the sending; known receipts are ignored."""

    receipts: tuple[Receipt, ...]


class AnswerNotice(IncidentCommand):
    """The partner (any way in). The first decision stands; what comes before it may be followed.

    `details` says more, by names that `answer_details` knows for the answer: of `affected` how
    many and which services, of `offer` (and an aid request's `accept`) what is offered.
    `attempt` is the sending that is answered, where the way in tells: each copy of a notice that
    went by every channel has a link of its own.
    """

    notice: int
    member: str
    answer: Answer
    attempt: int | None = None
    note: str = ""
    details: dict[str, str] = Field(default_factory=dict)
    by: str = ""  # name given on the page, or the delegate
    evidence: dict[str, Any] = Field(
        default_factory=dict
    )  # fingerprint, HTTP status, IP … never the token


class PassDeadline(IncidentCommand):
    """System. A timer of this incident is due; does nothing unless that wait is still open."""

    timer: str


class RaiseAlarm(IncidentCommand):
    """System. A human must act; `fallback` says how (whom to phone)."""

    subject: str  # stable key: the same subject alarms once while open
    text: str
    fallback: str


class ClearAlarm(IncidentCommand):
    """Operator: somebody has taken it in hand."""

    subject: str


class RecordRoomStep(IncidentCommand):
    """System. One line of the room's checklist."""

    step: RoomStep
    state: Literal["done", "degraded", "failed"]
    detail: str = ""
    channel: str | None = None  # Slack channel id, with step `create`
    ts: str | None = None  # Slack ts of the headline, with step `headline`


class RetryRoom(IncidentCommand):
    """Operator. Failed steps of the room's checklist are tried again."""


class MergeIncident(IncidentCommand):
    """Operator. This incident goes on in `into`."""

    into: str


class CloseIncident(IncidentCommand):
    """Operator. S3 and above need `cause` and `lessons`."""

    cause: str = ""
    lessons: str = ""


class ReopenIncident(IncidentCommand):
    """Operator, with a reason."""

    reason: str
