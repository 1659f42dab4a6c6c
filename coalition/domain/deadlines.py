"""Deadlines that depend on how severe an incident is."""

from __future__ import annotations

from datetime import timedelta

from coalition.domain.durations import PositiveDuration
from coalition.domain.fields import Strict


class BySeverity(Strict):
    """One time for each severity: `deadlines["S2"]`. Subclasses set the defaults."""

    S0: PositiveDuration
    S1: PositiveDuration
    S2: PositiveDuration
    S3: PositiveDuration
    S4: PositiveDuration

    def __getitem__(self, severity: str) -> timedelta:
        """The deadline of a severity; KeyError for anything but S0 … S4."""
        if severity not in type(self).model_fields:
            raise KeyError(severity)
        deadline: timedelta = getattr(self, str(severity))
        return deadline


class AckDeadlines(BySeverity):
    """How soon a notice must be acknowledged, by severity: `charter.ack_deadline["S2"]`."""

    S0: PositiveDuration = timedelta(hours=24)
    S1: PositiveDuration = timedelta(hours=4)
    S2: PositiveDuration = timedelta(hours=1)
    S3: PositiveDuration = timedelta(minutes=15)
    S4: PositiveDuration = timedelta(minutes=5)


class AidAnswers(BySeverity):
    """How soon those asked for aid should answer, by severity: `charter.aid.clocks.answer["S2"]`.

    CSA Art. 16: 48 hours at the longest; the shorter ones are ours.
    """

    S0: PositiveDuration = timedelta(hours=48)
    S1: PositiveDuration = timedelta(hours=48)
    S2: PositiveDuration = timedelta(hours=24)
    S3: PositiveDuration = timedelta(hours=8)
    S4: PositiveDuration = timedelta(hours=4)
