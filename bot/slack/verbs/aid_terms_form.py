"""The form of /aid accept: the terms as they stand or as is usual, and what a yes is said to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.slack.verbs import aid_values as read
from bot.slack.verbs.aid_finding import AID, OFFER, aid_here, offer_here, shows, which
from coalition.domain.aid.values import Terms
from coalition.domain.aid.writing import legal_bases
from coalition.domain.errors import UserError
from coalition.rendering.aid_words import blank_terms, support_text
from coalition.rendering.slack import aid as said_of
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.aid.state import Aid, Offer
    from coalition.rendering.slack.fields import Field

TEXTS = {
    "legal-basis": "legal_basis",
    "liability": "liability",
    "confidentiality": "confidentiality",
    "command": "command",
    "control": "operational_control",
}
"""Options that are terms in words, and the term each is."""


def shown(call: Call, aid: Aid, offer: Offer, blank: tuple[str, ...]) -> str:
    """What is agreed, in full, and what is still blank (mrkdwn)."""
    text = said_of.agreement_text(call.desk.coalition, aid, offer)
    if blank:
        return f"{text}\n*Still blank:* {escape(', '.join(blank).lower())}. Nothing is signed so."
    return f"{text}\nWho signs, signs exactly this. A change below proposes other terms instead."


def as_they_stand(call: Call) -> dict[str, tuple[str, ...]]:
    """The terms as they stand; where nobody has written one, what is usual (EMAC)."""
    aid, offer = _subject(call)
    sides = (aid.member, offer.member) if aid and offer else ()
    if aid is None or offer is None or call.caller.member.id not in sides or not shows(call, aid):
        return {}
    terms = offer.terms or Terms()
    names = call.desk.coalition
    values: dict[str, str] = {option: getattr(terms, name) for option, name in TEXTS.items()}
    if offer.terms is None:
        values["command"] = f"{names.member(offer.member).name}, which sends it"
        values["control"] = f"{names.member(aid.member).name}, which asked for it"
        values["legal-basis"] = next((id for id, _ in _bases(call, aid, offer)), "")
    values["bearer"] = terms.cost_bearer or aid.member
    cap = terms.cost_cap if offer.terms else offer.supply.cost
    values["cap"] = "" if cap is None else read.amount_typed(cap, aid.currency)
    values["offer"] = str(offer.offer)
    values["hold"] = str(terms.duration_days or offer.supply.days)
    return {name: (value,) for name, value in values.items() if value}


def _bases(call: Call, aid: Aid, offer: Offer) -> tuple[tuple[str, str], ...]:
    """The legal bases of the charter that hold between the two sides: (id, name)."""
    found = legal_bases(aid.agreement(offer), call.desk.coalition)
    return tuple((basis.id, basis.name) for basis in found)


def _subject(call: Call) -> tuple[Aid | None, Offer | None]:
    """What the form is about, as far as that is known."""
    if not call.given.has("aid"):
        return None, None
    aid = aid_here(call)
    try:
        return aid, offer_here(call, aid, "submitted", "countered", "unconfirmed")
    except UserError:
        return aid, None


def fields_of(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The terms, where it is known of which offer; before that, which offer."""
    aid, offer = _subject(call)
    if aid is not None and aid.status == "submitted":
        return ()
    if aid is None or offer is None:
        asked = [one for one in which(call, fields) if one.name == AID.name]
        return (*asked, OFFER)
    sides = tuple((id, call.desk.coalition.member(id).name) for id in (aid.member, offer.member))
    chosen = {"bearer": sides, "legal-basis": _bases(call, aid, offer)}
    return tuple(
        replace(one, kind="choice", choices=chosen[one.name]) if chosen.get(one.name) else one
        for one in fields
        if one.name not in (AID.name, OFFER.name)
    )


def _request_text(call: Call, aid: Aid) -> str:
    """What an approver agrees to when they approve a request."""
    now = aid.situation
    facts = {
        "Impact": now.impact,
        "Spillover": now.spillover,
        "Those who come will": now.planned_use,
        "Done already": now.mitigation,
        "Asked elsewhere": "; ".join(map(support_text, now.other_support)) or "nobody",
    }
    lines = [said_of.head_line(call.desk.coalition, aid), *said_of.need_lines(aid)]
    lines += [f"*{name}:* {escape(text, 400)}" for name, text in facts.items()]
    lines.append("Sending it on asks the other members for help in your member's name.")
    return "\n".join([f"*{aid.tlp.value}*", *lines])


def introduce(call: Call) -> str:
    """What the form says first: the request to approve, or the terms."""
    aid, offer = _subject(call)
    if aid is None:
        return ""
    if not shows(call, aid):
        return f"*{aid.tlp.value}* · *{aid.aid}*\nSlack may not show you its words; the board does."
    if aid.status == "submitted":
        return _request_text(call, aid)
    if offer is None:
        return f"*{aid.tlp.value}* · *{aid.aid}*\nWhich offer do you want to accept?"
    if call.caller.member.id not in (aid.member, offer.member):
        return ""
    return shown(call, aid, offer, blank_terms(offer.terms))
