"""How often and how soon each kind of effect is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from coalition.application.ports import Claim


class Schedule(NamedTuple):
    """The pauses between attempts, in seconds; there is one attempt more than pauses."""

    pauses: tuple[float, ...]
    report_done: bool = False  # policies want to hear of success as well


def doubling(attempts: int, first: float, cap: float) -> Schedule:
    """`attempts` in all; the n-th pause is `first * 2**(n-1)`, at most `cap` seconds."""
    return Schedule(tuple(min(first * 2**n, cap) for n in range(attempts - 1)))


_MINUTE, _HOUR = 60.0, 3600.0

NOTICES = Schedule(
    (5.0, 5 * _MINUTE, 30 * _MINUTE, *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24))),
    report_done=True,
)
"""The schedule that Standard Webhooks 1.0.0 recommends. Deadlines are minutes: when one passes,
the next channel is tried, whatever is still to be retried on this one."""

SCHEDULES: dict[str, Schedule] = {
    "notice.send": NOTICES,
    "command": doubling(20, 0.2, 60.0),
    "step.perform": doubling(12, 0.5, 120.0),
}
DEFAULT = doubling(10, 1.0, 120.0)


def schedule_of(kind: str) -> Schedule:
    """Return the schedule of a kind of effect."""
    return SCHEDULES.get(kind, DEFAULT)


def retry_after(claim: Claim, error: Exception, jitter: float) -> float | None:
    """Return seconds until the next attempt, None when there is none. `jitter` is in [0, 1).

    What the other side asked for (Retry-After) is honoured, up to a day.
    """
    pauses = schedule_of(claim.kind).pauses
    if claim.attempt > len(pauses):
        return None
    pause = pauses[claim.attempt - 1] * (1 + 0.25 * jitter)
    asked = error.retry_after if isinstance(error, TransientError) else None
    return max(pause, min(asked, 86_400.0)) if asked else pause
