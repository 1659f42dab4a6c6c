"""Mutual aid in Slack: a request, its offers, its terms and whose move it is (mrkdwn, escaped)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.views import visible_to
from coalition.rendering.aid_moves import moves, still_to_sign
from coalition.rendering.aid_words import (
    HASH_SHOWN,
    MISSIONS,
    OFFERS,
    REQUESTS,
    blank_terms,
    money,
    need_text,
    supply_text,
    terms_lines,
)
from coalition.rendering.slack.names import member_name, member_names, person
from coalition.rendering.slack.text import clip, escape, listed, local

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.members import Coalition

OFFERS_SHOWN = 8
MOVES_SHOWN = 4


def need_lines(aid: Aid) -> list[str]:
    """Each item, and how much of it is still missing."""
    return [
        f"• Item {number}: {escape(need_text(need), 300)}; "
        f"{_missing(aid.remaining(number), need.quantity)}"
        for number, need in enumerate(aid.needs, start=1)
    ]


def _missing(left: int, wanted: int) -> str:
    return "*covered*" if left == 0 else f"*missing {left} of {wanted}*"


def head_line(coalition: Coalition, aid: Aid) -> str:
    """`Request AID-2026-0003 of CERT-EE: Open, needed by …`."""
    name = member_name(coalition, aid.member)
    by = local(aid.needed_by)
    return f"*Help asked: {aid.aid}* by {name}: {REQUESTS[aid.status]}, needed by {by}"


def offer_line(coalition: Coalition, whole: Aid, offer: Offer, viewer: str | None) -> str:
    """One offer as `viewer` may see it (None: everybody): what, where it stands, who must sign."""
    name, actual = member_name(coalition, offer.member), whole.offers[str(offer.offer)]
    status = OFFERS[offer.status]
    if offer.booking == "asked":
        status = "Signed, being booked"
    elif mission := whole.missions.get(str(offer.offer)):
        status = mission_words(mission, mine=viewer in (whole.member, offer.member))
    elif actual.live and actual.terms and (blank := blank_terms(actual.terms)):
        said = f": {', '.join(blank).lower()}" if viewer in (whole.member, offer.member) else ""
        status = f"{status}; terms still blank{said}"
    elif unsigned := still_to_sign(whole, actual):
        status = f"{status}; still to sign: {listed(member_names(coalition, unsigned))}"
    supply = escape(supply_text(offer.supply), 300)
    return f"• Offer {offer.offer}, {name}, item {offer.item}: {supply}. *{status}*"


def mission_words(mission: Mission, *, mine: bool) -> str:
    """`Deployed, next check-in by …`; amounts only where it is `mine`."""
    words = MISSIONS[mission.status]
    if mission.status == "settled" and mine:
        currency = mission.agreement.terms.currency
        return f"{words}: {money(mission.settled_amount, currency)}"
    if mission.check_in_by and mission.in_the_field:
        return f"{words}, next check-in by {local(mission.check_in_by)}"
    return words


def offer_lines(coalition: Coalition, whole: Aid, viewer: str | None) -> list[str]:
    """The offers that the viewer may see (None: everybody); the newest are kept."""
    shown = [*visible_to(whole, viewer).offers.values()]
    lines = [offer_line(coalition, whole, one, viewer) for one in shown[-OFFERS_SHOWN:]]
    older = len(shown) - OFFERS_SHOWN
    return [*lines, f"{older} older offers are on the board."] if older > 0 else lines


def signature_lines(coalition: Coalition, whole: Aid) -> list[str]:
    """Who has signed what: one line for each offer with signatures."""
    return [
        f"• Offer {one.offer} (`{one.signatures[0].terms_hash[:HASH_SHOWN]}`): signed by "
        + listed(person(coalition, each.delegate) for each in one.signatures)
        for one in whole.offers.values()
        if one.signatures
    ]


def counts_line(coalition: Coalition, whole: Aid, viewer: str | None) -> str:
    """Who was asked and who has offered; to the requester also who cannot, and who is silent."""
    asked = [one for one in whole.asked if one not in whole.refused]
    said = f"{len(asked)} asked, {len(whole.providers)} offer"
    if viewer != whole.member:
        return said
    cannot = listed(member_names(coalition, whole.declined), 8)
    answered = {*whole.declined, *whole.providers}
    silent = listed(member_names(coalition, [one for one in asked if one not in answered]), 8)
    said += f"; cannot: {cannot}" if cannot else ""
    return f"{said}; no answer yet: {silent}" if silent else said


def move_lines(
    coalition: Coalition, aid: Aid, prefix: str = "", members: Iterable[str] | None = None
) -> list[str]:
    """Whose move it is; with `members`, only theirs."""
    wanted = None if members is None else set(members)
    found = [one for one in moves(aid) if one.urgent and (wanted is None or one.member in wanted)]
    return [
        f"• {member_name(coalition, one.member)}: {escape(one.what, 200)}"
        f"{' (an approver)' if one.approver else ''}. Type `/{prefix}{escape(one.typed, 200)}`"
        for one in found[:MOVES_SHOWN]
    ]


def agreement_text(coalition: Coalition, aid: Aid, offer: Offer) -> str:
    """All that a signature under this offer is over, and who has signed."""
    agreement = aid.agreement(offer)
    provider, requester = (member_name(coalition, one) for one in (offer.member, aid.member))
    supply = escape(supply_text(offer.supply), 600)
    lines = [
        f"*{aid.tlp.value}* · *{aid.aid}, offer {offer.offer}*: {provider} helps {requester}",
        f"*What:* item {offer.item}, {supply}, from {local(offer.supply.starts)}",
    ]
    lines += [
        f"*{label}:* {escape(said, 320)}"
        for label, said in terms_lines(
            offer.terms, aid.currency, lambda one: coalition.member(one).name
        )
    ]
    if offer.terms is not None:
        signed = [f"{person(coalition, one.delegate)}, {local(one.at)}" for one in offer.signatures]
        lines.append(f"*Hash:* `{agreement.terms_hash[:HASH_SHOWN]}`")
        lines.append(f"*Signed by:* {listed(signed) or 'nobody yet'}")
    return clip("\n".join(lines), 2900)
