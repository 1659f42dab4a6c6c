"""How often and how soon each kind of effect is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from coalition.application.ports import Claim


class Schedule(NamedTuple):
    """`attempts` in all; the n-th pause is `first * 2**(n-1)`, at most `cap` seconds, ± jitter."""

    attempts: int
    first: float
    cap: float
    report_done: bool = False  # policies want to hear of success as well


SCHEDULES: dict[str, Schedule] = {
    # Acknowledgement deadlines are minutes: the next channel does not wait for the last retry.
    "notice.send": Schedule(9, 2.0, 300.0, report_done=True),
    "command": Schedule(20, 0.2, 60.0),
    "step.perform": Schedule(12, 0.5, 120.0),
}
DEFAULT = Schedule(10, 1.0, 120.0)


def schedule_of(kind: str) -> Schedule:
    """Return the schedule of a kind of effect."""
    return SCHEDULES.get(kind, DEFAULT)


def retry_after(claim: Claim, error: Exception, jitter: float) -> float | None:
    """Return seconds until the next attempt, None when there is none. `jitter` is in [0, 1).

    What the other side asked for (Retry-After) is honoured, up to a day.
    """
    schedule = schedule_of(claim.kind)
    if claim.attempt >= schedule.attempts:
        return None
    pause: float = min(schedule.first * 2 ** (claim.attempt - 1), schedule.cap)
    pause *= 0.8 + 0.4 * jitter
    asked = error.retry_after if isinstance(error, TransientError) else None
    return max(pause, min(asked, 86_400.0)) if asked else pause
