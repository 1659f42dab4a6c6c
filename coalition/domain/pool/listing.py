"""Rules of what a member lists: draft, available, withdrawn, expired."""

# ruff: noqa: ARG001
# Every rule has the same shape, whether it needs all of it or not.

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from coalition.domain.authority import with_role
from coalition.domain.capabilities import PEOPLE
from coalition.domain.errors import NotFound, UserError
from coalition.domain.pool import events as e
from coalition.domain.pool.availability import FOREVER, Span, last_moment, peak
from coalition.domain.pool.timers import timers

if TYPE_CHECKING:
    from coalition.domain.messages import Event
    from coalition.domain.pool import commands as c
    from coalition.domain.pool.state import Listing, Pool
    from coalition.domain.world import World


def add(state: Pool, command: c.AddCapability, world: World) -> list[Event]:
    """List it: at once by an approver, else as a draft."""
    new = command.capability
    _may_be_listed(state, command, world)
    party = with_role(command.actor, "operator", world.coalition)
    approved = "approver" in party.delegate.roles
    listing = state.listings.get(new.id)
    standing = "available" if approved else "draft"
    if listing is not None and (listing.record, listing.standing) == (new, standing):
        return []
    if approved:
        return [e.CapabilityListed(capability=new, filed=False)]
    return [e.CapabilityDrafted(capability=new)]


def confirm(state: Pool, command: c.ConfirmCapability, world: World) -> list[Event]:
    """A draft becomes available."""
    listing = _known(state, command.capability)
    if listing.standing == "available":
        return []
    if listing.standing != "draft":
        raise UserError(
            f"{command.capability} is {listing.standing}; only a draft is confirmed.",
            "List it again: /capability add",
            field="capability",
        )
    if last_moment(listing.record) <= command.at:
        raise _past(listing.record.id)
    return [e.CapabilityConfirmed(capability=command.capability)]


def withdraw(state: Pool, command: c.WithdrawCapability, world: World) -> list[Event]:
    """Nothing more of it is offered."""
    listing = _known(state, command.capability)
    if listing.standing == "withdrawn":
        return []
    for_whom = sorted(
        f"offer {one.offer} of {one.aid}"
        for one in state.bookings.values()
        if one.capability == command.capability and one.stage in {"reserved", "deployed"}
    )
    if for_whom:
        raise UserError(
            f"{command.capability} is booked for {', '.join(for_whom)}.",
            "Recall it first (your right at any time): /aid recall",
            field="capability",
        )
    _floor_holds(state, listing, command, world)
    return [e.CapabilityWithdrawn(capability=command.capability, reason=command.reason.strip())]


def pass_timer(state: Pool, command: c.PassPoolTimer, world: World) -> list[Event]:
    """The last day of a capability, a rest or a booking elsewhere is over."""
    due = timers(state).get(command.timer)
    if due is None or command.at < due:
        return []
    what, _, rest = command.timer.partition(":")
    if what == "valid":
        return [e.CapabilityExpired(capability=rest)]
    booking = state.bookings[rest]
    if what == "rest":
        return [
            e.RestEnded(
                capability=booking.capability,
                aid=booking.aid,
                offer=booking.offer,
                attempt=booking.attempt,
            )
        ]
    return [e.FreedElsewhere(ref=rest.partition("/")[2])]


def _may_be_listed(state: Pool, command: c.AddCapability, world: World) -> None:
    new, currency = command.capability, world.coalition.charter.aid.currency
    listing = state.listings.get(new.id)
    if listing is not None and listing.filed and listing.standing != "withdrawn":
        raise UserError(
            f"{new.id} stands in the coalition file.", "Change it there, or choose another name."
        )
    if any(one.capability == new.id for one in state.bookings.values()):
        raise UserError(
            f"{new.id} is booked, so it cannot be replaced now.",
            "List the change under another name.",
        )
    for member in world.coalition.members:
        if member.id != state.member and any(one.id == new.id for one in member.capabilities):
            raise UserError(f"{new.id} is already used at {member.name}.", "Choose another name.")
    if new.cost is not None and new.cost.currency != currency:
        raise UserError(
            f"The charter settles in {currency}, not in {new.cost.currency}.",
            f"State the cost in {currency}.",
            field="cost",
        )
    if last_moment(new) <= command.at:
        raise _past(new.id)


def _past(id: str) -> UserError:
    return UserError(
        f"The last day of {id} has passed.", "Give a later valid_until.", field="valid_until"
    )


def _floor_holds(
    state: Pool, listing: Listing, command: c.WithdrawCapability, world: World
) -> None:
    """Keep people on the list who stay at home in place of those that are away."""
    if listing.record.kind not in PEOPLE or listing.standing != "available":
        return
    floor = world.coalition.member(state.member).reserve_floor
    left = sum(
        one.record.size
        for id, one in state.listings.items()
        if one.record.kind in PEOPLE and one.standing == "available" and id != command.capability
    )
    away = peak(
        (
            one
            for one in state.bookings.values()
            if state.listings[one.capability].record.kind in PEOPLE
            and one.capability != command.capability
        ),
        Span(command.at, FOREVER),
        command.at,
    )
    if away and left - away < floor:
        raise UserError(
            f"{away} people are booked, and without {command.capability} fewer than the "
            f"{floor} of the reserve floor would stay at home.",
            "Recall a mission first, or lower reserve_floor in the coalition file.",
            field="capability",
        )


def _known(state: Pool, id: str) -> Listing:
    listing = state.listings.get(id)
    if listing is None:
        near = difflib.get_close_matches(id, state.listings, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "See /capability list."
        raise NotFound(f"{state.member} has listed no {id[:40]!r}.", hint, field="capability")
    return listing
