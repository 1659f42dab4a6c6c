"""Who may do what in a run: operators of members that take part; Tocsin for its own part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coalition.domain.authority import Party, delegate_of, no_such_incident, with_role
from coalition.domain.errors import NotAllowed
from coalition.domain.members import Coalition, Role
from coalition.domain.messages import Actor
from coalition.domain.run.state import OpenStep


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


def require_answerer(
    actor: Actor, opened: OpenStep, facts: Mapping[str, Any], coalition: Coalition
) -> None:
    """Raise unless this person may answer this question.

    Those asked may, and whoever leads the incident now; where nobody was named, any operator. A
    step with `role` in its request asks for that role, and there nobody answers in another's
    place; `not_by` names who may not answer at all, because they want it themselves.

    Raises:
        NotAllowed: not asked, not active, without the role, or barred.
        NotFound: the incident does not concern the actor's member.
    """
    role: Role | None = opened.request.get("role")
    barred = {*opened.request.get("not_by", ()), *opened.output.get("not_by", ())}
    people = opened.output.get("people", ())
    if actor.delegate in barred:
        hint = "Somebody else must decide."
        raise NotAllowed(f"Nobody approves their own request, and {opened.step} is yours.", hint)
    if role is not None:
        _takes_part(with_role(actor, role, coalition), facts)
    elif people:
        require_participant(actor, facts, coalition)
    else:
        require_person(actor, facts, coalition)
    instead = None if role is not None else facts.get("lead")
    if (people or role is not None) and actor.delegate not in {*people, instead}:
        names = ", ".join(people)
        raise NotAllowed(f"Step {opened.step} asks {names}, not you.", "Ask them to answer.")


def _takes_part(party: Party, facts: Mapping[str, Any]) -> None:
    if party.member.id not in {facts.get("member"), *facts.get("participants", ())}:
        raise no_such_incident(str(facts.get("incident", "")))
