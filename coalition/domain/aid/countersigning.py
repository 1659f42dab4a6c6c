"""Signing from outside Slack: terms go out as a notice, and a proved “accept” to it signs them.

The member's key (signed mail) or secret (signed webhook) vouches for the delegate that the answer
names. What does not sign is never lost: the requester is told to ask back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid import events as e
from coalition.domain.aid.agreeing import sign_terms
from coalition.domain.aid.commands import SignTerms
from coalition.domain.errors import UserError
from coalition.domain.messages import Actor

if TYPE_CHECKING:
    from coalition.domain.aid.commands import RecordAnswer, RecordTermsSent
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.members import Delegate, Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World

SIGNABLE = ("submitted", "accepted")
NOT_SIGNED = "answered about the terms, but has not signed them"


def record_terms_sent(state: Aid, command: RecordTermsSent, world: World) -> list[Event]:
    """TermsSent, once for each notice."""
    del world
    if str(command.notice) in state.offers[str(command.offer)].terms_notices:
        return []
    sent = e.TermsSent(offer=command.offer, notice=command.notice, terms_hash=command.terms_hash)
    return [sent]


def put_to(state: Aid, command: RecordAnswer) -> Offer | None:
    """The offer whose terms the answered notice put to its member; None for other notices."""
    for offer in state.offers.values():
        if str(command.notice) in offer.terms_notices and offer.member == command.member:
            return offer
    return None


def countersigned(state: Aid, offer: Offer, command: RecordAnswer, world: World) -> list[Event]:
    """As `sign_terms`, or AnswerUnclear; nothing for a mere acknowledgement or question."""
    if command.answer not in ("accept", "decline"):
        return []
    member = world.coalition.member(command.member)
    try:
        return sign_terms(state, _order(offer, command, member, world), world)
    except UserError as error:
        return [unclear(state, command, member, str(error), NOT_SIGNED)]


def unclear(
    state: Aid, command: RecordAnswer, member: Member, problem: str, what: str
) -> e.AnswerUnclear:
    """The alarm says who and what to do, never what was written: that stands in the record."""
    return e.AnswerUnclear(
        member=member.id,
        notice=command.notice,
        problem=problem,
        text=f"{member.name} answered notice {command.notice} ({state.aid}) and {what}.",
        fallback=f"/aid list says why. Ask back: {member.name}, {member.duty_phone}; then it "
        "answers again, or a delegate of it does it in Slack.",
    )


def _order(offer: Offer, command: RecordAnswer, member: Member, world: World) -> SignTerms:
    """The signature that an answer means.

    Raises:
        UserError: it signs nothing, or names nobody who may sign.
    """
    if command.answer == "decline":
        raise UserError("It does not sign these terms.", "Propose others, or decline the offer.")
    if not command.verified:
        raise UserError("It came by a link, which proves nothing.", "Ask for a signed answer.")
    if offer.status not in SIGNABLE:
        raise UserError(f"Offer {offer.offer} is {offer.status}; there is nothing to sign.")
    return SignTerms(
        id=command.id,
        at=command.at,
        actor=Actor(kind="partner", member=member.id, via=command.via),
        aid=command.aid,
        offer=offer.offer,
        terms_hash=offer.terms_notices[str(command.notice)],
        delegate=_named(member, command.by, world).id,
        evidence=command.evidence,
    )


def _named(member: Member, by: str, world: World) -> Delegate:
    """The one delegate with the signing role whom the answer names by id, name or address."""
    role = world.coalition.charter.aid.signing.role
    said = by.casefold()
    able = [person for person in member.delegates if role in person.roles]
    named = [
        person
        for person in able
        if person.id in said.split()
        or person.name.casefold() in said
        or (person.email and person.email.casefold() in said)
    ]
    if len(named) == 1:
        return named[0]
    names = ", ".join(person.name for person in able) or "nobody; name one in coalition.yaml"
    raise UserError(
        f"It does not name one person who may sign ({by[:60] or 'nobody'}).",
        f"Terms are signed by the role {role}: {names}.",
    )
