"""What can be asked of a mission and its costs. A mission has the number of its offer.

Each docstring says who may ask; "partner" as in `commands`.
"""

from __future__ import annotations

from datetime import timedelta

from coalition.domain.aid.commands import AidCommand
from coalition.domain.aid.values import CostLine


class MobiliseMission(AidCommand):
    """Operator of the side that sends, or the partner: the team is being readied."""

    mission: int


class DeployMission(AidCommand):
    """Operator of the side that sends, or the partner: it is at work. `guests` get the room."""

    mission: int
    guests: tuple[str, ...] | None = None  # delegates of that side; None: as named before


class NameGuests(AidCommand):
    """Operator of the side that sends, or the partner: who has the room while the mission lasts."""

    mission: int
    guests: tuple[str, ...]


class CheckIn(AidCommand):
    """Operator of either side, or the partner: how it goes; sets the clock anew."""

    mission: int
    text: str
    next_in: timedelta | None = None  # None: the charter's time


class RecallMission(AidCommand):
    """Operator or approver of the side that sends, or the partner: always its right."""

    mission: int
    reason: str


class StandDownMission(AidCommand):
    """Operator of either side, or the partner: the work is done, the team goes home."""

    mission: int
    reason: str = ""


class ConfirmHome(AidCommand):
    """Operator of the side that sends, or the partner: the team is home, and free again."""

    mission: int


class ReportMission(AidCommand):
    """Operator of either side, or the partner. CSA Art. 16(9): who got help, in two months."""

    mission: int
    text: str
    lessons: str = ""


class SubmitCosts(AidCommand):
    """Operator of the side that sent, or the partner. Replaces the lines submitted before.

    The answer to a query is a new submission too (`note` answers it).
    """

    mission: int
    lines: tuple[CostLine, ...]
    note: str = ""


class QueryCosts(AidCommand):
    """Operator of the member that pays: a question about the lines submitted."""

    mission: int
    question: str
    lines: tuple[int, ...] = ()  # counted from 1; empty: the whole


class SettleCosts(AidCommand):
    """Approver of the member that pays: paid, or bound to be. Both signatures must be there."""

    mission: int
    reference: str = ""  # of the payment


class WaiveCosts(AidCommand):
    """Approver of the member that sent the mission, to whom the money is owed: it wants none."""

    mission: int
    reason: str
