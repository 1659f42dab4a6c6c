"""What can have happened in a member's pool. Who did it and when stands in the record."""

from __future__ import annotations

from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.messages import Event, Utc
from coalition.domain.pool.words import Refusal


class PoolOpened(Event):
    """The first of every pool."""

    member: str
    exercise: bool
    charter: str  # content hash of the coalition file in force


class CapabilityListed(Event):
    """Available as it now says. `filed`: by the coalition file."""

    capability: CapabilityRecord
    filed: bool


class CapabilityDrafted(Event):
    """Waits for an approver of the member."""

    capability: CapabilityRecord


class CapabilityConfirmed(Event):
    """A draft is available."""

    capability: str


class CapabilityWithdrawn(Event):
    """Nothing more of it is offered."""

    capability: str
    reason: str


class CapabilityExpired(Event):
    """Its last day is over."""

    capability: str


class BookedElsewhere(Event):
    """Promised outside this coalition."""

    capability: str
    via: str
    ref: str
    size: int
    starts: Utc
    ends: Utc


class FreedElsewhere(Event):
    """Free again here."""

    ref: str


class CapabilityReserved(Event):
    """Promised; also when a booking has been changed."""

    capability: str
    aid: str
    offer: int
    attempt: int
    size: int
    starts: Utc
    ends: Utc


class ReservationRefused(Event):
    """Nothing was booked. `reason` is the member's own; `shown` is what others may be told."""

    capability: str
    aid: str
    offer: int
    attempt: int
    code: Refusal
    reason: str
    shown: str


class CapabilityDeployed(Event):
    """In use until it is released."""

    capability: str
    aid: str
    offer: int


class DeploymentRefused(Event):
    """It was not reserved, or its people are not free. As `ReservationRefused`."""

    aid: str
    offer: int
    code: Refusal
    reason: str
    shown: str


class CapabilityReleased(Event):
    """Given back. `known`: there was such a booking."""

    capability: str
    aid: str
    offer: int
    attempt: int
    rest_until: Utc | None
    known: bool


class RestEnded(Event):
    """Free again."""

    capability: str
    aid: str
    offer: int
    attempt: int
