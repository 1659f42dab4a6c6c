"""Deciding about overrides and permissions: who may release what, and what nobody may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.authority import delegate_of, participant
from coalition.domain.errors import GateRefusal, NotAllowed, NotFound, UserError
from coalition.domain.gate import ToChannel, explain
from coalition.domain.incident import checks
from coalition.domain.incident.chasing import notice_of
from coalition.domain.incident.overrides import LIFE_HOURS, Override, content_hash
from coalition.domain.incident.release_messages import (
    OverrideApproved,
    OverrideRequested,
    PermissionRecorded,
)
from coalition.domain.labels import Tlp, strictest
from coalition.domain.limits import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coalition.domain.authority import Party
    from coalition.domain.incident.commands import IssueNotice
    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.incident.release_messages import (
        ApproveOverride,
        RecordPermission,
        RequestOverride,
    )
    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor, Event
    from coalition.domain.world import World


def record_permission(state: Incident, command: RecordPermission, world: World) -> list[Event]:
    """PermissionRecorded for the actor's own member; nothing when it says so already.

    Raises:
        NotAllowed, NotFound: the actor is no approver of a member that takes part.
        UserError: without a reason.
    """
    party = _approver(command.actor, state, world.coalition)
    reason = checks.reason_of(command.reason, "A permission")
    if state.permissions.get(party.member.id) is command.tlp:
        return []
    return [PermissionRecorded(member=party.member.id, tlp=command.tlp, reason=reason)]


def request_override(state: Incident, command: RequestOverride, world: World) -> list[Event]:
    """One OverrideRequested for each member; those that wait for a second person are left out.

    Raises:
        NotAllowed, NotFound: the actor is no approver, or there is no such notice or recipient.
        UserError: no reason, or a member that is sent the notice anyway.
        GateRefusal: what keeps it from a member is no policy ceiling; nobody can release that.
    """
    party = _approver(command.actor, state, world.coalition)
    notice = notice_of(state, command.notice)
    reason = checks.reason_of(command.reason, "An override")
    asked = [
        _request(state, notice, one, reason, party, command.at, world.coalition)
        for one in command.members
        if not _waiting(state, notice.notice, one, command.at)
    ]
    first = len(state.overrides) + 1
    return [
        OverrideRequested(override=one.model_copy(update={"override": number}))
        for number, one in enumerate(asked, first)
    ]


def asked_with(
    state: Incident, issued: NoticeIssued, command: IssueNotice, coalition: Coalition
) -> list[Event]:
    """With a reason given: the overrides for all whom the new notice's content may not reach.

    Raises:
        NotAllowed, NotFound, GateRefusal: as `request_override`; nothing is sent then.
    """
    if not command.override.strip():
        return []
    party = _approver(command.actor, state, coalition)
    content = content_hash(issued.model_dump(mode="json"))
    tlp = strictest(issued.tlp, state.tlp)
    kept = [one.member for one in issued.recipients if one.refused]
    for member in kept:
        releasable(member, tlp, coalition)
    return [
        OverrideRequested(
            override=Override(
                override=number,
                notice=issued.notice,
                member=member,
                tlp=tlp,
                content=content,
                reason=command.override.strip(),
                requested_by=party.delegate.id,
                requested_at=command.at,
                expires=command.at + timedelta(hours=LIFE_HOURS),
            )
        )
        for number, member in enumerate(kept, len(state.overrides) + 1)
    ]


def approve_override(state: Incident, command: ApproveOverride, world: World) -> list[Event]:
    """OverrideApproved, which sends; nothing when it has been approved.

    Raises:
        NotFound: no such request.
        NotAllowed: the actor asked for it, is no approver, or neither is of the originator.
        UserError: it has expired, or the notice is not what it was.
        GateRefusal: nobody can release it any more.
    """
    override = _override_of(state, command.override)
    party = _approver(command.actor, state, world.coalition)
    if override.approved_by is not None:
        return []
    _two_people(state, override, party, world.coalition)
    if command.at >= override.expires:
        raise UserError("This request has expired; nothing was sent.", "Ask for it again.")
    notice = notice_of(state, override.notice)
    if strictest(notice.tlp, state.tlp) > override.tlp or notice.content != override.content:
        raise UserError(
            "The label has been raised since it was asked for; nothing was sent.",
            "Ask for it again, for the label of now.",
        )
    recipient = notice.recipients[override.member]
    return [
        OverrideApproved(
            override=override.override,
            notice=override.notice,
            member=override.member,
            attempt=len(recipient.attempts) + 1,
            channel=releasable(override.member, override.tlp, world.coalition),
            ack_by=command.at + timedelta(seconds=notice.ack_within_seconds),
            approved_by=party.delegate.id,
        )
    ]


def releasable(member: str, tlp: Tlp, coalition: Coalition) -> int:
    """The first channel of a member from which only policy keeps a label.

    Raises:
        GateRefusal: there is none; it says what stands in the way.
    """
    reasons: list[str] = []
    count = len(coalition.member(member).channels)
    for index in range(count):
        hard = [one for one in limits_of(ToChannel(member, index), coalition) if not one.policy]
        barred = [one.why for one in hard if one.ceiling is None or tlp > one.ceiling]
        if not barred:
            return index
        reasons += barred
    why = "; ".join(dict.fromkeys(reasons)) or "it has no channel in the coalition file"
    name = coalition.member(member).name
    raise GateRefusal(
        f"No override can send {tlp} to {name}: {why}.",
        "Phone them, or choose a channel that is made for this label.",
        field="members",
    )


def _request(
    state: Incident,
    notice: NoticeState,
    member: str,
    reason: str,
    party: Party,
    at: datetime,
    coalition: Coalition,
) -> Override:
    if member not in notice.recipients:
        known = ", ".join(notice.recipients)
        raise NotFound(f"Notice {notice.notice} does not name {member[:40]!r}.", f"Known: {known}.")
    tlp = strictest(notice.tlp, state.tlp)
    index = releasable(member, tlp, coalition)
    if explain(tlp=tlp, audience=ToChannel(member, index), coalition=coalition) is None:
        name = coalition.member(member).name
        raise UserError(
            f"{name} may get {tlp}; there is nothing to release.", "Notify it.", field="members"
        )
    return Override(
        override=0,
        notice=notice.notice,
        member=member,
        tlp=tlp,
        content=notice.content,
        reason=reason,
        requested_by=party.delegate.id,
        requested_at=at,
        expires=at + timedelta(hours=LIFE_HOURS),
    )


def _waiting(state: Incident, notice: int, member: str, at: datetime) -> bool:
    """Whether the same has been asked for and still waits, or has been released."""
    return any(
        (one.notice, one.member) == (notice, member) and at < one.expires
        for one in state.overrides.values()
    )


def _override_of(state: Incident, number: int) -> Override:
    override = state.overrides.get(str(number))
    if override is None:
        known = ", ".join(state.overrides) or "none yet"
        raise NotFound(f"{state.number} has no override {number}.", f"Known: {known}.")
    return override


def _two_people(state: Incident, override: Override, party: Party, coalition: Coalition) -> None:
    if party.delegate.id == override.requested_by:
        raise NotAllowed(
            "You asked for this override; somebody else must approve it.",
            f"Another approver can: {_approvers(state, party.delegate.id, coalition)}.",
        )
    first, _ = coalition.delegate(override.requested_by)
    if state.member not in (first.id, party.member.id):
        origin = coalition.member(state.member)
        raise NotAllowed(
            f"One of the two must be an approver of {origin.name}, where the incident comes from.",
            f"Ask one of: {_approvers(state, '', coalition)}.",
        )


def _approvers(state: Incident, beside: str, coalition: Coalition) -> str:
    people: Iterable[str] = (
        person.name
        for person in coalition.member(state.member).delegates
        if "approver" in person.roles and person.id != beside
    )
    return ", ".join(people) or "nobody; roles are given in coalition.yaml"


def _approver(actor: Actor, state: Incident, coalition: Coalition) -> Party:
    delegate_of(actor, coalition)
    return participant(actor, "approver", state, coalition)
