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
    """Communications check. Operator of any active member, or Tocsin itself on its schedule."""

    members: tuple[str, ...] = ()  # empty: everybody who is sent anything at all
    within: timedelta = timedelta(hours=24)
    exercise: bool = False


class RecordKeys(IncidentCommand):
    """System. The keys that expire soon or cannot be used, as a check found them."""

    keys: tuple[KeyFinding, ...]


class CheckStarted(Event):
    """A communications check: no content, no room. `lead`: who started it; None: the schedule."""

    number: str
    member: str
    members: tuple[str, ...]
    lead: str | None
    exercise: bool
    charter: str


class KeysChecked(Event):
    """What somebody has to see to; nothing, when all keys are good."""

    keys: tuple[KeyFinding, ...]


class CheckEnded(Event):
    """Its time is over. `unreached`: channels (indices) on which a member was not heard."""

    unreached: dict[str, tuple[int, ...]]
