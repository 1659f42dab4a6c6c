"""Who comes into a room, and how they hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import NotFound
from coalition.domain.gate import ToViewer, explain
from coalition.domain.labels import Tlp
from coalition.rendering.slack.pointers import called
from coalition.rendering.slack.text import listed
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.clearing import for_person
from workers.rooms.opened import Opening, Step
from workers.rooms.posting import Place, post_once

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate

AT_ONCE = 100
"""Slack takes a hundred people in one invitation."""

PAGE, PAGES = 200, 25
IN_ALREADY = frozenset({"already_in_channel", "cant_invite_self"})


def who_belongs(coalition: Coalition, incident: Incident) -> list[Delegate]:
    """The delegates of members that take part who may know of the incident; the gate says who.

    Raises nothing for members that have left the file: they are nobody.
    """
    people: list[Delegate] = []
    for participant in incident.participants:
        try:
            member = coalition.member(participant)
        except NotFound:
            continue
        people += [person for person in member.delegates if _may_know(coalition, incident, person)]
    return people + _guests(coalition, incident, people)


def _guests(coalition: Coalition, incident: Incident, others: list[Delegate]) -> list[Delegate]:
    """Those who are in for a mission, besides the others."""
    known = [
        person
        for member in coalition.members
        for person in member.delegates
        if person.id in incident.guests and person not in others
    ]
    return [person for person in known if _may_know(coalition, incident, person)]


def _may_know(coalition: Coalition, incident: Incident, person: Delegate) -> bool:
    audience = ToViewer(person.id, incident, "board")
    return explain(tlp=incident.tlp, audience=audience, coalition=coalition) is None


async def invite(opening: Opening) -> Step:
    """Everybody who belongs and is not in; says who could not be invited."""
    coalition = opening.ctx.tocsin.coalition
    belonging = who_belongs(coalition, opening.incident)
    inside = await _inside(opening)
    wanted = [person for person in belonging if person.slack and person.slack not in inside]
    absent = [person.name for person in belonging if not person.slack]
    for at in range(0, len(wanted), AT_ONCE):
        absent += await _invite(opening, wanted[at : at + AT_ONCE])
    return Step(missing=f"not in Slack: {listed(absent, 6)}" if absent else "")


async def _inside(opening: Opening) -> set[str]:
    arguments: dict[str, Any] = {"channel": opening.channel, "limit": PAGE}
    inside: set[str] = set()
    for _ in range(PAGES):
        call = client(opening.ctx).conversations_members(**arguments)
        page = await carried_out(opening.ctx, "conversations.members", call)
        inside.update(page["members"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
        arguments["cursor"] = cursor
    return inside


async def _invite(opening: Opening, people: list[Delegate]) -> list[str]:
    """Invite together; where Slack refuses the group, one by one. Returns who stays out."""
    await opening.ctx.hand_over()
    try:
        await _call(opening, people)
    except SlackRefused as error:
        if error.code in IN_ALREADY:
            return []
        if len(people) == 1:
            return [people[0].name]
        return [name for one in people for name in await _invite(opening, [one])]
    opening.invited += [person.id for person in people]
    return []


async def _call(opening: Opening, people: list[Delegate]) -> None:
    users = [person.slack or "" for person in people]
    call = client(opening.ctx).conversations_invite(channel=opening.channel, users=users)
    await carried_out(opening.ctx, "conversations.invite", call)


async def announce(opening: Opening) -> Step:
    """A pointer to each who was invited, directly: an invitation alone wakes nobody.

    The lead too, who typed the command elsewhere and looks for the way in. When this is resumed it
    is not known who was told; each is told once all the same.
    """
    ctx, incident = opening.ctx, opening.incident
    coalition = ctx.tocsin.coalition
    if opening.resumed:
        belonging = who_belongs(coalition, incident)
        told = [one.id for one in belonging if one.slack]
    else:
        told = list(opening.invited)
    missed = []
    for delegate in told:
        try:
            await _tell(opening, delegate)
        except SlackRefused:
            missed.append(coalition.delegate(delegate)[1].name)
    return Step(missing=f"not told directly: {listed(missed, 6)}" if missed else "")


async def _tell(opening: Opening, delegate: str) -> None:
    ctx, incident = opening.ctx, opening.incident
    slack = ctx.tocsin.coalition.delegate(delegate)[1].slack
    call = client(ctx).conversations_open(users=[slack or ""])
    direct = await carried_out(ctx, "conversations.open", call)
    rendered = called(incident, opening.channel, leads=delegate == incident.lead)
    message = for_person(ctx.tocsin, incident, delegate, rendered, Tlp.CLEAR)
    key = f"announce-{incident.number}-{delegate}"
    place = Place(direct["channel"]["id"])
    claim = opening.looking()
    await post_once(ctx, claim, place, message, key=key, since=incident.opened_at)
