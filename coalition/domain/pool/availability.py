"""How much of a capability is free, and why not more. Pure arithmetic over what is booked.

A booking takes its people from `starts` to `ends`; one that is deployed and late to return takes
them until it is released; one at rest, until the rest ends. Of all people that a member has on
offer, its reserve floor stays at home whatever is booked.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.capabilities import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.capabilities import Capability
    from coalition.domain.pool.state import Booking, Pool
    from coalition.domain.pool.words import Lifecycle, Stage

FOREVER = datetime.max.replace(tzinfo=UTC)


class Span(NamedTuple):
    """From `starts` to just before `ends`."""

    starts: datetime
    ends: datetime

    def meets(self, other: Span) -> bool:
        """Whether the two have an instant in common."""
        return self.starts < other.ends and other.starts < self.ends


def span_of(booking: Booking, now: datetime) -> Span:
    """When a booking takes its people."""
    if booking.stage == "resting":
        return Span(booking.starts, booking.rest_until or booking.ends)
    if booking.stage == "deployed" and now >= booking.ends:
        return Span(booking.starts, FOREVER)
    return Span(booking.starts, booking.ends)


def last_moment(capability: Capability) -> datetime:
    """When a capability expires: at the end of its last day, in UTC."""
    if capability.valid_until is None:
        return FOREVER
    return datetime.combine(capability.valid_until + timedelta(days=1), time(), UTC)


def peak(bookings: Iterable[Booking], span: Span, now: datetime) -> int:
    """The most that these bookings take at any one instant of a span."""
    taken = [(span_of(one, now), one.size) for one in bookings]
    meeting = [(own, size) for own, size in taken if own.meets(span)]
    instants = {max(own.starts, span.starts) for own, _ in meeting}
    return max(
        (sum(size for own, size in meeting if own.starts <= at < own.ends) for at in instants),
        default=0,
    )


def bookable(pool: Pool, capability: str, span: Span) -> bool:
    """Whether it is listed, available and valid for the whole of a span."""
    listing = pool.listings.get(capability)
    return (
        listing is not None
        and listing.standing == "available"
        and span.ends <= last_moment(listing.record)
    )


def people_free(pool: Pool, floor: int, span: Span, now: datetime, leave_out: str = "") -> int:
    """How many people of the member can go at all, over every capability, above its floor."""
    on_offer = sum(
        listing.record.size
        for id, listing in pool.listings.items()
        if listing.record.kind in PEOPLE and bookable(pool, id, span)
    )
    return max(0, on_offer - floor - peak(_of_people(pool, leave_out), span, now))


def units_free(pool: Pool, capability: str, span: Span, now: datetime, leave_out: str = "") -> int:
    """How much of one capability nobody has booked; the floor is not looked at."""
    if not bookable(pool, capability, span):
        return 0
    booked = (
        one
        for key, one in pool.bookings.items()
        if one.capability == capability and key != leave_out
    )
    return max(0, pool.listings[capability].record.size - peak(booked, span, now))


def free(pool: Pool, capability: str, floor: int, span: Span, now: datetime) -> int:
    """How much of a capability can be booked for a span."""
    units = units_free(pool, capability, span, now)
    if units and pool.listings[capability].record.kind in PEOPLE:
        return min(units, people_free(pool, floor, span, now))
    return units


def lifecycle(pool: Pool, capability: str) -> Lifecycle:
    """The furthest stage that any part of a capability has reached; KeyError if unknown."""
    standing = pool.listings[capability].standing
    stages = {one.stage for one in pool.bookings.values() if one.capability == capability}
    order: tuple[Stage, ...] = ("deployed", "reserved", "elsewhere", "resting")
    return next((stage for stage in order if stage in stages), standing)


def _of_people(pool: Pool, leave_out: str) -> Iterable[Booking]:
    for key, one in pool.bookings.items():
        listing = pool.listings.get(one.capability)
        if key != leave_out and (listing is None or listing.record.kind in PEOPLE):
            yield one
