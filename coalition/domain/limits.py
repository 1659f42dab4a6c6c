"""How high each audience may go: the rules that `coalition/domain/gate.py` asks. Pure.

A limit is *hard*, or it is *policy*: a ceiling that a member, a channel or its trust was given.
Two approvers may release one notice to one recipient above its policy limits (an override, see
`Override`); nothing and nobody gets past a hard one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.audiences import (
    STRANGER,
    Audience,
    ToAnswerPage,
    ToAnyone,
    ToChannel,
    ToLog,
    ToRoom,
    ToService,
    ToViewer,
)
from coalition.domain.keys import key_of
from coalition.domain.labels import Tlp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.audiences import UnderOverride
    from coalition.domain.channels import Channel
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate, Member

TRANSPORTS: dict[str, Tlp] = {
    "webhook": Tlp.AMBER,
    "misp": Tlp.AMBER,
    "taxii": Tlp.AMBER,
    "email": Tlp.GREEN,
    "mattermost": Tlp.GREEN,
    "slack": Tlp.GREEN,
    "phone": Tlp.GREEN,
}
"""What each kind of channel may carry at most; a kind that is not here carries nothing. Mail
that is encrypted to a pinned key carries more: `transport_of`."""

ENCRYPTED = Tlp.AMBER_STRICT
"""Mail to a key that a member's role mailbox holds."""

IN_PERSON = Tlp.RED
"""Mail to one named person, encrypted to that person's own key."""

OBSERVERS = Tlp.GREEN
SHARED = Tlp.AMBER
"""Slack, and any place where several organisations read."""

LINKED = Tlp.AMBER
"""What whoever holds a link may be shown: the way to the page is TLS, its reader is not known."""


class Limit(NamedTuple):
    """A ceiling, and the words that say whose. `policy`: an override may pass it."""

    ceiling: Tlp | None  # None: nobody
    why: str
    policy: bool = False


def limits_of(audience: Audience, coalition: Coalition) -> Iterator[Limit]:
    """All limits of an audience; none at all for one that is not known."""
    match audience:
        case ToChannel():
            yield from _of_sending(audience, coalition)
        case ToAnswerPage():
            yield _of_exercise(audience.incident, coalition)
            yield of_member(coalition.member(audience.member))
            yield from _of_link(audience, coalition)
        case ToRoom():
            yield _of_exercise(audience.incident, coalition)
            yield from _of_slack(coalition)
            yield from _of_room(audience.incident, coalition)
        case ToViewer():
            yield from _of_viewer(audience, coalition)
        case ToService():
            yield _of_exercise(audience.incident, coalition)
            yield Limit(min(audience.ceiling, SHARED), f"the ceiling of {audience.origin}")
        case ToLog() | ToAnyone():
            yield Limit(Tlp.CLEAR, "logs, jobs, errors and room names are read by anyone")


def member_ceiling(member: Member) -> Tlp | None:
    """The strictest label this member may see at all, by status and trust; None: nothing."""
    if member.status == "active":
        return member.ceiling
    if member.status == "observer":
        return min(member.ceiling, OBSERVERS)
    return None


def of_member(member: Member) -> Limit:
    """What a member may get by whatever way."""
    ceiling = member_ceiling(member)
    if ceiling is None:
        return Limit(None, f"{member.name} is {member.status} and is sent nothing")
    why = f"{member.name} is {member.status} with trust {member.trust}"
    return Limit(ceiling, why, policy=True)


def transport_of(member: Member, channel: Channel) -> Limit:
    """What a channel may carry by its nature, whatever ceiling the file gives it."""
    carries = TRANSPORTS.get(channel.kind)
    if carries is None:
        return Limit(None, f"No rule says what {channel.kind} may carry")
    if key_of(member, channel) is not None:
        if _person_of(channel) is not None:
            return Limit(IN_PERSON, "the key of a named person")
        return Limit(ENCRYPTED, "this mailbox is read by more than one named person")
    return Limit(carries, f"{channel.kind} {_CARRIES[channel.kind]}")


_CARRIES = {
    "webhook": "is encrypted only on its way",
    "misp": "is read by a whole organisation, and encrypted only on its way",
    "taxii": "is read by a whole organisation, and encrypted only on its way",
    "email": "is not encrypted to the partner's own key",
    "mattermost": "is a shared place",
    "slack": "is a shared place",
    "phone": "is an open line",
}


def _person_of(channel: Channel) -> str | None:
    return getattr(channel, "delegate", None)


