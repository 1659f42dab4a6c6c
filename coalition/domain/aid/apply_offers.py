"""Folding what happens to offers, terms and signatures."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.aid.state import Offer

if TYPE_CHECKING:
    from coalition.domain.aid import events as e
    from coalition.domain.aid.state import Aid
    from coalition.domain.messages import Record

Change = dict[str, Any]
VOID: Change = {"signatures": (), "sign_by": None}


def submitted(state: Aid, record: Record, event: e.OfferSubmitted) -> Change:
    """A new offer; an unconfirmed one that it replaces is over. Who offers declines no more."""
    offer = Offer(
        offer=event.offer,
        member=event.member,
        item=event.item,
        status=event.status,
        supply=event.supply,
        deferrable=event.deferrable,
        valid_until=event.valid_until,
        by=event.by,
        at=record.at,
        terms=event.terms,
        terms_by=event.member if event.terms else "",
    )
    kept = dict(state.offers)
    if event.replaces is not None:
        old = kept[str(event.replaces)]
        update = {"status": "withdrawn", "reason": f"replaced by offer {event.offer}"}
        kept[str(event.replaces)] = old.model_copy(update=update)
    return {"offers": {**kept, str(event.offer): offer}, **_helps(state, event.member)}


def confirmed(state: Aid, record: Record, event: e.OfferConfirmed) -> Change:
    """On the table now."""
    return _with(state, event.offer, {"status": "submitted", "by": event.by})


def revised(state: Aid, record: Record, event: e.OfferRevised) -> Change:
    """Another supply; signatures over the former are void."""
    update = {"supply": event.supply, "valid_until": event.valid_until, "status": "submitted"}
    return _with(state, event.offer, {**update, **VOID, **_NO_COUNTER, "booking": "none"})


def countered(state: Aid, record: Record, event: e.OfferCountered) -> Change:
    """The requester's wish stands beside the offer."""
    update = {"status": "countered", "counter": event.supply, "counter_note": event.note}
    return _with(state, event.offer, {**update, **VOID})


def agreed(state: Aid, record: Record, event: e.CounterAgreed) -> Change:
    """The wish is the offer."""
    update = {"status": "submitted", "supply": event.supply}
    return _with(state, event.offer, {**update, **VOID, **_NO_COUNTER})


def declined(state: Aid, record: Record, event: e.OfferDeclined) -> Change:
    """Over."""
    return _with(state, event.offer, {"status": "declined", "reason": event.reason})


def withdrawn(state: Aid, record: Record, event: e.OfferWithdrawn) -> Change:
    """Over."""
    return _with(state, event.offer, {"status": "withdrawn", "reason": event.reason})


def expired(state: Aid, record: Record, event: e.OfferExpired) -> Change:
    """Over."""
    return _with(state, event.offer, {"status": "expired", "reason": event.why})


def proposed(state: Aid, record: Record, event: e.TermsProposed) -> Change:
    """Signatures over anything else are void; those over the terms in force come back with them."""
    update: Change = {"terms": event.terms, "terms_by": event.member, "signatures": ()}
    mission = state.missions.get(str(event.offer))
    if mission is not None and mission.agreement.terms_hash == event.terms_hash:
        update["signatures"] = mission.signatures
    return _with(state, event.offer, update)


def sent(state: Aid, record: Record, event: e.TermsSent) -> Change:
    """An accepting answer to this notice signs these terms."""
    known = state.offers[str(event.offer)].terms_notices
    update = {"terms_notices": {**known, str(event.notice): event.terms_hash}}
    return _with(state, event.offer, update)


def signed(state: Aid, record: Record, event: e.TermsSigned) -> Change:
    """One signature more; under the terms in force it counts for the mission too."""
    offer = state.offers[str(event.offer)]
    change = _with(state, event.offer, {"signatures": (*offer.signatures, event.signature)})
    change["unclear"] = {
        id: one for id, one in state.unclear.items() if id != event.signature.member
    }
    mission = state.missions.get(str(event.offer))
    if mission is not None and mission.agreement.terms_hash == event.signature.terms_hash:
        after = mission.model_copy(update={"signatures": (*mission.signatures, event.signature)})
        change["missions"] = {**state.missions, str(event.offer): after}
    return change


def deferred(state: Aid, record: Record, event: e.PaperworkDeferred) -> Change:
    """A signature is due later."""
    return _with(state, event.offer, {"sign_by": event.sign_by})


def paperwork_done(state: Aid, record: Record, event: e.PaperworkDone) -> Change:
    """It has come."""
    return _with(state, event.offer, {"sign_by": None})


def booking_asked(state: Aid, record: Record, event: e.BookingAsked) -> Change:
    """Waits for the pool."""
    update = {"booking": "asked", "attempt": event.attempt, "booking_by": event.answer_by}
    return _with(state, event.offer, {**update, "booking_refusal": ""})


def booking_refused(state: Aid, record: Record, event: e.BookingRefused) -> Change:
    """Nothing was accepted."""
    update = {"booking": "refused", "booking_by": None, "booking_refusal": event.reason}
    return _with(state, event.offer, {**update, **VOID})


def booking_returned(state: Aid, record: Record, event: e.BookingReturned) -> Change:
    """Given back."""
    return _with(state, event.offer, {"booking": "released", "booking_by": None})


def accepted(state: Aid, record: Record, event: e.OfferAccepted) -> Change:
    """A mission follows."""
    update = {"status": "accepted", "booking": "reserved", "booking_by": None}
    return _with(state, event.offer, update)


_NO_COUNTER: Change = {"counter": None, "counter_note": ""}


def _helps(state: Aid, member: str) -> Change:
    return {
        "declined": {id: one for id, one in state.declined.items() if id != member},
        "unclear": {id: one for id, one in state.unclear.items() if id != member},
    }


def _with(state: Aid, number: int, update: Change) -> Change:
    offer = state.offers[str(number)].model_copy(update=update)
    return {"offers": {**state.offers, str(number): offer}}
