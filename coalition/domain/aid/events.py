"""What can have happened to a request for aid, its offers and terms.

Who did it and when stands in the record. Fields marked *private* are for one member only;
`views.visible_to` takes them out for everybody else. Missions: `mission_events`.
"""

from __future__ import annotations

from coalition.domain.aid.values import Need, Pick, Signature, Situation, Supply, Terms
from coalition.domain.aid.words import DeclineReason, OfferStatus
from coalition.domain.labels import Tlp
from coalition.domain.messages import Event, Utc

# ------------------------------------------------------------------------------- the request


class RequestDrafted(Event):
    """A request begins. Nobody but the requesting member sees it yet."""

    aid: str  # AID-2026-0003
    incident: str
    member: str  # the requester
    needs: tuple[Need, ...]
    situation: Situation
    needed_by: Utc
    expires_at: Utc
    tlp: Tlp
    severity: str  # of the incident; read again when the request is opened
    currency: str
    exercise: bool
    charter: str  # content hash of the coalition file in force


class RequestChanged(Event):
    """All of it, as it stands now."""

    needs: tuple[Need, ...]
    situation: Situation
    needed_by: Utc
    expires_at: Utc
    tlp: Tlp


class RequestSubmitted(Event):
    """Waits for an approver of the own member until `approve_by`; then there is an alarm."""

    approve_by: Utc


class RequestReturned(Event):
    """Not approved: a draft again."""

    reason: str


class RequestOpened(Event):
    """Approved: others are asked, those with a fitting capability in the first wave."""

    severity: str  # the incident's, now
    tlp: Tlp  # the stricter of its own and the incident's, now
    waves: tuple[tuple[str, ...], ...]
    answer_by: Utc


class WaveAsked(Event):
    """These members are to be sent the request; `next_at` is when the next wave goes out."""

    wave: int  # counts from 1
    members: tuple[str, ...]
    next_at: Utc | None


class AskedRecorded(Event):
    """The notice that went out, whom it goes to, and whom the gate refused it."""

    notice: int
    asked: tuple[str, ...]
    refused: tuple[str, ...]


class RecommendationMade(Event):
    """Shown and not assigned: the same `inputs_hash` gives the same again."""

    inputs_hash: str
    charter: str  # content hash of the coalition file in force, with the weights
    picks: tuple[Pick, ...]
    proven: bool  # nothing better exists; else the solver ran out of time


class RequestDeclined(Event):
    """A member cannot help. `reason` and `note` are private to it."""

    member: str
    reason: DeclineReason
    note: str


class AnswerUnclear(Event):
    """A member wants to help, but what it wrote makes no offer: a human asks back."""

    member: str
    notice: int
    problem: str
    text: str
    fallback: str


class RequestWithdrawn(Event):
    """Taken back."""

    reason: str


class RequestClosed(Event):
    """Ended by the requester."""

    note: str


class RequestExpired(Event):
    """Nobody came in time; `uncovered` is what is missing, by item."""

    uncovered: dict[str, int]
    text: str
    fallback: str


class ClockPassed(Event):
    """A clock ran out; a human is told what to do. Fires once for its `due`."""

    clock: str  # approval | answer | booking:<n> | paperwork:<n> | checkin:<n> | report:<n>
    due: Utc
    text: str
    fallback: str


class RequestQuestioned(Event):
    """The incident is over while help is still looked for: a human decides what becomes of it."""

    text: str
    fallback: str


# --------------------------------------------------------------------------------- the offers


class OfferSubmitted(Event):
    """`offer` counts from 1. `status` is draft, submitted or unconfirmed."""

    offer: int
    member: str
    item: int
    supply: Supply
    status: OfferStatus
    deferrable: bool
    valid_until: Utc
    by: str
    replaces: int | None  # an unconfirmed offer of the same member for the same item
    terms: Terms | None


class OfferConfirmed(Event):
    """It is really theirs."""

    offer: int
    by: str


class OfferRevised(Event):
    """On the table as it now says; signatures are void."""

    offer: int
    supply: Supply
    valid_until: Utc


class OfferCountered(Event):
    """The requester asks for this instead; signatures are void."""

    offer: int
    supply: Supply
    note: str


class CounterAgreed(Event):
    """The counter-proposal is the offer now."""

    offer: int
    supply: Supply


class OfferDeclined(Event):
    """By the requester."""

    offer: int
    reason: str


class OfferWithdrawn(Event):
    """By the member that offered."""

    offer: int
    reason: str


class OfferExpired(Event):
    """Its time ran out, or the request ended first (`why`)."""

    offer: int
    why: str


# ---------------------------------------------------------------------------------- the terms


class TermsProposed(Event):
    """Signatures over anything else are void. `amendment`: the mission goes on meanwhile."""

    offer: int
    member: str  # the side that proposes
    terms: Terms
    terms_hash: str
    amendment: bool


class TermsSent(Event):
    """The offering member can sign by answering this notice."""

    offer: int
    notice: int
    terms_hash: str


class TermsSigned(Event):
    """One side has signed."""

    offer: int
    signature: Signature


class PaperworkDeferred(Event):
    """The offering member's signature follows until `sign_by`; then there is an alarm."""

    offer: int
    reason: str
    sign_by: Utc


class PaperworkDone(Event):
    """The signature that was deferred has come."""

    offer: int


class BookingAsked(Event):
    """The pool is asked to reserve; it answers by an event of its own."""

    offer: int
    attempt: int
    member: str
    capability: str
    size: int
    starts: Utc
    ends: Utc
    answer_by: Utc


class BookingRefused(Event):
    """Nothing is accepted; signatures are void. `reason` is private to the offering member."""

    offer: int
    attempt: int
    reason: str
    text: str
    fallback: str


class BookingReturned(Event):
    """The pool answered after the offer had ended: whatever it holds is given back."""

    offer: int
    attempt: int
    member: str
    capability: str


class OfferAccepted(Event):
    """Signed on both sides (or deferred) and booked. A mission begins."""

    offer: int
    terms_hash: str
