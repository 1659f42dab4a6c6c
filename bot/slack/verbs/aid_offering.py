"""/aid offer: offer help, offer something else, or ask for something else than was offered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.slack.verbs import aid_values as read
from bot.slack.verbs.aid_finding import (
    AID,
    OFFER,
    aid_here,
    answer,
    done,
    incident_of,
    offer_here,
    shows,
    typed,
    which,
)
from bot.slack.verbs.aid_supply import FIELDS as SUPPLY_FIELDS
from bot.slack.verbs.aid_supply import (
    capability_of,
    changed_supply,
    item_of,
    own_capabilities,
    supply_of,
)
from bot.slack.verbs.base import Call, Verb
from coalition.domain.aid.commands import CounterOffer, ReviseOffer, SubmitOffer
from coalition.domain.errors import UserError
from coalition.rendering.aid_words import MODES as MODE_WORDS
from coalition.rendering.aid_words import need_text, supply_text
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name
from coalition.rendering.slack.text import escape, local

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid, Offer


def offer(call: Call) -> Reply:
    """A new offer; or, with --offer, another supply: revised by its member, else a counter."""
    aid = aid_here(call)
    if not call.given.has("offer"):
        return _new(call, aid)
    standing = offer_here(call, aid)
    if standing.member == call.caller.member.id:
        return _revise(call, aid, standing)
    return _counter(call, aid, standing)


def _new(call: Call, aid: Aid) -> Reply:
    capability = capability_of(call)
    item = item_of(call, aid, capability)
    before = set(aid.offers)
    command = SubmitOffer(
        **call.base,
        aid=aid.aid,
        item=item,
        supply=supply_of(call, aid, item, capability),
        deferrable=call.given.flag("deferrable"),
        valid_until=read.moment(call, "valid"),
        draft=call.given.flag("draft"),
    )
    after = done(call, command)
    new = [one for key, one in after.offers.items() if key not in before]
    if not new:
        return answer(call, after, "This offer was recorded before; it stands once.")
    stands = new[-1]
    said = (
        f"Offer {stands.offer} to {member_name(call.desk.coalition, aid.member)}: {_says(stands)}"
    )
    if stands.status == "draft":
        send = typed(call, f"aid offer {aid.aid} --offer {stands.offer}")
        return answer(
            call,
            after,
            f"{said}\nIt is a draft; only your own member sees it.",
            f"Send it off with {send}.",
        )
    return answer(
        call, after, said,
        f"It binds nobody until both sides have signed the terms. "
        f"{typed(call, f'aid list {aid.aid}')} shows whose move it is; "
        f"{typed(call, f'aid recall {aid.aid} --offer {stands.offer}')} takes it back.",
    )  # fmt: skip


def _revise(call: Call, aid: Aid, standing: Offer) -> Reply:
    changed = any(call.given.has(name) for name in SUPPLY_FIELDS)
    supply = changed_supply(call, aid, standing.supply) if changed else None
    command = ReviseOffer(
        **call.base,
        aid=aid.aid,
        offer=standing.offer,
        supply=supply,
        valid_until=read.moment(call, "valid"),
    )
    after = done(call, command)
    now = after.offers[str(standing.offer)]
    said = f"Offer {now.offer} is now: {_says(now)}"
    return answer(call, after, said, "Signatures over what it said before are void.")


def _counter(call: Call, aid: Aid, standing: Offer) -> Reply:
    if not any(call.given.has(name) for name in SUPPLY_FIELDS):
        name = member_name(call.desk.coalition, standing.member)
        message = f"Offer {standing.offer} is {name}'s. What should be different?"
        raise UserError(message, "Add for example --size 3 or --days 10.", field="size")
    supply = changed_supply(call, aid, standing.counter or standing.supply)
    note = call.given.text("conditions")
    command = CounterOffer(**call.base, aid=aid.aid, offer=standing.offer, supply=supply, note=note)
    after = done(call, command)
    said = (
        f"You have asked {member_name(call.desk.coalition, standing.member)} for this instead of "
        f"offer {standing.offer}: {escape(supply_text(supply), 800)}."
    )
    return answer(call, after, said, "They agree, revise it, or take it back.")


def _says(offer: Offer) -> str:
    starts, valid = local(offer.supply.starts), local(offer.valid_until)
    return f"{escape(supply_text(offer.supply), 800)}, from {starts}. It stands until {valid}."


def _fields(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The own capabilities as choices, for a new offer."""
    asked = which(call, fields)
    own = tuple(
        (one.id, f"{one.id}: {one.size} {one.kind}, {one.service}")
        for one in own_capabilities(call)
    )
    if call.given.has("offer") or not own:
        return asked
    return tuple(
        Field("capability", "Which capability?", "choice", required=True, choices=own)
        if field.name == "capability"
        else field
        for field in asked
    )


def _introduce(call: Call) -> str:
    if not call.given.has("aid"):
        return ""
    aid = aid_here(call)
    if not shows(call, aid):
        return f"*{aid.tlp.value}* · *{aid.aid}*\nSlack may not show you its words; the board does."
    needs = "\n".join(
        f"• Item {number}: {escape(need_text(need), 300)}; missing: {aid.remaining(number)}"
        for number, need in enumerate(aid.needs, start=1)
    )
    name = member_name(call.desk.coalition, aid.member)
    return f"*{aid.tlp.value}* · *{aid.aid}* · {name} needs by {local(aid.needed_by)}:\n{needs}"


def _as_it_stands(call: Call) -> dict[str, tuple[str, ...]]:
    """Of an offer that is to be revised or countered: what it says."""
    if not (call.given.has("aid") and call.given.has("offer")):
        return {}
    supply = offer_here(call, aid_here(call)).supply
    return {
        "size": (str(supply.size),),
        "days": (str(supply.days),),
        "mode": (supply.mode,),
        "starts": (f"{supply.starts:%Y-%m-%dT%H:%MZ}",),
        "conditions": (supply.conditions,),
    }


OFFERING = Verb(
    "aid",
    "offer",
    "Offer help",
    "/aid offer [AID-…] [--capability id] [--item 1] [--size 4] [--starts 4h] [--days 10] "
    "[--mode remote] [--cost 1200] [--conditions text] [--recall-notice 24h] [--valid 48h] "
    "[--deferrable] [--draft] [--offer 2]",
    "/aid offer AID-2026-0003 --capability lv-ir-team --size 4 --starts 12h --days 10 --cost 0",
    offer,
    (
        AID,
        Field("capability", "Which capability?", one_word=True, hint="One of your own, by its id"),
        Field("item", "For which item?", "number", hint="Empty: the first that it fits"),
        Field("size", "How many?", "number", hint="Empty: as many as are missing"),
        Field("starts", "From when?", hint="4h from now, or a time; empty: the usual notice"),
        Field("days", "How many days?", "number", hint="Empty: as long as asked"),
        Field("mode", "Where?", "choice", choices=tuple(MODE_WORDS.items())),
        Field(
            "cost", "What will it cost?", hint="An estimate; 0: nothing. Empty: your usual price"
        ),
        Field("conditions", "On which conditions?", "text", longest=1000),
        Field("recall-notice", "How long before will a recall be said?", "duration"),
        Field("valid", "Until when does it stand?", hint="48h, or a time; empty: the charter's"),
        Field("deferrable", "Your signature may follow later", "flag", typed_only=True),
        Field("draft", "Do not send it off yet", "flag", typed_only=True),
        replace(OFFER, typed_only=True),
    ),
    "Send offer",
    about_incident=False,
    about=incident_of,
    complete=_fields,
    introduce=_introduce,
    prefill=_as_it_stands,
)
