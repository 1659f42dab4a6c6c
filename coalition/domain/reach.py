"""Endpoints of partners that have said they are gone for good, and so are sent nothing more.

One aggregate for the whole coalition (`reach`, id `endpoints`), because every sending looks at
it. An endpoint is known by the fingerprint of its kind and address: once the coalition file names
another address, it is another endpoint, and nothing needs to be enabled. An address may itself be
a secret, so it is never kept; `host` is what people are shown.
"""

from __future__ import annotations

import hashlib
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
    """The endpoints that are sent nothing, by fingerprint."""

    disabled: dict[str, DeadEndpoint] = Field(default_factory=dict)


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


def apply(state: Reach | None, record: Record, event: Event) -> Reach:
    """The state after one record."""
    disabled = dict(state.disabled) if state else {}
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
    return Reach(disabled=disabled)


def timers(state: Reach) -> dict[str, datetime]:  # noqa: ARG001 - every aggregate is asked alike
    """None: an endpoint that is gone does not come back by waiting."""
    return {}
