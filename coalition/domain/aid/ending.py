"""What becomes of everything that is still on the table when a request ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.events import OfferExpired

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.messages import Event

PENDING = ("unconfirmed", "draft", "submitted", "countered")


def pending(offer: Offer) -> bool:
    """Neither accepted nor over."""
    return offer.status in PENDING


def lapse_all(state: Aid, why: str) -> list[Event]:
    """OfferExpired for everything that is neither accepted nor over.

    An offer that is being booked lapses too; the reservation, when it comes, is given back.
    """
    return [OfferExpired(offer=one.offer, why=why) for one in state.offers.values() if pending(one)]
