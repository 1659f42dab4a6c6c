"""/aid accept: approve a request, confirm an offer, agree to a counter, write and sign terms.

Nothing is signed that the signer has not been shown: what is signed is named by its hash, and a
hash that is no longer that of the terms is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
)
from bot.slack.verbs.aid_terms_form import TEXTS, as_they_stand, fields_of, introduce, shown
from bot.slack.verbs.base import Asking, Call, Verb
from coalition.domain.aid.commands import (
    AcceptDeferred,
    AgreeCounter,
    ApproveRequest,
    ConfirmOffer,
    ProposeTerms,
    SignTerms,
)
from coalition.domain.aid.values import Terms
from coalition.domain.errors import NotFound, UserError
from coalition.rendering.aid_moves import still_to_sign
from coalition.rendering.aid_words import blank_terms, supply_text
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name, member_names
from coalition.rendering.slack.text import counted, escape, listed

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid, Offer

SHORTEST_HASH, WHOLE_HASH = 8, 64


def accept(call: Call) -> Reply | Asking:
    """Whatever the caller's yes means now, as the request and the offer stand."""
    aid = aid_here(call)
    if call.given.flag("approve") or (aid.status == "submitted" and not call.given.has("offer")):
        return _approve(call, aid)
    offer = offer_here(call, aid, "submitted", "countered", "unconfirmed")
    about = {**call.base, "aid": aid.aid, "offer": offer.offer}
    if offer.member == call.caller.member.id and offer.status == "unconfirmed":
        after = done(call, ConfirmOffer(**about))
        return _on_the_table(call, after, offer.offer, "is confirmed: it is really yours")
    if offer.member == call.caller.member.id and offer.status == "countered":
        after = done(call, AgreeCounter(**about))
        return _on_the_table(call, after, offer.offer, "now says what was asked for instead")
    return _terms(call, aid, offer)


def _approve(call: Call, aid: Aid) -> Reply:
    after = done(call, ApproveRequest(**call.base, aid=aid.aid))
    first = after.waves[0] if after.waves else ()
    names = listed(member_names(call.desk.coalition, first), 12)
    later = sum(len(wave) for wave in after.waves[1:])
    more = f" {counted(later, 'other member')} will be asked later." if later else ""
    said = f"You have approved {aid.aid}. Asked now: {names or 'nobody'}.{more}"
    return answer(
        call, after, said, f"{typed(call, f'aid list {aid.aid}')} shows the offers as they come."
    )


def _on_the_table(call: Call, aid: Aid, number: int, said: str) -> Reply:
    supply = escape(supply_text(aid.offers[str(number)].supply), 800)
    following = typed(call, f"aid accept {aid.aid} --offer {number}")
    return answer(
        call, aid, f"Offer {number} {said}: {supply}.", f"{following} shows the terms to sign."
    )


def _terms(call: Call, aid: Aid, offer: Offer) -> Reply | Asking:
    """Propose what was changed, then show all of it; sign what was shown before."""
    if call.caller.member.id not in (aid.member, offer.member):
        message = f"Offer {offer.offer} of {aid.aid} is between two other members."
        raise UserError(message, "Only they see its terms and sign them.", field="offer")
    if aid.status in ("draft", "submitted"):
        raise UserError(f"{aid.aid} has not been approved yet.", f"Type /aid accept {aid.aid}.")
    wanted = _wanted(call, aid, offer)
    if wanted != (offer.terms or Terms()):
        about = {**call.base, "id": f"{call.id}:terms", "aid": aid.aid, "offer": offer.offer}
        aid = done(call, ProposeTerms(**about, terms=wanted))
        offer = aid.offers[str(offer.offer)]
        call.given.values.pop("hash", None)
    if blank := blank_terms(offer.terms):
        if shows(call, aid):
            return Asking(shown(call, aid, offer, blank), {}, submit="Propose these terms")
        message = f"Still blank: {', '.join(blank).lower()}."
        raise UserError(message, "Nothing is signed with a blank term; write them as options.")
    if not call.given.has("hash"):
        return _show(call, aid, offer)
    return _sign(call, aid, offer, _meant(call, aid, offer))


def _show(call: Call, aid: Aid, offer: Offer) -> Reply | Asking:
    whole = aid.agreement(offer).terms_hash
    if not shows(call, aid):
        command = f"aid accept {aid.aid} --offer {offer.offer} --hash …"
        message = f"Slack may not show you the terms of offer {offer.offer} of {aid.aid}."
        raise UserError(message, f"Read them on the board, then type /{command}")
    return Asking(shown(call, aid, offer, ()), {"hash": whole}, submit="Sign these terms")


