"""Terms and signatures, and the booking that makes an offer an accepted one.

Acceptance takes three steps that cannot be half done: both sides sign one hash; the pool is asked;
only its reservation accepts the offer. A refusal voids the signatures and says why.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.aid import events as e
from coalition.domain.aid import mission_events as m
from coalition.domain.aid.authority import both_active, other_side, speaker
from coalition.domain.aid.capacity import checked_supply, ends_of
from coalition.domain.aid.offering import not_being_booked
from coalition.domain.aid.signing import current_hash, signature_of
from coalition.domain.aid.writing import checked_terms, complete
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident.checks import reason_of

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid import commands as c
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.messages import Event
    from coalition.domain.world import World

POOL_ANSWERS_WITHIN = timedelta(minutes=15)
"""The pool is part of this house; longer than this, something is broken."""

AMENDABLE = ("tasked", "mobilising", "deployed")


def propose_terms(state: Aid, command: c.ProposeTerms, world: World) -> list[Event]:
    """TermsProposed; nothing when they stand so already. Voids signatures over anything else.

    Raises:
        NotAllowed: one side is no longer active.
        UserError: as `checked_terms`; it is being booked; or the mission is on its way home.
    """
    offer = not_being_booked(state, command.offer)
    both_active(state, offer, world.coalition)
    amendment = offer.status == "accepted"
    if amendment:
        _amendable(state, offer)
    terms = checked_terms(state, offer.member, command.terms)
    if terms == offer.terms:
        return []
    agreement = state.agreement(offer).model_copy(update={"terms": terms})
    return [
        e.TermsProposed(
            offer=offer.offer,
            member=speaker(command.actor, world.coalition).member.id,
            terms=terms,
            terms_hash=agreement.terms_hash,
            amendment=amendment,
        )
    ]


def sign_terms(state: Aid, command: c.SignTerms, world: World) -> list[Event]:
    """TermsSigned; with the second signature BookingAsked, MissionAmended or PaperworkDone.

    Nothing when this side has signed them already.

    Raises:
        NotAllowed: not a delegate with the signing role of one of the sides, or a side is no
            longer active.
        UserError: a blank term, a hash that is not the current one, or more than is still needed.
    """
    offer = not_being_booked(state, command.offer)
    both_active(state, offer, world.coalition)
    signature = signature_of(state, offer, command, world)
    if signature.member in offer.signed:
        return []
    signed = [e.TermsSigned(offer=offer.offer, signature=signature)]
    if other_side(state, offer, signature.member) not in offer.signed:
        _could_be_accepted(state, offer, command.at, world)
        return [*signed]
    if offer.status != "accepted":
        return [*signed, _booking(state, offer, command.at, world)]
    mission = state.missions[str(offer.offer)]
    if command.terms_hash == mission.agreement.terms_hash:
        return [*signed, e.PaperworkDone(offer=offer.offer)]
    _amendable(state, offer)
    return [*signed, m.MissionAmended(mission=offer.offer, terms_hash=command.terms_hash)]


def accept_deferred(state: Aid, command: c.AcceptDeferred, world: World) -> list[Event]:
    """PaperworkDeferred and BookingAsked: help can start, one signature follows.

    Raises:
        NotAllowed: the charter or the offer does not allow it, or a side is no longer active.
        UserError: the requester has not signed, the hash is stale, or the terms are not the
            offering member's own.
    """
    offer = not_being_booked(state, command.offer)
    both_active(state, offer, world.coalition)
    deferred = world.coalition.charter.aid.signing.deferred
    if not deferred or not offer.deferrable:
        raise NotAllowed(
            f"Offer {offer.offer} cannot be accepted before both have signed.",
            f"Ask {offer.member} to sign; a later signature takes the charter and the offer to "
            "allow it.",
        )
    current_hash(state, offer, command.terms_hash)
    if offer.terms_by != offer.member:
        raise UserError(
            f"The terms are not {offer.member}'s own: it has not said yes to them in any way.",
            f"Let {offer.member} propose the terms, or sign them.",
        )
    if state.member not in offer.signed:
        hint = "Sign them first: /aid accept."
        raise UserError(f"{state.member} has not signed these terms.", hint)
    reason = reason_of(command.reason, "Going ahead with one signature")
    return [
        e.PaperworkDeferred(offer=offer.offer, reason=reason, sign_by=command.at + deferred),
        _booking(state, offer, command.at, world),
    ]


def record_booking(state: Aid, command: c.RecordBooking, world: World) -> list[Event]:
    """OfferAccepted and MissionTasked, or BookingRefused; BookingReturned where it came too late.

    Nothing for an attempt that nobody waits for any more.
    """
    offer = state.offers.get(str(command.offer))
    if offer is None or offer.booking != "asked" or offer.attempt != command.attempt:
        return []
    if not offer.live:  # whatever the answer is, nothing is kept
        return [
            e.BookingReturned(
                offer=offer.offer,
                attempt=offer.attempt,
                member=offer.member,
                capability=offer.supply.capability,
            )
        ]
    if command.outcome == "refused":
        return [_refused(state, offer, command)]
    clocks = world.coalition.charter.aid.clocks
    accepted = e.OfferAccepted(offer=offer.offer, terms_hash=state.agreement(offer).terms_hash)
    tasked = m.MissionTasked(
        mission=offer.offer, member=offer.member, check_in_by=command.at + clocks.check_in
    )
    return [accepted, tasked]


def spoken_for(state: Aid, item: int, leave_out: int) -> int:
    """How much of an item is accepted or being booked."""
    booked = sum(
        one.supply.size
        for one in state.offers.values()
        if one.item == item and one.live and one.booking == "asked" and one.offer != leave_out
    )
    return state.covered(item) + booked


def _booking(state: Aid, offer: Offer, at: datetime, world: World) -> e.BookingAsked:
    _could_be_accepted(state, offer, at, world)
    return e.BookingAsked(
        offer=offer.offer,
        attempt=offer.attempt + 1,
        member=offer.member,
        capability=offer.supply.capability,
        size=offer.supply.size,
        starts=offer.supply.starts,
        ends=ends_of(offer.supply),
        answer_by=at + POOL_ANSWERS_WITHIN,
    )


def _could_be_accepted(state: Aid, offer: Offer, at: datetime, world: World) -> None:
    """Both sign only what could be accepted now."""
    complete(state.agreement(offer), world.coalition)
    if offer.status == "accepted":
        return
    left = state.needs[offer.item - 1].quantity - spoken_for(state, offer.item, offer.offer)
    if offer.supply.size > left:
        raise UserError(
            f"Item {offer.item} still needs {max(left, 0)}, and offer {offer.offer} gives "
            f"{offer.supply.size}.",
            "Counter it with less, or decline it with thanks." if left > 0 else "Decline it.",
            field="size",
        )
    member = world.coalition.member(offer.member)
    started = max(offer.supply.starts, at)
    now = offer.supply.model_copy(update={"starts": started})
    checked_supply(state, member, offer.item, now, at, world)


def _amendable(state: Aid, offer: Offer) -> None:
    mission = state.missions[str(offer.offer)]
    if mission.status not in AMENDABLE:
        raise UserError(
            f"Mission {mission.mission} is {mission.status}; its terms stand.",
            "Settle what is open under the terms that were signed.",
        )


def _refused(state: Aid, offer: Offer, command: c.RecordBooking) -> e.BookingRefused:
    return e.BookingRefused(
        offer=offer.offer,
        attempt=offer.attempt,
        reason=command.reason,
        text=f"{offer.supply.capability} of {offer.member} could not be reserved for offer "
        f"{offer.offer} of {state.aid}: {command.shown or 'it is not available'}. "
        "Nothing was accepted; the signatures are void.",
        fallback=f"Choose another offer (/aid match), or let {offer.member} revise this one.",
    )
