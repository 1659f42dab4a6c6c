"""What an offer gives: which of the own capabilities, how much of it, from when, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.verbs import aid_values as read
from bot.slack.verbs.aid_finding import shows
from bot.slack.verbs.aid_values import MODES
from coalition.application.pools import pool_of
from coalition.domain.aid.values import Supply
from coalition.domain.errors import UserError
from coalition.rendering.aid_words import need_text

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.aid.state import Aid
    from coalition.domain.capabilities import Capability

FIELDS = ("capability", "size", "starts", "days", "mode", "cost", "conditions", "recall-notice")
"""The options that say what an offer gives."""


def capability_of(call: Call) -> Capability:
    """The capability that was named, of the caller's own member; the only one where there is one.

    Raises:
        UserError: there is none of that name, or several and none was named.
    """
    own = own_capabilities(call)
    word = call.given.text("capability").casefold()
    if not word and len(own) == 1:
        return own[0]
    found = [one for one in own if one.id == word]
    if found:
        return found[0]
    known = ", ".join(one.id for one in own)
    message = f"You have listed no capability {word[:40]!r}." if word else "Which capability?"
    hint = f"Yours: {known}." if known else "List one first: /capability add."
    raise UserError(message, hint, field="capability")


def own_capabilities(call: Call) -> list[Capability]:
    """Those of the caller's member that can be offered."""
    pool = pool_of(call.desk.tocsin, call.caller.member.id)
    return [one.record for one in pool.listings.values() if one.standing == "available"]


def item_of(call: Call, aid: Aid, capability: Capability) -> int:
    """The item that was named, else the first that is still missing and that it fits."""
    if call.given.has("item"):
        return call.given.number("item")
    numbered = list(enumerate(aid.needs, start=1))
    fitting = [
        number
        for number, need in numbered
        if need.service == capability.service and need.kind in (None, capability.kind)
    ]
    missing = [number for number in fitting if aid.remaining(number)]
    found = missing or fitting
    if found:
        return found[0]
    wanted = "; ".join(f"--item {number}: {need_text(need)}" for number, need in numbered)
    message = f"{capability.id} does {capability.service}, which {aid.aid} does not ask for."
    hint = f"If it helps all the same, say with what: {wanted}." if shows(call, aid) else ""
    raise UserError(message, hint, field="item")


def supply_of(call: Call, aid: Aid, item: int, capability: Capability) -> Supply:
    """What was said, and for the rest what is asked for as far as the capability gives it."""
    need = aid.needs[item - 1] if 1 <= item <= len(aid.needs) else aid.needs[0]
    missing = aid.remaining(item) if 1 <= item <= len(aid.needs) else 0
    usual = {
        "capability": capability.id,
        "size": min(capability.size, missing or capability.size),
        "starts": call.desk.now() + capability.notice,
        "days": min(capability.max_days, need.days),
        "mode": capability.mode if capability.mode != "hybrid" else need.mode or "remote",
        "currency": aid.currency,
    }
    found: dict[str, Any] = usual | _given(call, aid.currency)
    if "cost" not in found and capability.cost is not None:
        found["cost"] = capability.cost.per_day * found["size"] * found["days"]
    return Supply.model_validate(found)


def changed_supply(call: Call, aid: Aid, supply: Supply) -> Supply:
    """A supply with what was said anew."""
    return Supply.model_validate(supply.model_dump() | _given(call, aid.currency))


def _given(call: Call, currency: str) -> dict[str, Any]:
    """What was said of the supply, by the names of its fields."""
    given, found = call.given, dict[str, Any]()
    for name in ("size", "days"):
        if given.has(name):
            found[name] = given.number(name)
    if given.has("mode"):
        found["mode"] = given.choice("mode", MODES)
    if starts := read.moment(call, "starts"):
        found["starts"] = starts
    if given.has("cost"):
        found["cost"] = read.money(call, "cost", currency)
    if given.has("conditions"):
        found["conditions"] = given.text("conditions")
    if given.has("recall-notice"):
        found["recall_notice_hours"] = _hours(call)
    if given.has("capability"):
        found["capability"] = given.text("capability").casefold()
    return found


def _hours(call: Call) -> int:
    length = call.given.duration("recall-notice")
    return int(length.total_seconds() // 3600) if length else 0