def _sign(call: Call, aid: Aid, offer: Offer, whole: str) -> Reply:
    about = {"aid": aid.aid, "offer": offer.offer, "terms_hash": whole}
    if call.given.has("defer"):
        deferred = AcceptDeferred(**call.base, **about, reason=call.given.text("defer"))
        after = done(call, deferred)
        said = f"Offer {offer.offer} goes ahead; the other signature follows."
        return answer(call, after, said, "The room is told by when it must come.")
    after = done(
        call, SignTerms(**call.base, **about, evidence={"slack": call.caller.delegate.slack or ""})
    )
    now = after.offers[str(offer.offer)]
    missing = still_to_sign(after, now)
    name = call.desk.coalition
    own = member_name(name, call.caller.member.id)
    said = f"You have signed the terms of offer {offer.offer} for {own} (`{whole[:12]}`)."
    if missing:
        who = listed(member_names(name, missing))
        command = typed(call, f"aid accept {aid.aid} --offer {offer.offer}")
        return answer(call, after, f"{said}\n*Still to sign:* {who}.", f"They type {command}.")
    return answer(
        call, after, f"{said} Both sides have signed; the capability is being booked.",
        "The room is told when it is. Any change of the terms means signing again.",
    )  # fmt: skip


def _meant(call: Call, aid: Aid, offer: Offer) -> str:
    """The hash that was named, whole; a wrong one is for the rules to refuse.

    Raises:
        UserError: too short to name anything.
        NotFound: not the beginning of the hash of the terms as they stand.
    """
    given = call.given.text("hash").lower().removeprefix("sha256:")
    whole = aid.agreement(offer).terms_hash
    if len(given) == WHOLE_HASH:
        return given
    if len(given) < SHORTEST_HASH:
        message = f"{given[:40]!r} is too short to name terms."
        raise UserError(message, f"Give at least {SHORTEST_HASH} digits.", field="hash")
    if not whole.startswith(given):
        message = f"{given[:40]} is not the hash of the terms of offer {offer.offer} as they stand."
        read_them = f"/aid accept {aid.aid} --offer {offer.offer}"
        hint = f"They have changed, or it was mistyped. Read them: {read_them}"
        raise NotFound(message, hint, field="hash")
    return whole


def _wanted(call: Call, aid: Aid, offer: Offer) -> Terms:
    """The terms as they stand, with what was said anew."""
    given, found = call.given, dict[str, Any]()
    for option, name in TEXTS.items():
        if given.has(option):
            found[name] = given.text(option)
    if given.has("bearer"):
        sides = (aid.member, offer.member)
        named = given.members("bearer")
        if len(named) != 1 or named[0] not in sides:
            message = f"{given.text('bearer')[:40]!r} is neither side of this offer."
            raise UserError(message, f"Known: {', '.join(sides)}.", field="bearer")
        found["cost_bearer"] = named[0]
    if given.has("cap"):
        found["cost_cap"] = read.money(call, "cap", aid.currency)
    if given.has("hold"):
        found["duration_days"] = given.number("hold")
    if found:
        found["currency"] = aid.currency
    standing = (offer.terms or Terms()).model_dump()
    return Terms.model_validate(standing | found)


ACCEPTING = Verb(
    "aid",
    "accept",
    "Accept: approve or sign",
    "/aid accept [AID-…] [--approve] [--offer 2] [--legal-basis text] [--liability text] "
    "[--confidentiality text] [--command who] [--control who] [--bearer ee] [--cap 5000] "
    "[--hold 14] [--hash 3f2a…] [--defer why]",
    "/aid accept AID-2026-0003 --offer 2 --hash 3f2a9c1b77de",
    accept,
    (
        AID,
        replace(OFFER, typed_only=True),
        Field("legal-basis", "Legal basis", one_word=True, hint="As the charter names it"),
        Field("liability", "Liability", "text", longest=1000, hint="Who answers for damage"),
        Field("confidentiality", "Confidentiality", "text", longest=1000),
        Field("command", "Command", longest=300, hint="Usually the side that sends"),
        Field("control", "Operational control", longest=300, hint="Usually the side that asked"),
        Field("bearer", "Who pays?", one_word=True, hint="The id of either side"),
        Field("cap", "Cost cap", hint="0: nothing is paid"),
        Field("hold", "How many days do the terms hold?", "number"),
        Field("approve", "Approve the request", "flag", typed_only=True),
        Field("hash", "Hash of the terms that you have read", typed_only=True, one_word=True),
        Field("defer", "Why the other signature may follow later", typed_only=True),
    ),
    "Go on",
    about_incident=False,
    about=incident_of,
    complete=fields_of,
    introduce=introduce,
    prefill=as_they_stand,
)
