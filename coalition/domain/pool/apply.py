"""Folding events into the pool's state: one table from each event to what it changes."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError
from coalition.domain.pool import events as e
from coalition.domain.pool.state import (
    Booking,
    Listing,
    Pool,
    attempt_key,
    elsewhere,
    key,
    rest_key,
)

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.messages import Event, Record

Change = dict[str, Any]
KEPT = 500
"""How many bookings that were given back are remembered, so that a late order finds them gone."""


def apply(state: Pool | None, record: Record, event: Event) -> Pool:
    """The state after one more event.

    Raises:
        PermanentError: the log does not begin with an opening.
    """
    return fold(state, event, record.at)


def fold(state: Pool | None, event: Event, at: datetime) -> Pool:
    """As `apply`, at a time; for states that are looked at and not stored."""
    if isinstance(event, e.PoolOpened):
        return Pool(
            member=event.member, exercise=event.exercise, charter=event.charter, updated_at=at
        )
    if state is None:
        broken = f"The log of a pool begins with {type(event).__name__}."
        raise PermanentError(broken, fallback="Run `tocsin verify`; restore the log from a copy.")
    change = CHANGES[type(event)](state, event, at)
    return state.model_copy(update={**change, "updated_at": at})


def _listing(state: Pool, id: str, **update: Any) -> Change:
    changed = state.listings[id].model_copy(update=update)
    return {"listings": {**state.listings, id: changed}}


def _booking(state: Pool, at: str, **update: Any) -> Change:
    changed = state.bookings[at].model_copy(update=update)
    return {"bookings": {**state.bookings, at: changed}}


def _without(state: Pool, at: str) -> dict[str, Booking]:
    return {one: booking for one, booking in state.bookings.items() if one != at}


def _listed(state: Pool, event: e.CapabilityListed, at: datetime) -> Change:
    new = Listing(record=event.capability, standing="available", filed=event.filed)
    return {"listings": {**state.listings, event.capability.id: new}}


def _drafted(state: Pool, event: e.CapabilityDrafted, at: datetime) -> Change:
    new = Listing(record=event.capability, standing="draft", filed=False)
    return {"listings": {**state.listings, event.capability.id: new}}


def _confirmed(state: Pool, event: e.CapabilityConfirmed, at: datetime) -> Change:
    return _listing(state, event.capability, standing="available")


def _withdrawn(state: Pool, event: e.CapabilityWithdrawn, at: datetime) -> Change:
    return _listing(state, event.capability, standing="withdrawn", reason=event.reason)


def _expired(state: Pool, event: e.CapabilityExpired, at: datetime) -> Change:
    return _listing(state, event.capability, standing="expired")


def _booked_elsewhere(state: Pool, event: e.BookedElsewhere, at: datetime) -> Change:
    new = Booking(
        capability=event.capability, stage="elsewhere", size=event.size,
        starts=event.starts, ends=event.ends, via=event.via,
    )  # fmt: skip
    return {"bookings": {**state.bookings, elsewhere(event.ref): new}}


def _freed_elsewhere(state: Pool, event: e.FreedElsewhere, at: datetime) -> Change:
    return {"bookings": _without(state, elsewhere(event.ref))}


def _reserved(state: Pool, event: e.CapabilityReserved, at: datetime) -> Change:
    where = key(event.aid, event.offer)
    before = state.bookings.get(where)
    away = before is not None and before.stage == "deployed"
    new = Booking(
        capability=event.capability,
        stage="deployed" if away else "reserved",
        size=event.size,
        starts=min(before.starts, event.starts) if before and away else event.starts,
        ends=event.ends,
        aid=event.aid,
        offer=event.offer,
        attempt=event.attempt,
    )
    return {"bookings": {**state.bookings, where: new}}


def _deployed(state: Pool, event: e.CapabilityDeployed, at: datetime) -> Change:
    where = key(event.aid, event.offer)
    starts = min(state.bookings[where].starts, at)
    return _booking(state, where, stage="deployed", starts=starts)


def _released(state: Pool, event: e.CapabilityReleased, at: datetime) -> Change:
    gone = attempt_key(event.aid, event.offer, event.attempt)
    change: Change = {"given_back": (*state.given_back, gone)[-KEPT:]}
    if event.known:
        where = key(event.aid, event.offer)
        left = _without(state, where)
        if event.rest_until is not None:
            update = {"stage": "resting", "ends": at, "rest_until": event.rest_until}
            left[rest_key(gone)] = state.bookings[where].model_copy(update=update)
        change["bookings"] = left
    return change


def _rested(state: Pool, event: e.RestEnded, at: datetime) -> Change:
    gone = attempt_key(event.aid, event.offer, event.attempt)
    return {"bookings": _without(state, rest_key(gone))}


def _nothing(state: Pool, event: Event, at: datetime) -> Change:
    return {}


CHANGES: dict[type[Event], Callable[[Pool, Any, datetime], Change]] = {
    e.CapabilityListed: _listed,
    e.CapabilityDrafted: _drafted,
    e.CapabilityConfirmed: _confirmed,
    e.CapabilityWithdrawn: _withdrawn,
    e.CapabilityExpired: _expired,
    e.BookedElsewhere: _booked_elsewhere,
    e.FreedElsewhere: _freed_elsewhere,
    e.CapabilityReserved: _reserved,
    e.ReservationRefused: _nothing,
    e.CapabilityDeployed: _deployed,
    e.DeploymentRefused: _nothing,
    e.CapabilityReleased: _released,
    e.RestEnded: _rested,
}
