"""Who may act in mutual aid: an active delegate with the role, or a partner that proved itself.

Each rule names a side; refusals say which member and which role would be the right one. Whoever
may not know of a request is told the same as for one that does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.domain.authority import delegate_of, may_see, who_has
from coalition.domain.errors import NotAllowed, NotFound
from coalition.domain.gate import member_ceiling
from coalition.domain.incident.receiving import SIGNED

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate, Member, Role
    from coalition.domain.messages import Actor
    from coalition.domain.world import World

Side = Literal["requester", "provider", "either", "payer", "knowing", "system"]


class By(NamedTuple):
    """Which side may ask, with one of which roles (none: any), and whether a partner may too.

    `stand_in`: the requester may do it for a member that is no longer active.
    """

    side: Side
    roles: tuple[Role, ...] = ("operator",)
    partner: bool = False
    stand_in: bool = False


class Speaker(NamedTuple):
    """The member that acts, and the delegate; None for a partner that proved who it is."""

    member: Member
    delegate: Delegate | None


def speaker(actor: Actor, coalition: Coalition) -> Speaker:
    """Who speaks.

    Raises:
        NotAllowed: nobody in particular, a member that is not active, or a way in that proves
            nothing.
    """
    if actor.kind == "delegate":
        return Speaker(*delegate_of(actor, coalition))
    if actor.kind != "partner" or not actor.member:
        raise NotAllowed("This needs a named person, not Tocsin itself.")
    if actor.via not in SIGNED:
        raise NotAllowed(
            f"{actor.label} came by {actor.via or 'an unsigned way'}, which proves nothing.",
            "Confirm it in Slack, by a signed webhook or by signed mail.",
        )
    member = coalition.member(actor.member)
    if not member.active:
        raise NotAllowed(f"{member.name} is {member.status}; only active members act.")
    return Speaker(member, None)


def authorise(by: By, actor: Actor, state: Aid, subject: Offer | Mission | None, w: World) -> None:
    """Nothing, if the actor may ask.

    Raises:
        NotAllowed: not this member, or not this role; with who may.
        NotFound: this member may not know of the request.
    """
    if by.side == "system":
        if actor.kind != "system":
            raise NotAllowed("This is recorded by Tocsin itself, not by a person.")
        return
    who = speaker(actor, w.coalition)
    if not may_know(who.member, state, w):
        raise no_such_request(state.aid)
    _right_side(by, who.member, state, subject, w)
    _right_role(by, who)


def may_know(member: Member, state: Aid, world: World) -> bool:
    """Whether a member may know of a request: its own, or one it was asked or has a part in."""
    if member.id == state.member or any(one.member == member.id for one in state.missions.values()):
        return True  # whoever has people there can act for them; what is shown is the gate's
    ceiling = member_ceiling(member)
    if ceiling is None or state.tlp > ceiling or state.opened_at is None:
        return False
    incident = world.incident
    takes_part = incident is not None and member.id in incident.participants
    told = {name for wave in state.waves[: state.wave] for name in wave} - set(state.refused)
    offered = any(offer.member == member.id for offer in state.offers.values())
    return takes_part or offered or member.id in told or member.id in state.asked


def sides(state: Aid, subject: Offer | Mission) -> tuple[str, str]:
    """(requester, the member that offers or has sent)."""
    return state.member, subject.member


def other_side(state: Aid, subject: Offer | Mission, member: str) -> str:
    """The side that is not this member."""
    return subject.member if member == state.member else state.member


def both_active(state: Aid, subject: Offer | Mission, coalition: Coalition) -> None:
    """Nothing, while both sides are active members.

    Raises:
        NotAllowed: one is suspended or has left; what can still be done.
    """
    for id in sides(state, subject):
        member = coalition.member(id)
        if not member.active:
            raise NotAllowed(
                f"{member.name} is {member.status}; nothing new can be agreed with it.",
                "Decline or withdraw the offer; a mission that goes on can be recalled or stood "
                "down, reported and settled.",
            )


def may_see_incident(delegate: Delegate, incident: Incident, coalition: Coalition) -> bool:
    """Whether the gate shows this incident to this person."""
    return may_see(delegate.id, incident, coalition)


def no_such_request(aid: str) -> NotFound:
    """The one answer for a request that is not there and for one that may not be known."""
    return NotFound(
        f"There is no request for aid {aid[:40]} that you may see.",
        "Type /aid list to see yours.",
        field="aid",
    )


def _right_side(
    by: By, member: Member, state: Aid, subject: Offer | Mission | None, world: World
) -> None:
    may = _members_of(by.side, state, subject)
    if may is None or member.id in may:
        return
    names = [world.coalition.member(id) for id in may]
    if by.stand_in and member.id == state.member and not any(one.active for one in names):
        return
    listed = " or ".join(one.name for one in names)
    raise NotAllowed(f"Only {listed} may do this, not {member.name}.")


def _members_of(side: Side, state: Aid, subject: Offer | Mission | None) -> tuple[str, ...] | None:
    if side == "knowing":
        return None
    if side == "requester" or subject is None:
        return (state.member,)
    if side == "provider":
        return (subject.member,)
    if side == "payer":
        mission = state.missions[str(getattr(subject, "mission", 0))]
        return (mission.agreement.terms.cost_bearer,)
    return sides(state, subject)


def _right_role(by: By, who: Speaker) -> None:
    if who.delegate is None:
        if not by.partner:
            roles = " or ".join(by.roles)
            raise NotAllowed(
                f"This needs a named {roles} of {who.member.name}, not only its system.",
                who_has(by.roles[0], who.member),
            )
        return
    if by.roles and not set(by.roles) & set(who.delegate.roles):
        raise NotAllowed(
            f"This needs the role {' or '.join(by.roles)}; {who.delegate.name} does not have it.",
            who_has(by.roles[0], who.member),
        )
