"""The state of one request for aid, with everything that came of it.

Bounded by needs, members and offers, never by the length of the log.
"""

from __future__ import annotations

from pydantic import Field

from coalition.domain.aid.values import (
    Agreement,
    CostLine,
    Need,
    Signature,
    Situation,
    Supply,
    Terms,
)
from coalition.domain.aid.words import (
    ENDED,
    IN_THE_FIELD,
    LIVE,
    SEEKING,
    Booking,
    DeclineReason,
    MissionStatus,
    OfferStatus,
    RequestStatus,
)
from coalition.domain.labels import Tlp
from coalition.domain.messages import Message, Utc


class CostRecord(CostLine):
    """A line as submitted. `within_cap`: it and the eligible lines before it stay below the cap."""

    line: int  # counts from 1
    within_cap: bool


class Refusal(Message):
    """A member cannot help. Why is private to it; views leave `reason` and `note` empty."""

    member: str
    at: Utc
    reason: DeclineReason = ""
    note: str = ""


class Offer(Message):
    """One member's offer for one item. `terms` and `signatures` are those being agreed on."""

    offer: int
    member: str
    item: int
    status: OfferStatus
    supply: Supply
    counter: Supply | None = None  # what the requester asks for instead, while countered
    counter_note: str = ""
    deferrable: bool = False
    valid_until: Utc
    by: str
    at: Utc
    reason: str = ""  # why declined, withdrawn or expired
    terms: Terms | None = None
    terms_by: str = ""  # member that proposed them
    signatures: tuple[Signature, ...] = ()
    terms_notices: dict[str, str] = Field(default_factory=dict)  # notice -> hash to be signed by it
    booking: Booking = "none"
    attempt: int = 0  # of booking
    booking_by: Utc | None = None  # when the pool should have answered
    booking_refusal: str = ""  # private to the offering member
    sign_by: Utc | None = None  # a deferred signature is due

    @property
    def live(self) -> bool:
        """On the table."""
        return self.status in LIVE

    @property
    def signed(self) -> frozenset[str]:
        """Members that have signed the terms as they stand."""
        return frozenset(one.member for one in self.signatures)


class Mission(Message):
    """What became of an accepted offer; `agreement` and `signatures` are those in force."""

    mission: int  # the number of its offer
    member: str  # the side that sends
    status: MissionStatus
    agreement: Agreement
    signatures: tuple[Signature, ...]
    amendments: int = 0
    guests: tuple[str, ...] = ()  # delegates who have the room of the incident
    tasked_at: Utc
    deployed_at: Utc | None = None
    home_at: Utc | None = None
    check_in_by: Utc | None = None
    check_ins: int = 0
    last_check_in: str = ""
    reason: str = ""  # why recalled or stood down
    recalled: bool = False  # went home before its work was done: it no longer covers the need
    doubtful: tuple[str, ...] = ()  # members that are no longer active: recall was proposed
    report_by: Utc | None = None
    report: str = ""
    lessons: str = ""
    submission: int = 0
    costs: tuple[CostRecord, ...] = ()
    cost_note: str = ""
    query: str = ""
    queried_lines: tuple[int, ...] = ()
    settled_amount: int | None = None  # minor units of the terms' currency; 0 where waived
    reference: str = ""

    @property
    def in_the_field(self) -> bool:
        """Somebody is away, or about to go."""
        return self.status in IN_THE_FIELD

    @property
    def total(self) -> int:
        """Of the eligible cost lines, in minor units of the terms' currency."""
        return sum(line.amount for line in self.costs if line.eligible)


class Aid(Message):
    """Everything `decide` needs to know."""

    aid: str  # AID-2026-0003
    incident: str
    member: str  # the requester
    status: RequestStatus
    needs: tuple[Need, ...]  # item n is needs[n - 1]
    situation: Situation
    needed_by: Utc
    expires_at: Utc
    tlp: Tlp
    severity: str
    currency: str
    exercise: bool = False
    charter: str
    drafted_by: str  # delegate
    submitted_by: str = ""
    approved_by: str = ""
    drafted_at: Utc
    opened_at: Utc | None = None
    updated_at: Utc
    ended_at: Utc | None = None
    end_note: str = ""  # why withdrawn, or what was said when it was closed
    return_reason: str = ""  # why the approver sent it back
    approve_by: Utc | None = None
    answer_by: Utc | None = None
    waves: tuple[tuple[str, ...], ...] = ()
    wave: int = 0  # how many waves have been asked
    next_wave_at: Utc | None = None
    notices: tuple[int, ...] = ()  # of the incident, by which members were asked
    asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()  # by the gate: above what may be sent to them
    declined: dict[str, Refusal] = Field(default_factory=dict)  # by member
    recommended: str = ""  # inputs hash of the latest recommendation that was shown
    unclear: dict[str, str] = Field(default_factory=dict)  # member -> problem with its answer
    offers: dict[str, Offer] = Field(default_factory=dict)  # by str(offer)
    missions: dict[str, Mission] = Field(default_factory=dict)  # by str(mission)
    passed: dict[str, Utc] = Field(default_factory=dict)  # clock -> the due time that has rung

    @property
    def seeking(self) -> bool:
        """Help is still looked for."""
        return self.status in SEEKING

    @property
    def ended(self) -> bool:
        """Closed, withdrawn or expired; missions may still go on."""
        return self.status in ENDED

    def covered(self, item: int) -> int:
        """How much of an item is accepted; what was recalled no longer counts."""
        return sum(
            offer.supply.size
            for key, offer in self.offers.items()
            if offer.item == item and offer.status == "accepted" and not self._recalled(key)
        )

    def remaining(self, item: int) -> int:
        """How much of an item is still missing; never below 0."""
        return max(0, self.needs[item - 1].quantity - self.covered(item))

    def agreement(self, offer: Offer) -> Agreement:
        """What a signature under this offer is over, as it stands now."""
        return Agreement(
            aid=self.aid,
            offer=offer.offer,
            requester=self.member,
            provider=offer.member,
            item=offer.item,
            service=self.needs[offer.item - 1].service,
            supply=offer.supply,
            terms=offer.terms or Terms(),
        )

    def _recalled(self, key: str) -> bool:
        mission = self.missions.get(key)
        return mission is not None and mission.recalled

    @property
    def providers(self) -> frozenset[str]:
        """Members with an offer that counts."""
        return frozenset(
            one.member for one in self.offers.values() if one.status not in ("draft", "unconfirmed")
        )
