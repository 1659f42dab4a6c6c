"""The values that requests, offers, terms and costs are made of.

Money is an integer in minor units of its currency (cents of EUR, whole JPY), never a float.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field

from coalition.domain.aid.words import CostKind, Entity, Grade, SupportStatus
from coalition.domain.capabilities import Kind, Mode
from coalition.domain.messages import Message, Utc, canonical
from coalition.domain.services import NamedService

Minor = Annotated[int, Field(strict=True, ge=0, le=10**13)]
"""An amount in minor units of its currency."""


class Need(Message):
    """One item of a request: what is wanted and how much of it.

    The filters behind `days` narrow who fits; empty means that anything does.
    """

    service: NamedService
    quantity: int  # people, tools, Gbit/s …: the unit that a capability's `size` counts
    days: int = 1  # how long
    kind: Kind | None = None
    mode: Mode | None = None
    type_at_most: int | None = None  # NIMS typing: 1 can do most, 4 least
    languages: tuple[str, ...] = ()  # one of these is enough
    clearance: str = ""
    about: str = ""  # anything else, in words


class OtherSupport(Message):
    """Support asked elsewhere (CSA Art. 15(5)(d)): the EU reserve, NATO, another neighbour.

    `member` and `capability` name the team where it is one of ours, so that it is not booked twice.
    """

    body: str  # whom: EU Cybersecurity Reserve, NATO …
    what: str
    status: SupportStatus = "asked"
    member: str = ""
    capability: str = ""


class Situation(Message):
    """Why help is needed: CSA Art. 15(5). Texts are the requester's; grades order requests."""

    impact: str
    spillover: str  # to other members or sectors; "none known" is an answer
    planned_use: str  # what those who come will do
    estimated_need: str  # in words: how much, how long
    mitigation: str  # what has been done already
    other_support: tuple[OtherSupport, ...] = ()  # empty: none was asked
    entity: Entity = "other"
    impact_grade: Grade = 0
    spillover_grade: Grade = 0
    self_help_grade: Grade = 0


class Supply(Message):
    """What an offer gives. `cost` is an estimate; None: to be agreed in the terms."""

    capability: str  # id of the capability of the offering member
    size: int
    starts: Utc  # at the latest: when it takes effect
    days: int
    mode: Mode = "remote"
    cost: Minor | None = None
    currency: str = ""  # the request's
    conditions: str = ""
    recall_notice_hours: int = 0  # it may always be recalled; so long before, it will be said


class Terms(Message):
    """What both sides sign. A blank text is allowed while it is being written, never signed."""

    legal_basis: str = ""
    liability: str = ""
    confidentiality: str = ""
    command: str = ""  # who commands (EMAC: the side that sends)
    operational_control: str = ""  # who says what is to be done (EMAC: the side that asked)
    cost_bearer: str = ""  # member id: the requester or the one that offers
    cost_cap: Minor | None = None  # 0: nothing is paid
    currency: str = ""  # the request's
    duration_days: int | None = None  # how long the terms hold, from the start of the mission


class Pick(Message):
    """Part of a recommendation: so much of an offer, or of what nobody has offered yet (None)."""

    item: int
    offer: int | None
    member: str
    capability: str
    units: int


class Agreement(Message):
    """Everything a signature is over: who, what, on which terms. Any change is another hash."""

    aid: str
    offer: int
    requester: str
    provider: str
    item: int
    service: str
    supply: Supply
    terms: Terms

    @property
    def terms_hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON: what is signed, and named by who signs."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()


class Signature(Message):
    """A named delegate's signature over one hash."""

    member: str
    delegate: str
    terms_hash: str
    how: str  # slack | board | mail | webhook: the way in that proved who it was
    evidence: dict[str, str] = Field(default_factory=dict)  # key fingerprint, message id …
    at: Utc


class CostLine(Message):
    """One line of a bill. `evidence` is the SHA-256 (hex) of the receipt, kept by its owner."""

    kind: CostKind
    text: str
    amount: Minor
    currency: str
    evidence: str
    eligible: bool = True  # not eligible: on record, borne by the member that sent the mission
