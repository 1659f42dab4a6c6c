"""Offers: made, revised, countered, declined and taken back, until terms are signed."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid import events as e
from coalition.domain.aid.authority import both_active, speaker
from coalition.domain.aid.capacity import checked_supply
from coalition.domain.aid.ending import pending
from coalition.domain.aid.writing import checked_terms
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident.checks import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid import commands as c
    from coalition.domain.aid.authority import Speaker
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.aid.values import Supply
    from coalition.domain.aid.words import OfferStatus
    from coalition.domain.members import Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World


def submit_offer(state: Aid, command: c.SubmitOffer, world: World) -> list[Event]:
    """OfferSubmitted, on the table or as a draft; TermsProposed where terms come with it.

    Raises:
        NotAllowed: the requester offers to itself, or a deferred signature is not theirs to offer.
        NotFound, UserError: as `checked_supply`; or the same is on the table already.
    """
    who = _for(speaker(command.actor, world.coalition), command.member)
    _not_own(state, who.member)
    if command.deferrable:
        _may_defer(who, world)
    offered = made(
        state,
        member=who.member,
        item=command.item,
        supply=command.supply,
        status="draft" if command.draft else "submitted",
        valid_until=command.valid_until,
        by=who.delegate.id if who.delegate else command.actor.label,
        at=command.at,
        world=world,
    ).model_copy(update={"deferrable": command.deferrable})
    if command.terms is not None:
        terms = checked_terms(state, who.member.id, command.terms)
        offered = offered.model_copy(update={"terms": terms})
    return [offered]


def made(  # noqa: PLR0913 - an offer is that many facts
    state: Aid,
    *,
    member: Member,
    item: int,
    supply: Supply,
    status: OfferStatus,
    valid_until: datetime | None,
    by: str,
    at: datetime,
    world: World,
) -> e.OfferSubmitted:
    """The event of an offer, checked, whichever way it came.

    Raises:
        NotFound, UserError: as `checked_supply`; or the same is on the table already.
    """
    supply = checked_supply(state, member, item, supply, at, world)
    earlier = [one for one in state.offers.values() if one.member == member.id and pending(one)]
    unconfirmed = [one for one in earlier if one.status == "unconfirmed" and one.item == item]
    same = [one for one in earlier if one.supply.capability == supply.capability]
    for one in same:
        if one not in unconfirmed:
            raise UserError(
                f"{member.name} has offered {supply.capability} already, in offer {one.offer}.",
                "Revise that offer, or withdraw it first.",
                field="capability",
            )
    return e.OfferSubmitted(
        offer=len(state.offers) + 1,
        member=member.id,
        item=item,
        supply=supply,
        status=status,
        deferrable=False,
        valid_until=_validity(state, valid_until, at, world),
        by=by,
        replaces=unconfirmed[0].offer if unconfirmed else None,
        terms=None,
    )


def confirm_offer(state: Aid, command: c.ConfirmOffer, world: World) -> list[Event]:
    """OfferConfirmed: it counts from here on."""
    who = speaker(command.actor, world.coalition)
    by = who.delegate.id if who.delegate else command.actor.label
    return [e.OfferConfirmed(offer=command.offer, by=by)]


def revise_offer(state: Aid, command: c.ReviseOffer, world: World) -> list[Event]:
    """OfferRevised, on the table as it now says; nothing when it says the same.

    Raises:
        NotFound, UserError: as `checked_supply`; or it is being booked.
    """
    offer = not_being_booked(state, command.offer)
    member = world.coalition.member(offer.member)
    wanted = command.supply or offer.supply
    supply = checked_supply(state, member, offer.item, wanted, command.at, world)
    until = command.valid_until or offer.valid_until
    if (supply, until, "submitted") == (offer.supply, offer.valid_until, offer.status):
        return []
    valid = _validity(state, until if until > command.at else None, command.at, world)
    return [e.OfferRevised(offer=offer.offer, supply=supply, valid_until=valid)]


def counter_offer(state: Aid, command: c.CounterOffer, world: World) -> list[Event]:
    """OfferCountered: the requester asks for something else of the same capability.

    Raises:
        NotAllowed: one side is no longer active.
        UserError: another capability, the same as offered, or as `checked_supply`.
    """
    offer = not_being_booked(state, command.offer)
    both_active(state, offer, world.coalition)
    if command.supply.capability != offer.supply.capability:
        raise UserError(
            f"Offer {offer.offer} is about {offer.supply.capability}.",
            "Ask for another size, time or price of it; another capability is another offer.",
            field="capability",
        )
    member = world.coalition.member(offer.member)
    supply = checked_supply(state, member, offer.item, command.supply, command.at, world)
    if supply == offer.supply:
        hint = "Propose terms and sign: /aid accept."
        raise UserError("The counter-proposal is what was offered.", hint, field="supply")
    note = command.note.strip() and text_of(command.note, "note")
    return [e.OfferCountered(offer=offer.offer, supply=supply, note=note)]


def agree_counter(state: Aid, command: c.AgreeCounter, world: World) -> list[Event]:
    """CounterAgreed: what the requester asked for is the offer now.

    Raises:
        NotFound, UserError: as `checked_supply`; time may have passed since.
    """
    offer = state.offers[str(command.offer)]
    member = world.coalition.member(offer.member)
    wanted = offer.counter or offer.supply
    supply = checked_supply(state, member, offer.item, wanted, command.at, world)
    return [e.CounterAgreed(offer=offer.offer, supply=supply)]


def decline_offer(state: Aid, command: c.DeclineOffer, world: World) -> list[Event]:
    """OfferDeclined, with or without a reason.

    Raises:
        UserError: it is being booked.
    """
    not_being_booked(state, command.offer)
    reason = command.reason.strip() and text_of(command.reason, "reason")
    return [e.OfferDeclined(offer=command.offer, reason=reason)]


def withdraw_offer(state: Aid, command: c.WithdrawOffer, world: World) -> list[Event]:
    """OfferWithdrawn. While it is being booked too: the reservation is then given back."""
    reason = command.reason.strip() and text_of(command.reason, "reason")
    return [e.OfferWithdrawn(offer=command.offer, reason=reason)]


def decline_request(state: Aid, command: c.DeclineRequest, world: World) -> list[Event]:
    """RequestDeclined; the reason stays with the member. Nothing when it has declined before.

    Raises:
        NotAllowed: the requester declines its own request.
        UserError: it has an offer on the table.
    """
    who = _for(speaker(command.actor, world.coalition), command.member)
    _not_own(state, who.member)
    if who.member.id in state.declined:
        return []
    for offer in state.offers.values():
        if offer.member == who.member.id and offer.live:
            raise UserError(
                f"{who.member.name} has offered help: offer {offer.offer}.", "Withdraw it instead."
            )
    note = command.note.strip() and text_of(command.note, "note")
    return [e.RequestDeclined(member=who.member.id, reason=command.reason, note=note)]


def not_being_booked(state: Aid, number: int) -> Offer:
    """The offer, unless it is signed and the pool has not answered yet.

    Raises:
        UserError: it is; what happens next.
    """
    offer = state.offers[str(number)]
    if offer.booking == "asked":
        raise UserError(
            f"Offer {number} is signed and its capability is being reserved.",
            "In a moment it is accepted or refused: /aid list.",
        )
    return offer


def _for(who: Speaker, named: str) -> Speaker:
    if named and named != who.member.id:
        raise NotAllowed(f"{who.member.name} does not speak for {named}.")
    return who


def _not_own(state: Aid, member: Member) -> None:
    if member.id == state.member:
        raise NotAllowed(f"{member.name} has asked for this help itself.")


def _may_defer(who: Speaker, world: World) -> None:
    signing = world.coalition.charter.aid.signing
    if not signing.deferred:
        raise NotAllowed(
            "The charter allows no signature to follow later.",
            "Offer without it; both sides sign before help is accepted.",
        )
    if who.delegate is not None and signing.role not in who.delegate.roles:
        raise NotAllowed(f"A later signature is offered by the role {signing.role}.")


def _validity(state: Aid, wanted: datetime | None, at: datetime, world: World) -> datetime:
    until = wanted or at + world.coalition.charter.aid.clocks.offer
    if until <= at:
        hint = "Name a later time, or none."
        raise UserError("The offer would be over at once.", hint, field="valid_until")
    return min(until, state.expires_at)
