"""Who may do what in a run: operators of members that take part; Tocsin for its own part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coalition.domain.authority import Party, delegate_of, no_such_incident, with_role
from coalition.domain.errors import NotAllowed
from coalition.domain.members import Coalition
from coalition.domain.messages import Actor


def require_system(actor: Actor, act: str) -> None:
    """Raise `NotAllowed` unless Tocsin itself acts."""
    if actor.kind != "system":
        raise NotAllowed(f"Only Tocsin itself may {act}.")


def require_operator(actor: Actor, facts: Mapping[str, Any], coalition: Coalition) -> None:
    """Raise unless the actor is Tocsin, or an operator of a member that takes part.

    Raises:
        NotAllowed: no delegate, not active, or without the role.
        NotFound: the incident does not concern the actor's member.
    """
    if actor.kind != "system":
        require_person(actor, facts, coalition)


def require_person(actor: Actor, facts: Mapping[str, Any], coalition: Coalition) -> None:
    """As `require_operator`, for what Tocsin must not do by itself."""
    _takes_part(with_role(actor, "operator", coalition), facts)


def require_participant(actor: Actor, facts: Mapping[str, Any], coalition: Coalition) -> None:
    """Raise unless the actor is a delegate, whatever the role, of a member that takes part.

    Raises:
        NotAllowed: no delegate, or not active.
        NotFound: the incident does not concern the actor's member.
    """
    _takes_part(delegate_of(actor, coalition), facts)


def _takes_part(party: Party, facts: Mapping[str, Any]) -> None:
    if party.member.id not in {facts.get("member"), *facts.get("participants", ())}:
        raise no_such_incident(str(facts.get("incident", "")))
