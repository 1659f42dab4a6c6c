"""The charter's clocks of mutual aid and who may sign: `charter.aid.clocks`, `charter.aid.signing`.

Every value has a default; a coalition file that says nothing is valid.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator

from coalition.domain.deadlines import AidAnswers
from coalition.domain.durations import Duration, PositiveDuration
from coalition.domain.fields import Strict

LONGEST_DEFERRAL = timedelta(days=30)


def _at_most_thirty_days(value: timedelta) -> timedelta:
    if value > LONGEST_DEFERRAL:
        msg = "is longer than 30 days, the most that paperwork may follow; write 30d or less"
        raise ValueError(msg)
    return value


class AidClocks(Strict):
    """How long each part of mutual aid may take before a human is told."""

    approval: PositiveDuration = timedelta(hours=1)  # of a request, by the requester's own approver
    answer: AidAnswers = AidAnswers()  # of those asked
    second_wave: Duration = timedelta(minutes=30)  # 0s: everybody is asked at once
    expiry: Duration = timedelta(hours=72)  # a request ends so long after it was needed by
    offer: PositiveDuration = timedelta(hours=72)  # how long an offer stands unless it says so
    check_in: PositiveDuration = timedelta(hours=12)  # of a mission
    report: PositiveDuration = timedelta(days=61)  # after the mission: two months (CSA Art. 16(9))
    rest: Duration = timedelta(hours=24)  # of a team that is home again, before it is available


class Signing(Strict):
    """Who signs terms, and whether a signature may follow later (EMAC: within 30 days; 0s: no)."""

    role: Literal["approver", "legal"] = "approver"
    deferred: Annotated[Duration, AfterValidator(_at_most_thirty_days)] = timedelta(0)
