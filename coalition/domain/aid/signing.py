"""Who signs, over what: one named delegate of each side, over the hash that stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.authority import speaker
from coalition.domain.aid.values import Signature
from coalition.domain.authority import who_has
from coalition.domain.errors import NotAllowed, UserError

if TYPE_CHECKING:
    from coalition.domain.aid.commands import SignTerms
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.members import Delegate, Member
    from coalition.domain.world import World

LONGEST_EVIDENCE = 200


def signature_of(state: Aid, offer: Offer, command: SignTerms, world: World) -> Signature:
    """The signature that this command is.

    Raises:
        NotAllowed: the delegate does not belong to that member, or lacks the signing role.
        UserError: there are no terms, or the hash is not that of the terms as they stand.
    """
    who = speaker(command.actor, world.coalition)
    delegate = who.delegate or _named(who.member, command.delegate)
    role = world.coalition.charter.aid.signing.role
    if role not in delegate.roles:
        raise NotAllowed(
            f"Terms are signed by the role {role}; {delegate.name} does not have it.",
            who_has(role, who.member),
        )
    current_hash(state, offer, command.terms_hash)
    return Signature(
        member=who.member.id,
        delegate=delegate.id,
        terms_hash=command.terms_hash,
        how=command.actor.via,
        evidence={name[:40]: text[:LONGEST_EVIDENCE] for name, text in command.evidence.items()},
        at=command.at,
    )


def current_hash(state: Aid, offer: Offer, terms_hash: str) -> None:
    """Nothing, if this is the hash of the terms as they stand.

    Raises:
        UserError: there are none, or they have changed since they were read.
    """
    if offer.terms is None:
        hint = "Propose them first: /aid accept."
        raise UserError(f"Offer {offer.offer} has no terms yet.", hint, field="terms")
    current = state.agreement(offer).terms_hash
    if terms_hash != current:
        raise UserError(
            f"The terms of offer {offer.offer} have changed: {terms_hash[:12] or 'none'} is not "
            f"{current[:12]}, the hash of the terms as they stand.",
            "Read them again, and sign what they say now.",
            field="terms_hash",
        )


def _named(member: Member, id: str) -> Delegate:
    """The delegate in whose name a partner's system signs; its key vouches for that."""
    for person in member.delegates:
        if person.id == id:
            return person
    known = ", ".join(person.id for person in member.delegates)
    raise NotAllowed(
        f"A signature needs a named delegate of {member.name}; {id[:40] or 'nobody'!r} is none.",
        f"Name one of: {known}.",
    )
