"""What a room is told of mutual aid. Drafts, and why a member cannot help, are told to nobody.

Milestones: a request opened, an offer, an acceptance, a mission at work, stood down or recalled,
costs settled, the end. The rest are details in the thread of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.rendering.aid_moves import still_to_sign
from coalition.rendering.aid_words import HASH_SHOWN, supply_text
from coalition.rendering.slack import aid_mission_posts
from coalition.rendering.slack.aid import need_lines
from coalition.rendering.slack.aid_telling import anchor, over, request, under, whole
from coalition.rendering.slack.aid_telling import name as name_of
from coalition.rendering.slack.blocks import actions, button, section
from coalition.rendering.slack.names import member_names, mention, person
from coalition.rendering.slack.telling import Post, Telling, milestone
from coalition.rendering.slack.text import escape, listed, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.aid import events as e
    from coalition.domain.aid.state import Aid, Offer
    from coalition.rendering.slack.rendered import Block

    Builder = Callable[[Telling, Any], Post | None]

OFFERS_TOLD = 6
"""Offers up to which each is a milestone; with many members the rest would bury the room."""


def post_of(telling: Telling, event: Any) -> Post | None:
    """What to say of this event; None where the headline says it all, or it is private."""
    builder = BUILDERS.get(type(event).__name__)
    if builder is None or telling.aid is None or telling.aid.opened_at is None:
        return None
    return builder(telling, event)


def _offer(telling: Telling, number: int) -> Offer | None:
    return request(telling).offers.get(str(number))


def _side(telling: Telling, number: int) -> str:
    return name_of(telling, whole(telling).offers[str(number)].member)


def _read_and_sign(aid: Aid, offer: int) -> Block:
    button_ = button("Read the terms", "verb:aid:accept", f"{aid.aid}|{offer}")
    return actions(button_)


def _opened(telling: Telling, event: e.RequestOpened) -> Post:
    aid = request(telling)
    said = (
        f"*Help is asked for, {aid.aid}*, by {name_of(telling, aid.member)}; needed by "
        f"{local(aid.needed_by)}, answers due {local(event.answer_by)}"
    )
    why = (
        f"*Impact:* {escape(aid.situation.impact, 600)}\n"
        f"*Those who come will:* {escape(aid.situation.planned_use, 600)}\n"
        f"*Done already:* {escape(aid.situation.mitigation, 600)}\n"
        f"*Spillover:* {escape(aid.situation.spillover, 300)}"
    )
    extra = (
        section("\n".join(need_lines(aid))),
        section(why),
        actions(
            button("Offer help", "verb:aid:offer", aid.aid, style="primary"),
            button("We cannot help", "verb:aid:decline", aid.aid),
        ),
    )
    return milestone(telling, said, anchor=anchor(aid.aid), extra=extra)


def _wave(telling: Telling, event: e.WaveAsked) -> Post | None:
    names = listed(member_names(telling.coalition, event.members), 20)
    return under(telling, f"Asked {'now' if event.wave == 1 else 'now as well'}: {names}.")


def _offered(telling: Telling, event: e.OfferSubmitted) -> Post | None:
    if event.status != "submitted":
        return None
    offer = _offer(telling, event.offer)
    what = f"{name_of(telling, event.member)} offers, for item {event.item}: {_supply(offer)}"
    return _on_the_table(telling, event.offer, f"*Offer {event.offer}.* {what}")


def _supply(offer: Offer | None) -> str:
    if offer is None:  # it has ended since, and is the business of its two sides
        return "see whose move it is: /aid list."
    return f"{escape(supply_text(offer.supply), 600)}, from {local(offer.supply.starts)}."


def _on_the_table(telling: Telling, number: int, said: str) -> Post:
    extra = _read_and_sign(whole(telling), number)
    tell = over if number <= OFFERS_TOLD else under
    return tell(telling, said, extra)


def _confirmed(telling: Telling, event: e.OfferConfirmed) -> Post:
    offer = _offer(telling, event.offer)
    said = f"*Offer {event.offer}* is confirmed by {_side(telling, event.offer)}: {_supply(offer)}"
    return _on_the_table(telling, event.offer, said)


def _revised(telling: Telling, event: e.OfferRevised) -> Post:
    return under(telling, f"Offer {event.offer} is now: {_supply(_offer(telling, event.offer))}")


def _countered(telling: Telling, event: e.OfferCountered) -> Post:
    asking = name_of(telling, whole(telling).member)
    asked = _side(telling, event.offer)
    return under(telling, f"{asking} asks {asked} for something else than offer {event.offer}.")


def _agreed(telling: Telling, event: e.CounterAgreed) -> Post:
    supply = _supply(_offer(telling, event.offer))
    return under(telling, f"Both agree: offer {event.offer} is now {supply}")


def _terms(telling: Telling, event: e.TermsProposed) -> Post:
    what = "other terms for the mission" if event.amendment else "the terms"
    said = f"{name_of(telling, event.member)} has written {what} of offer {event.offer}."
    signers = _signers(telling, event.offer)
    said += f" *To be signed by:* {signers}." if signers else ""
    return under(telling, said, _read_and_sign(whole(telling), event.offer))


def _signed(telling: Telling, event: e.TermsSigned) -> Post:
    by = person(telling.coalition, event.signature.delegate)
    short = event.signature.terms_hash[:HASH_SHOWN]
    said = f"{by} has signed the terms of offer {event.offer} (`{short}`)."
    if signers := _signers(telling, event.offer):
        to_sign = f"{said} *Still to sign:* {signers}."
        return under(telling, to_sign, _read_and_sign(whole(telling), event.offer))
    return under(telling, said)


def _signers(telling: Telling, number: int) -> str:
    """The people who may sign for the sides that have not; they are called."""
    aid, role = whole(telling), telling.coalition.charter.aid.signing.role
    people = [
        mention(telling.coalition, one.id)
        for side in still_to_sign(aid, aid.offers[str(number)])
        for one in telling.coalition.member(side).delegates
        if role in one.roles
    ]
    return listed(people, 6)


def _deferred(telling: Telling, event: e.PaperworkDeferred) -> Post:
    side, due = _side(telling, event.offer), local(event.sign_by)
    return under(telling, f"Offer {event.offer} goes ahead; {side} signs by {due}.")


def _paper(telling: Telling, event: e.PaperworkDone) -> Post:
    return under(telling, f"The signature of offer {event.offer} that was deferred has come.")


def _accepted(telling: Telling, event: e.OfferAccepted) -> Post:
    aid, offer = whole(telling), _offer(telling, event.offer)
    side = _side(telling, event.offer)
    signatures = aid.offers[str(event.offer)].signatures
    signed = listed(person(telling.coalition, one.delegate) for one in signatures)
    said = (
        f"*Accepted:* offer {event.offer} of {side}, {_supply(offer)} Signed by {signed}; booked. "
        f"{side} keeps the command and may recall it at any time."
    )
    deploy = button("Say how far it is", "verb:aid:deploy", f"{aid.aid}|{event.offer}")
    return over(telling, said, actions(deploy))


def _withdrawn(telling: Telling, event: e.RequestWithdrawn) -> Post:
    return over(telling, f"*The request is withdrawn.* {escape(event.reason, 800)}")


def _closed(telling: Telling, event: e.RequestClosed) -> Post:
    helpers = sorted({one.member for one in request(telling).missions.values()})
    thanks = f" Thanks to {listed(member_names(telling.coalition, helpers))}." if helpers else ""
    note = f" {escape(event.note, 800)}" if event.note else ""
    return over(telling, f"*The request is closed.*{note}{thanks}")


BUILDERS: dict[str, Builder] = {
    **aid_mission_posts.BUILDERS,
    "RequestOpened": _opened,
    "WaveAsked": _wave,
    "OfferSubmitted": _offered,
    "OfferConfirmed": _confirmed,
    "OfferRevised": _revised,
    "OfferCountered": _countered,
    "CounterAgreed": _agreed,
    "TermsProposed": _terms,
    "TermsSigned": _signed,
    "PaperworkDeferred": _deferred,
    "PaperworkDone": _paper,
    "OfferAccepted": _accepted,
    "RequestWithdrawn": _withdrawn,
    "RequestClosed": _closed,
}
"""What is not here the headline shows, an alarm says, or is private to one member."""
