"""The parts an outward notice is made of."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from coalition.domain.incident.words import Answer
from coalition.domain.messages import Utc
from coalition.domain.notice.unknown import Unknown


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


class Thread(Outward):
    """What a notice continues: `id` is the same for all notices that supersede one another."""

    id: str  # INC-2026-0007-n1: the notice it began with, the same for all recipients
    since: Utc
    incident_since: Utc  # when the first notice about the incident was issued


class Party(Outward):
    """A member CERT."""

    member: str
    name: str
    country: str


class OnFile(Outward):
    """What the coalition file says of the recipient; nothing of anybody else's entry."""

    sectors: tuple[str, ...]
    dependencies: tuple[str, ...]
    capabilities: tuple[str, ...]


class Choice(Outward):
    """One answer that is allowed, and the sentence it stands for."""

    answer: Answer
    means: str


class Ask(Outward):
    """What we ask of the recipient, by when, and what may be answered.

    `due` is when the acknowledgement is due; `done_by` when what is asked should be done.
    """

    what: str
    done_by: Moment | Unknown
    due: Moment
    choices: tuple[Choice, ...]


class Count(Outward):
    """How many of something: 40 servers."""

    what: str
    number: int


class Contact(Outward):
    """Whom to phone or write to when anything about the notice is unclear."""

    team: str
    role: str  # the person or role to ask for; `unknown` where the sender named none
    duty_phone: str  # answered 24 hours a day
    fingerprint: str  # of the team's OpenPGP key in the coalition file; `unknown` without one
    hub: str
    hub_address: str  # a mail address of the hub; empty where it has none
    hub_url: str
    hub_fingerprint: str  # of the hub's OpenPGP key; `unknown` without one
