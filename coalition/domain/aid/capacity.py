"""What a member has on offer, and whether an offer keeps within it and within the request.

The member's pool says what it has; where there is none yet, the coalition file does. Whether
it is free at that time is the pool's decision, when it is booked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.checks import text_of
from coalition.domain.pool.availability import last_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from coalition.domain.aid.state import Aid
    from coalition.domain.aid.values import Need, Supply
    from coalition.domain.capabilities import Capability
    from coalition.domain.members import Member
    from coalition.domain.world import World

GRACE = timedelta(hours=1)
"""“Now” may have been written a little while ago."""

LONGEST_NOTICE = 720
"""Hours that a recall may be announced in advance: thirty days."""


def on_offer(member: Member, world: World) -> Mapping[str, Capability]:
    """The capabilities of a member that may be offered at all, by id."""
    pool = world.pool(member.id)
    if pool is None:
        return {one.id: one for one in member.capabilities}
    return {
        id: listing.record
        for id, listing in pool.listings.items()
        if listing.standing == "available"
    }


def could_help(member: Member, needs: tuple[Need, ...], at: datetime, world: World) -> bool:
    """Whether it has something valid of the right service and kind: then it is asked first."""
    return any(
        one.service == need.service and need.kind in (None, one.kind) and at < last_moment(one)
        for one in on_offer(member, world).values()
        for need in needs
    )


def checked_supply(
    state: Aid, member: Member, item: int, supply: Supply, at: datetime, world: World
) -> Supply:
    """The supply with its currency filled in, if it can be meant.

    Raises:
        NotFound: no such item, or no such capability of this member.
        UserError: another service, expired, above the request or the capability, another
            currency, or had elsewhere already; `field` names what is wrong.
    """
    if not 1 <= item <= len(state.needs):
        hint = f"Items go from 1 to {len(state.needs)}."
        raise NotFound(f"{state.aid} has no item {item}.", hint, field="item")
    need = state.needs[item - 1]
    capability = _capability(member, supply.capability, world)
    _not_asked_elsewhere(state, member, supply)
    _fits(capability, need, supply)
    _not_above(need, capability, item, supply)
    _in_time(capability, supply, at)
    if not 0 <= supply.recall_notice_hours <= LONGEST_NOTICE:
        hint = f"Write hours from 0 to {LONGEST_NOTICE}."
        raise UserError("The notice of a recall does not fit.", hint, field="recall_notice_hours")
    conditions = supply.conditions.strip() and text_of(supply.conditions, "conditions")
    currency = same_currency(state, supply.currency)
    return supply.model_copy(update={"currency": currency, "conditions": conditions})


def same_currency(state: Aid, currency: str) -> str:
    """The request's currency, which an empty one means.

    Raises:
        UserError: another one.
    """
    if currency.strip().upper() in ("", state.currency):
        return state.currency
    raise UserError(
        f"{state.aid} is reckoned in {state.currency}, not in {currency[:10]}.",
        f"Convert the amount to {state.currency}.",
        field="currency",
    )


def ends_of(supply: Supply) -> datetime:
    """When what is offered goes home."""
    return supply.starts + timedelta(days=supply.days)


def _capability(member: Member, id: str, world: World) -> Capability:
    known = on_offer(member, world)
    if id in known:
        return known[id]
    listed = ", ".join(sorted(known)) or "none; add one first: /capability add"
    message = f"{member.name} has no capability {id[:40]!r} that can be offered."
    raise NotFound(message, f"It has: {listed}.", field="capability")


def _not_asked_elsewhere(state: Aid, member: Member, supply: Supply) -> None:
    """The same team is not had twice, once here and once by way of the EU or NATO."""
    for other in state.situation.other_support:
        same = (other.member, other.capability) == (member.id, supply.capability)
        if same and other.status != "refused":
            raise UserError(
                f"{supply.capability} has been {other.status} by way of {other.body} for the same "
                "need.",
                "Offer another capability, or have that request taken back first.",
                field="capability",
            )


def _fits(capability: Capability, need: Need, supply: Supply) -> None:
    if capability.service != need.service:
        raise UserError(
            f"{capability.id} is {capability.service}; asked for is {need.service}.",
            "Offer another capability, or for another item.",
            field="capability",
        )
    if need.kind not in (None, capability.kind):
        hint = "Offer another capability, or for another item."
        what = f"{capability.id} is of kind {capability.kind}; asked for is {need.kind}."
        raise UserError(what, hint, field="capability")
    if capability.mode not in ("hybrid", supply.mode):
        hint = f"Offer it {capability.mode}."
        raise UserError(f"{capability.id} works {capability.mode} only.", hint, field="mode")


def _in_time(capability: Capability, supply: Supply, at: datetime) -> None:
    if supply.starts < at - GRACE:
        hint = "Name a time from now on."
        raise UserError(f"{supply.starts:%d %b %H:%M} UTC has passed.", hint, field="starts")
    if ends_of(supply) > last_moment(capability):
        raise UserError(
            f"{capability.id} is valid until {capability.valid_until}: the offer goes beyond it.",
            "Renew the capability first (/capability add), or offer fewer days.",
            field="capability",
        )


def _not_above(need: Need, capability: Capability, item: int, supply: Supply) -> None:
    for name, given, limits in (
        ("size", supply.size, {"asked for": need.quantity, "there": capability.size}),
        ("days", supply.days, {"asked for": need.days, "possible": capability.max_days}),
    ):
        for what, most in limits.items():
            if not 1 <= given <= most:
                raise UserError(
                    f"Item {item}: {name} {given} is above the {most} {what}."
                    if given > most
                    else f"Item {item}: {name} {given} is nothing.",
                    f"Offer {name} from 1 to {min(limits.values())}.",
                    field=name,
                )
