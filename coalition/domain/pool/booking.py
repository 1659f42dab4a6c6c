"""Rules of reserving, deploying and giving back. The only place where help is ever booked."""

# ruff: noqa: ARG001
# Every rule has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.capabilities import PEOPLE
from coalition.domain.errors import UserError
from coalition.domain.pool import events as e
from coalition.domain.pool.availability import (
    Span,
    last_moment,
    people_free,
    units_free,
)
from coalition.domain.pool.seeding import member_of
from coalition.domain.pool.state import Booking, attempt_key, key
from coalition.domain.pool.words import HIDDEN, Refusal

if TYPE_CHECKING:
    from coalition.domain.members import Member
    from coalition.domain.messages import Command, Event
    from coalition.domain.pool import commands as c
    from coalition.domain.pool.state import Pool
    from coalition.domain.world import World

NOT_AVAILABLE = "not available"


class Refused(NamedTuple):
    """Why something cannot be booked."""

    code: Refusal
    reason: str

    @property
    def shown(self) -> str:
        """What others than the member may be told."""
        return NOT_AVAILABLE if self.code in HIDDEN else self.reason


def reserve(state: Pool, command: c.ReserveCapability, world: World) -> list[Event]:
    """Promise it, or change what is promised under the same offer."""
    now = state.bookings.get(key(command.aid, command.offer))
    if now is not None and _same(now, command):
        return []
    refused = _no_reservation(state, command, world)
    if refused is None:
        return [
            e.CapabilityReserved(
                capability=command.capability,
                aid=command.aid,
                offer=command.offer,
                attempt=command.attempt,
                size=command.size,
                starts=command.starts,
                ends=command.ends,
            )
        ]
    _tell_person(command, refused)
    return [
        e.ReservationRefused(
            capability=command.capability,
            aid=command.aid,
            offer=command.offer,
            attempt=command.attempt,
            code=refused.code,
            reason=refused.reason,
            shown=refused.shown,
        )
    ]


def deploy(state: Pool, command: c.DeployCapability, world: World) -> list[Event]:
    """What was promised goes into use."""
    where = key(command.aid, command.offer)
    booking = state.bookings.get(where)
    if booking is not None and booking.stage == "deployed":
        return []
    refused = _no_deployment(state, command, booking, world)
    if booking is not None and refused is None:
        done = e.CapabilityDeployed(
            capability=booking.capability, aid=command.aid, offer=command.offer
        )
        return [done]
    if refused is None:  # there is no booking, and _no_deployment has said so
        raise AssertionError(where)
    _tell_person(command, refused)
    return [
        e.DeploymentRefused(
            aid=command.aid,
            offer=command.offer,
            code=refused.code,
            reason=refused.reason,
            shown=refused.shown,
        )
    ]


def release(state: Pool, command: c.ReleaseCapability, world: World) -> list[Event]:
    """Give it back; also before it was reserved, which then does not happen any more."""
    if attempt_key(command.aid, command.offer, command.attempt) in state.given_back:
        return []
    booking = state.bookings.get(key(command.aid, command.offer))
    rest = command.rest_until
    return [
        e.CapabilityReleased(
            capability=command.capability,
            aid=command.aid,
            offer=command.offer,
            attempt=command.attempt,
            rest_until=rest if rest is not None and rest > command.at else None,
            known=booking is not None and booking.attempt == command.attempt,
        )
    ]


def book_elsewhere(state: Pool, command: c.BookElsewhere, world: World) -> list[Event]:
    """Take it out of what can be promised here. The floor is the member's own to lower."""
    ref, via = command.ref.strip(), command.via.strip()
    if not ref or not via:
        raise UserError("Say to whom it is promised, and give the booking a name.", field="via")
    span = Span(command.starts, command.ends)
    new = e.BookedElsewhere(
        capability=command.capability,
        via=via,
        ref=ref,
        size=command.size,
        starts=command.starts,
        ends=command.ends,
    )
    where = f"elsewhere/{ref}"
    booking = state.bookings.get(where)
    if booking is not None and (booking.capability, booking.size, booking.via) == (
        command.capability, command.size, via
    ) and (booking.starts, booking.ends) == span:  # fmt: skip
        return []
    refused = _listed(state, command.capability, span) or _enough(
        state, command.capability, command.size, span, command.at, where
    )
    if refused is not None:
        _tell_person(command, refused)
    return [new]


def free_elsewhere(state: Pool, command: c.FreeElsewhere, world: World) -> list[Event]:
    """It can be promised here again."""
    if f"elsewhere/{command.ref}" not in state.bookings:
        known = sorted(
            at.partition("/")[2] for at, one in state.bookings.items() if one.stage == "elsewhere"
        )
        raise UserError(
            f"Nothing is booked elsewhere under {command.ref[:40]!r}.",
            f"Known: {', '.join(known)}." if known else "",
            field="ref",
        )
    return [e.FreedElsewhere(ref=command.ref)]


