"""Whose move it is in a request for aid: who must do what next, and what they type for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.aid_words import blank_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.aid.state import Aid, Mission, Offer


class Move(NamedTuple):
    """`member` must do `what` (an infinitive); `typed` is the command for it, without its slash."""

    member: str
    what: str
    typed: str
    approver: bool = False  # an approver must, not just an operator
    urgent: bool = True  # False: may, and nothing waits for it
    offer: int = 0


def moves(aid: Aid) -> tuple[Move, ...]:
    """Every move that is open, those that something waits for first."""
    found = [*_of_request(aid)]
    for offer in aid.offers.values():
        found += _of_offer(aid, offer)
    for mission in aid.missions.values():
        found += _of_mission(aid, mission)
    return tuple(sorted(found, key=lambda one: not one.urgent))


def still_to_sign(aid: Aid, offer: Offer) -> tuple[str, ...]:
    """Members whose signature the terms of a live offer lack; none while a term is blank."""
    if offer.status != "submitted" or blank_terms(offer.terms):
        return ()
    return tuple(side for side in (aid.member, offer.member) if side not in offer.signed)


def payer(aid: Aid, mission: Mission) -> str:
    """The member that bears the costs of a mission under the terms in force."""
    return mission.agreement.terms.cost_bearer or aid.member


def _of_request(aid: Aid) -> Iterator[Move]:
    if aid.status == "draft":
        yield Move(aid.member, "submit the draft", f"aid request {aid.aid}")
    elif aid.status == "submitted":
        yield Move(
            aid.member, "approve the request", f"aid accept {aid.aid} --approve", approver=True
        )
    elif not aid.ended and aid.missions and not any(m.in_the_field for m in aid.missions.values()):
        yield Move(aid.member, "close the request", f"aid complete {aid.aid} --close", urgent=False)


def _of_offer(aid: Aid, offer: Offer) -> Iterator[Move]:
    number, about = offer.offer, f"{aid.aid} --offer {offer.offer}"
    if offer.status == "draft":
        yield Move(offer.member, f"send off draft {number}", f"aid offer {about}", offer=number)
    elif offer.status == "unconfirmed":
        what = f"confirm that offer {number} is theirs"
        yield Move(offer.member, what, f"aid accept {about}", offer=number)
    elif offer.status == "countered":
        what = f"agree to the counter-proposal for offer {number}, or revise it"
        yield Move(offer.member, what, f"aid accept {about}", offer=number)
    elif offer.status == "submitted" and offer.booking != "asked":
        yield from _of_terms(aid, offer, about)
    elif offer.sign_by is not None:  # accepted; one signature follows
        for side in (aid.member, offer.member):
            if side not in offer.signed:
                what = f"sign the terms of offer {number}, which was deferred"
                yield Move(side, what, f"aid accept {about}", approver=True, offer=number)


def _of_terms(aid: Aid, offer: Offer, about: str) -> Iterator[Move]:
    if blank := blank_terms(offer.terms):
        what = f"write the terms of offer {offer.offer} ({', '.join(blank).lower()})"
        yield Move(
            aid.member, what, f"aid accept {about}", urgent=bool(offer.terms), offer=offer.offer
        )
        return
    for side in still_to_sign(aid, offer):
        what = f"sign the terms of offer {offer.offer}"
        yield Move(side, what, f"aid accept {about}", approver=True, offer=offer.offer)


def _of_mission(aid: Aid, mission: Mission) -> Iterator[Move]:
    number, about = mission.mission, f"{aid.aid} --offer {mission.mission}"
    home, pays = mission.member, payer(aid, mission)
    owed = home if pays != home else aid.member
    steps = {
        "tasked": Move(home, f"ready mission {number}", f"aid deploy {about}"),
        "mobilising": Move(home, f"say that mission {number} is at work", f"aid deploy {about}"),
        "deployed": Move(
            home, f"check in on mission {number}", f"aid deploy {about} --note …", urgent=False
        ),
        "recalled": Move(home, f"say that mission {number} is home", f"aid complete {about}"),
        "demobilising": Move(home, f"say that mission {number} is home", f"aid complete {about}"),
        "demobilised": Move(
            home, f"report on mission {number}", f"aid complete {about} --report …"
        ),
        "reported": Move(
            home, f"submit the costs of mission {number}, or waive them", f"aid cost {about} …"
        ),
        "costs_submitted": Move(
            pays, f"settle or query the costs of mission {number}", f"aid cost {about} --settle …"
        ),
        "queried": Move(
            home, f"answer the question about the costs of mission {number}", f"aid cost {about} …"
        ),
    }
    move = steps.get(mission.status)
    if move is None:
        return
    yield move._replace(offer=number, approver=mission.status == "costs_submitted")
    if mission.status == "costs_submitted" and owed == home:
        yield Move(
            home, f"or waive the costs of mission {number}", f"aid cost {about} --waive …",
            approver=True, urgent=False, offer=number,
        )  # fmt: skip