def _of_sending(audience: ToChannel, coalition: Coalition) -> Iterator[Limit]:
    member = coalition.member(audience.member)
    under = audience.under
    if under is not None and not _released(under, audience.member, coalition):
        under = None
    for limit in (of_member(member), *_of_channel(member, audience.index, coalition)):
        if under is None or not limit.policy:
            yield limit
    if under is not None:
        yield Limit(under.override.tlp, "what two approvers released")


def _of_channel(member: Member, index: int, coalition: Coalition) -> Iterator[Limit]:
    if not 0 <= index < len(member.channels):
        yield Limit(None, f"{member.name} has no channel number {index + 1}")
        return
    channel = member.channels[index]
    if channel.exercise is not None and channel.exercise is not coalition.exercise:
        only = "exercises alone" if channel.exercise else "real notices alone"
        yield Limit(None, f"{member.name}'s {channel.kind} channel is for {only}")
    why = f"the ceiling of {member.name}'s {channel.kind} channel"
    yield Limit(channel.ceiling, why, policy=True)
    yield transport_of(member, channel)
    if channel.kind == "slack":
        yield Limit(coalition.charter.slack_ceiling, "the charter's ceiling for Slack")


def _released(under: UnderOverride, member: str, coalition: Coalition) -> bool:
    """Whether an override holds for exactly this: notice, content, recipient and moment.

    Both people must still be approvers of active members; whoever has lost the role releases
    nothing any more.
    """
    override = under.override
    approvers = {
        person.id: one.id
        for one in coalition.active
        for person in one.delegates
        if "approver" in person.roles and person.id in (override.requested_by, override.approved_by)
    }
    return (
        len(approvers) == PEOPLE
        and under.origin in approvers.values()
        and (override.notice, override.member) == (under.notice, member)
        and override.content == under.content
        and under.at < override.expires
    )


PEOPLE = 2
"""Who release something together; one person who asks and approves is one."""


def _of_link(audience: ToAnswerPage, coalition: Coalition) -> Iterator[Limit]:
    """A link is held by whoever reads a channel that it went by; the lowest of them counts."""
    member = coalition.member(audience.member)
    yield Limit(LINKED, "a link proves nobody's identity")
    notice = audience.incident.notices.get(str(audience.notice))
    recipient = notice.recipients.get(member.id) if notice else None
    if recipient is None or not recipient.attempts:
        yield Limit(None, f"{member.name} was not sent this notice")
        return
    for index in {attempt.channel for attempt in recipient.attempts}:
        yield from _of_channel(member, index, coalition)


def _of_exercise(incident: Incident, coalition: Coalition) -> Limit:
    if incident.exercise is not coalition.exercise:
        return Limit(None, "Exercise and live are kept apart")
    return Limit(Tlp.RED, "exercise and live are kept apart")


def _of_slack(coalition: Coalition) -> Iterator[Limit]:
    yield Limit(coalition.charter.slack_ceiling, "the charter's ceiling for Slack")
    yield Limit(SHARED, "Slack is shared by several organisations")


def _of_room(incident: Incident, coalition: Coalition) -> Iterator[Limit]:
    if not incident.participants:
        yield Limit(None, "Nobody takes part in this incident")
    known = {member.id: member for member in coalition.members}
    guests = (guest.member for guest in incident.guests.values())
    for name in dict.fromkeys((*incident.participants, *guests)):
        member = known.get(name)
        ceiling = member_ceiling(member) if member else None
        yield Limit(ceiling or Tlp.CLEAR, f"{member.name if member else name} is in the room")
    if any(subject.startswith(STRANGER) for subject in incident.alarms):
        yield Limit(Tlp.CLEAR, "somebody who may not see the incident is in the room")


def _of_viewer(audience: ToViewer, coalition: Coalition) -> Iterator[Limit]:
    member, person = coalition.delegate(audience.delegate)
    yield of_member(member)
    if audience.surface != "board":
        yield from _of_slack(coalition)
    incident = audience.incident
    if incident is None:
        yield Limit(Tlp.GREEN, "what belongs to no incident is for the whole coalition")
        return
    yield _of_exercise(incident, coalition)
    yield from _of_incident(member, person, incident)


def _of_incident(member: Member, person: Delegate, incident: Incident) -> Iterator[Limit]:
    if member.id not in incident.participants and person.id not in incident.guests:
        yield Limit(None, f"{member.name} does not take part in this incident")
    if person.id not in {incident.lead, *incident.roles.values()}:
        yield Limit(Tlp.AMBER_STRICT, f"{person.name} is neither lead nor role holder")
