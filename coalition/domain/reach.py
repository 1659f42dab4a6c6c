"""Which endpoints are sent nothing more, and when everybody's channels are checked next.

One aggregate for the whole coalition (`reach`, id `endpoints`), because every sending looks at
it. An endpoint that has said it is gone for good (410) is sent nothing until somebody enables it.
An endpoint is known by the fingerprint of its kind and address: once the coalition file names
another address, it is another endpoint, and nothing needs to be enabled. An address may itself be
a secret, so it is never kept; `host` is what people are shown.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from coalition.domain.authority import with_role
from coalition.domain.errors import NotAllowed, NotFound
from coalition.domain.messages import Command, Event, Message, Utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from coalition.domain.messages import Record
    from coalition.domain.world import World

ENDPOINTS = "endpoints"
"""Id of the one aggregate."""

CHECK = "check"
"""Timer of the next communications check."""


def fingerprint(kind: str, address: str) -> str:
    """What an endpoint is known by: SHA-256 (hex) of its kind and address."""
    return hashlib.sha256(f"{kind} {address}".encode()).hexdigest()


class ReachCommand(Command):
    """Base: there is one aggregate of this kind."""

    aggregate: ClassVar[str] = "reach"
    reach: str = ENDPOINTS


class DisableEndpoint(ReachCommand):
    """System. The endpoint has answered that it is gone for good."""

    endpoint: str  # fingerprint
    member: str
    kind: str
    host: str
    said: str  # what it answered, in our words


class EnableEndpoints(ReachCommand):
    """Operator of any active member, or whoever runs the machine: try them again.

    `endpoints`: their fingerprints; empty: all of the member's.
    """

    member: str
    endpoints: tuple[str, ...] = ()


class ScheduleChecks(ReachCommand):
    """System, at the start of a relay: what the charter says now. None: only by hand."""

    every: timedelta | None


class PassReachTimer(ReachCommand):
    """System. A timer is due; does nothing unless exactly that wait is still open."""

    timer: str


class ChecksScheduled(Event):
    """How often everybody's channels are checked, and when next."""

    every: timedelta | None
    due: Utc | None


class CheckDue(Event):
    """A communications check is to be started now; the next one is due at `following`."""

    due: Utc
    following: Utc


class EndpointDisabled(Event):
    """Nothing more is sent there."""

    endpoint: str
    member: str
    kind: str
    host: str
    said: str


class EndpointsEnabled(Event):
    """They are tried again."""

    member: str
    endpoints: tuple[str, ...]


class DeadEndpoint(Message):
    """One endpoint that is sent nothing."""

    member: str
    kind: str
    host: str
    said: str
    since: Utc


class Reach(Message):
    """The endpoints that are sent nothing, by fingerprint; and the schedule of checks."""

    disabled: dict[str, DeadEndpoint] = Field(default_factory=dict)
    every_seconds: float | None = None
    next_check: Utc | None = None


def decide(state: Reach | None, command: Command, world: World) -> list[Event]:
    """What follows from a command; [] when there is nothing to do.

    Raises:
        NotAllowed: a person disables, or somebody without the role operator enables.
        NotFound: no such member, or nothing of it is disabled.
    """
    disabled = state.disabled if state else {}
    if isinstance(command, DisableEndpoint):
        if command.actor.kind != "system":
            raise NotAllowed("An endpoint is disabled by its own answer, not by a person.")
        if command.endpoint in disabled:
            return []
        kept = {name: getattr(command, name) for name in EndpointDisabled.model_fields}
        return [EndpointDisabled(**kept)]
    if isinstance(command, EnableEndpoints):
        return _enable(disabled, command, world)
    if isinstance(command, ScheduleChecks):
        return _schedule(state or Reach(), command)
    if isinstance(command, PassReachTimer):
        return _due(state or Reach(), command)
    raise TypeError(f"{type(command).__name__} is no command about endpoints")


def _enable(
    disabled: Mapping[str, DeadEndpoint], command: EnableEndpoints, world: World
) -> list[Event]:
    if command.actor.kind != "system":
        with_role(command.actor, "operator", world.coalition)
    theirs = tuple(key for key, one in disabled.items() if one.member == command.member)
    wanted = tuple(key for key in theirs if key in (command.endpoints or theirs))
    if not wanted:
        member = world.coalition.member(command.member)
        raise NotFound(f"No endpoint of {member.name} is disabled.", "tocsin endpoint list")
    return [EndpointsEnabled(member=command.member, endpoints=wanted)]


def _schedule(state: Reach, command: ScheduleChecks) -> list[Event]:
    every = command.every
    if state.every_seconds == (every.total_seconds() if every else None):
        return []
    return [ChecksScheduled(every=every, due=command.at + every if every else None)]


def _due(state: Reach, command: PassReachTimer) -> list[Event]:
    """What was missed while nothing ran is made up for by one check, not by many."""
    due, every = state.next_check, timedelta(seconds=state.every_seconds or 0)
    if command.timer != CHECK or due is None or command.at < due or not every:
        return []
    following = due + every * ((command.at - due) // every + 1)
    return [CheckDue(due=due, following=following)]


def apply(state: Reach | None, record: Record, event: Event) -> Reach:
    """The state after one record."""
    before = state or Reach()
    if isinstance(event, ChecksScheduled):
        every = event.every.total_seconds() if event.every else None
        return before.model_copy(update={"every_seconds": every, "next_check": event.due})
    if isinstance(event, CheckDue):
        return before.model_copy(update={"next_check": event.following})
    disabled = dict(before.disabled)
    if isinstance(event, EndpointDisabled):
        disabled[event.endpoint] = DeadEndpoint(
            member=event.member,
            kind=event.kind,
            host=event.host,
            said=event.said,
            since=record.at,
        )
    elif isinstance(event, EndpointsEnabled):
        for key in event.endpoints:
            disabled.pop(key, None)
    return before.model_copy(update={"disabled": disabled})


def timers(state: Reach) -> dict[str, datetime]:
    """`check`: when everybody's channels are checked next."""
    return {CHECK: state.next_check} if state.next_check is not None else {}