def _same(booking: Booking, command: c.ReserveCapability) -> bool:
    asked = (command.capability, command.attempt, command.size, command.starts, command.ends)
    starts = command.starts if booking.stage == "deployed" else booking.starts
    return asked == (booking.capability, booking.attempt, booking.size, starts, booking.ends)


def _no_reservation(state: Pool, command: c.ReserveCapability, world: World) -> Refused | None:
    member = member_of(world.coalition, command.member)
    span, own = Span(command.starts, command.ends), key(command.aid, command.offer)
    return (
        _inactive(member, command.member)
        or _gone(state, command)
        or _over(span, command.at)
        or _listed(state, command.capability, span)
        or _too_long(state, command.capability, span)
        or _enough(state, command.capability, command.size, span, command.at, own)
        or _floor(state, command.capability, command.size, span, command.at, own, member)
    )


def _no_deployment(
    state: Pool, command: c.DeployCapability, booking: Booking | None, world: World
) -> Refused | None:
    if booking is None:
        what = f"Nothing is reserved for offer {command.offer} of {command.aid}."
        return Refused("unreserved", what)
    member = member_of(world.coalition, command.member)
    inactive = _inactive(member, command.member)
    if inactive is not None:
        return inactive
    # Somebody may be sent before the time that was booked; others may be away until then.
    now = Span(command.at, max(booking.ends, command.at + timedelta(seconds=1)))
    own = key(command.aid, command.offer)
    what, size = booking.capability, booking.size
    return _enough(state, what, size, now, command.at, own) or _floor(
        state, what, size, now, command.at, own, member
    )


def _inactive(member: Member | None, id: str) -> Refused | None:
    if member is None:
        return Refused("not_active", f"{id} is not in the coalition any more.")
    if not member.active:
        return Refused("not_active", f"{member.name} is {member.status}; only active members help.")
    return None


def _gone(state: Pool, command: c.ReserveCapability) -> Refused | None:
    if attempt_key(command.aid, command.offer, command.attempt) not in state.given_back:
        return None
    where = f"offer {command.offer} of {command.aid}"
    return Refused("released", f"The reservation for {where} was given back before.")


def _over(span: Span, now: datetime) -> Refused | None:
    if span.ends > max(span.starts, now):
        return None
    return Refused("over", f"The time asked for ends on {_day(span.ends)}, which is over.")


def _too_long(state: Pool, capability: str, span: Span) -> Refused | None:
    longest = state.listings[capability].record.max_days
    asked = (span.ends - span.starts) / timedelta(days=1)
    if asked <= longest:
        return None
    return Refused("too_long", f"{capability} stays {longest} days at the longest, not {asked:g}.")


def _floor(
    state: Pool,
    capability: str,
    size: int,
    span: Span,
    now: datetime,
    own: str,
    member: Member | None,
) -> Refused | None:
    if member is None or state.listings[capability].record.kind not in PEOPLE:
        return None
    left = people_free(state, member.reserve_floor, span, now, own)
    if left >= size:
        return None
    home = f"{member.name} keeps {member.reserve_floor} people at home"
    return Refused("floor", f"{home}; {left} can go at that time, not {size}.")


def _listed(state: Pool, capability: str, span: Span) -> Refused | None:
    listing = state.listings.get(capability)
    if listing is None:
        return Refused("unknown", f"{state.member} has listed nothing called {capability[:40]!r}.")
    if listing.standing == "draft":
        return Refused("draft", f"{capability} is a draft; an approver must confirm it first.")
    if listing.standing == "withdrawn":
        return Refused("withdrawn", f"{capability} has been withdrawn.")
    if listing.standing == "expired" or span.ends > last_moment(listing.record):
        return Refused("expired", f"{capability} is valid until {listing.record.valid_until}.")
    return None


def _enough(
    state: Pool, capability: str, size: int, span: Span, now: datetime, own: str
) -> Refused | None:
    """Whether so much of it is left beside other bookings than one's own."""
    listing = state.listings.get(capability)
    whole = listing.record.size if listing else 0
    if size > whole:
        return Refused("too_large", f"{capability} has {whole}, not {size}.")
    left = units_free(state, capability, span, now, own)
    if left < size:
        when = f"between {_day(span.starts)} and {_day(span.ends)}"
        return Refused("booked", f"{left} of {whole} of {capability} are free {when}, not {size}.")
    return None


def _tell_person(command: Command, refused: Refused) -> None:
    """A person hears at once; what Tocsin itself asked is recorded.

    Raises:
        UserError: a person asked.
    """
    if command.actor.kind != "system":
        raise UserError(refused.reason, "See what is free: /capability list", field="capability")


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
