"""Command, events and values of a communications check."""

from __future__ import annotations

from datetime import timedelta

from coalition.domain.incident.commands import IncidentCommand
from coalition.domain.messages import Event, Message


class KeyFinding(Message):
    """A pinned OpenPGP key that somebody has to see to."""

    whose: str  # a member's id, a delegate's id, or `hub`
    fingerprint: str
    what: str  # expires 2027-01-03, has expired, …


class CheckComms(IncidentCommand):
    """Communications check. Operator of any active member, or Tocsin itself on its schedule.

    `keys` are those that expire within 60 days or cannot be used, as they stand at its start.
    """

    members: tuple[str, ...] = ()  # empty: everybody who is sent anything at all
    within: timedelta = timedelta(hours=24)
    keys: tuple[KeyFinding, ...] = ()
    exercise: bool = False


class CheckStarted(Event):
    """A communications check: no content, no room. `lead`: who started it; None: the schedule."""

    number: str
    member: str
    members: tuple[str, ...]
    lead: str | None
    keys: tuple[KeyFinding, ...]
    exercise: bool
    charter: str


class CheckEnded(Event):
    """Its time is over. `unreached`: channels (indices) on which a member was not heard."""

    unreached: dict[str, tuple[int, ...]]
