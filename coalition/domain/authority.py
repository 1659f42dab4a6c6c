"""Who may act (design §5.3): an active delegate, with the role, of a member that takes part.

Refusals say which role is missing and who has it. Somebody who may not see an incident is told
the same as for one that does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import NotAllowed, NotFound
from coalition.domain.gate import ToViewer, explain

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate, Member, Role
    from coalition.domain.messages import Actor


class Party(NamedTuple):
    """The delegate who acts and the member they act for."""

    member: Member
    delegate: Delegate


def delegate_of(actor: Actor, coalition: Coalition) -> Party:
    """The active delegate behind an actor.

    Raises:
        NotAllowed: the actor is no delegate, speaks for another member, or the member is not
            active.
    """
    if actor.kind != "delegate" or not actor.delegate:
        raise NotAllowed(f"{actor.label} is not a delegate; this needs a named person.")
    try:
        member, person = coalition.delegate(actor.delegate)
    except NotFound:
        raise NotAllowed(
            "You are not a delegate of any member.",
            "Ask your CERT to add you under `delegates` in coalition.yaml.",
        ) from None
    if actor.member not in (None, member.id):
        raise NotAllowed(f"{person.name} is a delegate of {member.name}, not of {actor.member}.")
    if not member.active:
        raise NotAllowed(f"{member.name} is {member.status}; only active members act.")
    return Party(member, person)


def with_role(actor: Actor, role: Role, coalition: Coalition) -> Party:
    """The active delegate behind an actor, who holds `role`.

    Raises:
        NotAllowed: as `delegate_of`, or the role is missing; then it says who has it.
    """
    party = delegate_of(actor, coalition)
    if role in party.delegate.roles:
        return party
    raise NotAllowed(
        f"This needs the role {role}, which {party.delegate.name} does not have.",
        who_has(role, party.member),
    )


def participant(actor: Actor, role: Role | None, incident: Incident, coalition: Coalition) -> Party:
    """As `with_role`, of a member that takes part in the incident and may see it.

    Without a `role`, any of its delegates; the caller then looks at the role itself.

    An approver of the originating member may act on an incident above their own ceiling: somebody
    must be able to name a lead or lower the label after it was raised.

    Raises:
        NotAllowed: as `with_role`.
        NotFound: the incident does not concern this person, or is above their ceiling.
    """
    party = with_role(actor, role, coalition) if role else delegate_of(actor, coalition)
    answers_for_it = party.member.id == incident.member and "approver" in party.delegate.roles
    if not answers_for_it and not may_see(party.delegate.id, incident, coalition):
        raise no_such_incident(incident.number)
    return party


def approver_of(actor: Actor, incident: Incident, coalition: Coalition) -> Party:
    """An approver of the member that originated the incident.

    Raises:
        NotAllowed: naming the approvers of the originating member.
        NotFound: as `participant`.
    """
    party = participant(actor, None, incident, coalition)
    origin = coalition.member(incident.member)
    if party.member.id == origin.id and "approver" in party.delegate.roles:
        return party
    raise NotAllowed(
        f"Only an approver of {origin.name}, where the incident comes from, may do this.",
        who_has("approver", origin),
    )


def may_see(delegate: str, incident: Incident, coalition: Coalition) -> bool:
    """Whether the gate shows this incident to this delegate at all (on the board)."""
    audience = ToViewer(delegate, incident, "board")
    return explain(tlp=incident.tlp, audience=audience, coalition=coalition) is None


def no_such_incident(number: str) -> NotFound:
    """The one answer for an incident that is not there and for one that may not be seen."""
    return NotFound(
        f"There is no incident {number[:40]} that you may see.",
        "Type /incident list to see yours.",
        field="incident",
    )


def who_has(role: Role, member: Member) -> str:
    """Who holds a role at a member, in one sentence."""
    names = [person.name for person in member.delegates if role in person.roles]
    if not names:
        return f"Nobody at {member.name} has it; roles are given in coalition.yaml."
    return f"At {member.name} it is held by {', '.join(names)}."
