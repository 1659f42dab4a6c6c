"""What of a request each member may be shown: the one place that knows what is private.

The gate decides who may know of a request at all, and under which label. This says what of it
is whose business: a reason for declining belongs to who declined, a draft to who writes it, terms
and costs to the two sides of an offer. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer, Refusal

OWN_ONLY = ("draft",)
BOTH_SIDES = ("unconfirmed", "declined", "withdrawn", "expired")
"""Offers that only the two sides see: they do not count, or no longer do."""


def visible_to(state: Aid, member: str | None) -> Aid:
    """The request as one member may see it; None: as everybody may who knows of it (a room).

    The same shape as the state, with what is not theirs left out or empty:
    all see the need, who was asked, offers on the table and accepted, missions and who has signed;
    the two sides of an offer see its terms, conditions, reasons, check-ins, report and costs;
    a member alone sees why it declined, its drafts, and why its pool refused;
    the requester alone sees who declined and whose answer is unclear (each sees its own).
    """
    own = member == state.member and member is not None
    return state.model_copy(
        update={
            "waves": state.waves if own else state.waves[: state.wave],
            "return_reason": state.return_reason if own else "",
            "refused": state.refused if own else tuple(i for i in state.refused if i == member),
            "declined": {
                id: _refusal(one, member)
                for id, one in state.declined.items()
                if own or id == member
            },
            "unclear": {id: one for id, one in state.unclear.items() if own or id == member},
            "offers": {
                key: _offer(one, member, own=own)
                for key, one in state.offers.items()
                if _known(one, member, own=own)
            },
            "missions": {
                key: one if own or one.member == member else _mission(one)
                for key, one in state.missions.items()
            },
        }
    )


def _refusal(refusal: Refusal, member: str | None) -> Refusal:
    if refusal.member == member:
        return refusal
    return refusal.model_copy(update={"reason": "", "note": ""})


def _known(offer: Offer, member: str | None, *, own: bool) -> bool:
    if offer.member == member:
        return True
    if offer.status in OWN_ONLY:
        return False
    return own or offer.status not in BOTH_SIDES


def _offer(offer: Offer, member: str | None, *, own: bool) -> Offer:
    if offer.member == member:
        return offer
    if own:
        return offer.model_copy(update={"booking_refusal": ""})
    plain = offer.supply.model_copy(update={"cost": None, "currency": "", "conditions": ""})
    signatures = tuple(one.model_copy(update={"evidence": {}}) for one in offer.signatures)
    update = {
        "supply": plain,
        "counter": None,
        "counter_note": "",
        "reason": "",
        "terms": None,
        "signatures": signatures,
        "booking_refusal": "",
    }
    return offer.model_copy(update=update)


def _mission(mission: Mission) -> Mission:
    agreement = mission.agreement
    blank = type(agreement.terms)()
    plain = agreement.supply.model_copy(update={"cost": None, "currency": "", "conditions": ""})
    signatures = tuple(one.model_copy(update={"evidence": {}}) for one in mission.signatures)
    update = {
        "agreement": agreement.model_copy(update={"terms": blank, "supply": plain}),
        "signatures": signatures,
        "last_check_in": "",
        "reason": "",
        "report": "",
        "lessons": "",
        "costs": (),
        "cost_note": "",
        "query": "",
        "queried_lines": (),
        "settled_amount": None,
        "reference": "",
    }
    return mission.model_copy(update=update)
