"""What can have happened to a mission and its costs. A mission has the number of its offer."""

from __future__ import annotations

from coalition.domain.aid.state import CostRecord
from coalition.domain.messages import Event, Message, Utc


class MissionEvent(Message):
    """Base fields: which mission."""

    mission: int


class MissionTasked(MissionEvent, Event):
    """The side that sends has its task."""

    member: str
    check_in_by: Utc


class MissionAmended(MissionEvent, Event):
    """Both have signed other terms; these hold from now on."""

    terms_hash: str


class MissionMobilised(MissionEvent, Event):
    """The team is being readied."""


class MissionDeployed(MissionEvent, Event):
    """It is at work."""

    member: str
    capability: str


class GuestsNamed(MissionEvent, Event):
    """Delegates who get or lose the room of the incident."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


class CheckedIn(MissionEvent, Event):
    """How it goes."""

    text: str
    next_by: Utc


class MissionRecalled(MissionEvent, Event):
    """Called home by the side that sent it; the need is open again."""

    reason: str


class MissionStoodDown(MissionEvent, Event):
    """The work is done."""

    reason: str


class MissionHome(MissionEvent, Event):
    """Home and free again after a rest."""

    member: str
    capability: str
    rest_until: Utc
    report_by: Utc


class RecallProposed(MissionEvent, Event):
    """A member that the mission depends on is no longer active: both sides decide."""

    member: str  # the one that is not active
    text: str
    fallback: str


class MissionReported(MissionEvent, Event):
    """What was done and learnt."""

    text: str
    lessons: str


class CostsSubmitted(MissionEvent, Event):
    """All lines as they stand now; an answer to a query too."""

    submission: int
    lines: tuple[CostRecord, ...]
    total: int  # of the eligible lines, in minor units
    currency: str
    note: str


class CostsQueried(MissionEvent, Event):
    """A question of the member that pays."""

    question: str
    lines: tuple[int, ...]


class CostsSettled(MissionEvent, Event):
    """Paid, or bound to be."""

    amount: int
    currency: str
    reference: str


class CostsWaived(MissionEvent, Event):
    """The side that sent wants no money; `amount` is what it would have been."""

    amount: int
    currency: str
    reason: str
