"""What the partners remember: each thing that arrived, and each answer they owe or gave."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.partners.seed import AnswerWord, Channel, Via

Signature = Literal["valid", "invalid", "none"]
AnswerState = Literal["waiting", "answering", "answered", "gave_up"]


@dataclass(slots=True)
class Reading:
    """What a person can see in a notice, however it came. Empty text: it was not there."""

    subject: str = ""
    kind: str = ""
    label: str = ""
    exercise: bool = False
    notice_id: str = ""
    incident_id: str = ""
    answer_link: str = ""
    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Delivery:
    """One request or message that reached a partner's door, accepted or not.

    `delivery_id` is the sender's id for it (`webhook-id`, `Message-ID`); `attempt` counts the
    requests with that id; `repeat_of` is the delivery that was already accepted under it.
    `status` is the HTTP or SMTP code given back (0 while it is still being held).
    """

    id: str
    partner: str
    channel: Channel
    received_at: datetime
    delivery_id: str
    raw: str
    headers: dict[str, str]
    reading: Reading
    signature: Signature = "none"
    problem: str = ""
    status: int = 0
    accepted: bool = False
    attempt: int = 1
    repeat_of: str | None = None

    def summary(self) -> dict[str, Any]:
        """Every field but the bulky ones, ready for JSON; the reading's fields lie beside it."""
        row = self.full()
        for bulky in ("raw", "headers", "text", "html"):
            del row[bulky]
        return row

    def full(self) -> dict[str, Any]:
        """Every field, ready for JSON."""
        row = asdict(self)
        row.update(row.pop("reading"))
        row["received_at"] = self.received_at.isoformat()
        return row


@dataclass(slots=True)
class OwedAnswer:
    """The one answer a partner gives to one notice, from being planned to being accepted."""

    partner: str
    notice_id: str
    delivery: str
    answer: AnswerWord
    via: Via
    planned_at: datetime
    due_at: datetime
    state: AnswerState = "waiting"
    answered_at: datetime | None = None
    attempts: int = 0
    in_doubt: bool = False
    log: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Every field, ready for JSON, times in ISO 8601."""
        row = asdict(self)
        for name in ("planned_at", "due_at", "answered_at"):
            row[name] = row[name].isoformat() if row[name] else None
        return row
