"""The pool's state: bounded by what is listed and booked, never by the length of its log."""

from __future__ import annotations

from pydantic import Field

from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.messages import Message, Utc
from coalition.domain.pool.words import Stage, Standing


class Listing(Message):
    """One capability. `filed`: it stands in the coalition file, as far as this pool knows."""

    record: CapabilityRecord
    standing: Standing
    filed: bool
    reason: str = ""  # why withdrawn


class Booking(Message):
    """Part of a capability, promised from `starts` to `ends` and then at rest."""

    capability: str
    stage: Stage
    size: int
    starts: Utc
    ends: Utc
    rest_until: Utc | None = None
    aid: str = ""  # empty: elsewhere
    offer: int = 0
    attempt: int = 0
    via: str = ""  # whom it is promised to, elsewhere


class Pool(Message):
    """Everything `decide` needs to know."""

    member: str
    exercise: bool
    charter: str
    listings: dict[str, Listing] = Field(default_factory=dict)  # by capability id
    bookings: dict[str, Booking] = Field(
        default_factory=dict
    )  # by `key`, `rest_key` or `elsewhere`
    given_back: tuple[str, ...] = ()  # the latest keys with attempt, so that none comes back
    updated_at: Utc


def key(aid: str, offer: int) -> str:
    """A booking's key: one for each offer."""
    return f"{aid}/{offer}"


def elsewhere(ref: str) -> str:
    """The key of a booking outside this coalition."""
    return f"elsewhere/{ref}"


def attempt_key(aid: str, offer: int, attempt: int) -> str:
    """One attempt to reserve for an offer."""
    return f"{key(aid, offer)}/{attempt}"


def rest_key(attempt: str) -> str:
    """The key of the rest after a booking, so that the same offer can be booked anew meanwhile."""
    return f"rest/{attempt}"
