"""The outward notice: everything one recipient gets to know, in the order it has to be read.

Strict: a field that is missing or of another type is an error, never a blank in a notice.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from coalition.domain.incident.words import Answer, NoticeKind, Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import Utc


class Outward(BaseModel):
    """A frozen value that leaves the house: no unknown fields, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Itself: nothing in it can be changed, and the gate copies what it holds."""
        return self


class Moment(Outward):
    """One instant, twice: for machines in UTC, for people also in the recipient's own zone."""

    utc: Utc
    local: str  # 2026-11-05 05:12 EET (Europe/Tallinn)

    @property
    def spoken(self) -> str:
        """`2026-11-05 03:12 UTC = 2026-11-05 05:12 EET (Europe/Tallinn)`."""
        text = f"{self.utc:%Y-%m-%d %H:%M} UTC"
        return text if self.local == text else f"{text} = {self.local}"


class Party(Outward):
    """A member CERT."""

    member: str
    name: str
    country: str


class Choice(Outward):
    """One answer that is allowed, and the sentence it stands for."""

    answer: Answer
    means: str


class Ask(Outward):
    """What we ask of the recipient, by when, and what may be answered."""

    what: str
    due: Moment
    choices: tuple[Choice, ...]


class Contact(Outward):
    """Whom to phone or write to when anything about the notice is unclear."""

    team: str
    duty_phone: str  # answered 24 hours a day
    hub: str
    hub_address: str  # a mail address of the hub; empty where it has none
    hub_url: str


class OutwardNotice(Outward):
    """One notice as one recipient gets it. Fields stand in the order of the first screen."""

    tlp: Tlp
    exercise: bool
    notice_id: str  # INC-2026-0007-n1-lv: one for each recipient, the same on every attempt
    incident_id: str
    number: int  # of the notice within its incident
    kind: NoticeKind
    attempt: int  # from 2 on it is a reminder or comes by another channel
    coalition: str
    recipient: Party
    why_you: str
    ask: Ask
    title: str
    text: str
    severity: Severity | Literal["unknown"]  # unknown: an early warning, not assessed
    severity_means: str
    issued: Moment
    originator: Party
    contact: Contact
    answer_url: str

    @property
    def assessment(self) -> str:
        """`Severity S2: significant, national`; of an early warning that there is none."""
        if self.severity == "unknown":
            return self.severity_means.capitalize()
        return f"Severity {self.severity}: {self.severity_means}"

    @property
    def account(self) -> tuple[str, ...]:
        """What happened: title and text, or the text alone where it begins with the title."""
        title = " ".join(self.title.split()).removesuffix("…").rstrip()
        said = " ".join(self.text.split()).startswith(title)
        return (self.text,) if said else (self.title, self.text)

    @property
    def is_reminder(self) -> bool:
        """An earlier attempt went out and has not been acknowledged."""
        return self.attempt > 1


class ThinNotice(Outward):
    """What goes out in place of a notice that is too large: where to read it, and no content."""

    thin: Literal[True] = True
    tlp: Tlp
    exercise: bool
    notice_id: str
    incident_id: str
    number: int
    kind: NoticeKind
    attempt: int
    answer_url: str
