"""The RQ queue of drain jobs, kept just long enough: one waiting while there is work to claim."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from rq import Queue
from rq.serializers import JSONSerializer

if TYPE_CHECKING:
    from redis import Redis

    from coalition.application.ports import Ledger

JOB = "workers.jobs.drain"
JOB_TIMEOUT_S = 900
BACKLOG = 200
"""This many effects due: one drain more may help."""

STALE_S = 0.3
"""Due for this long although a drain is at work: its window is full of slow partners."""


class DrainQueue(Protocol):
    """Sees to it that somebody drains the ledger."""

    def ensure(self) -> bool:
        """Queue a drain job if work is due and no drain is there for it; True if one was queued."""
        ...


class RqDrainQueue:
    """Drain jobs on one RQ queue (one queue a worker: RQ loses jobs otherwise).

    A job lost with its worker is no matter: the ledger still says what is due, and half a second
    later the next `ensure` queues another.
    """

    def __init__(self, redis: Redis, name: str, ledger: Ledger) -> None:
        self._queue = Queue(name, connection=redis, serializer=JSONSerializer)
        self._redis = redis
        self._ledger = ledger
        self._last = 0.0

    def ensure(self) -> bool:
        """Queue a drain job if work is due and no drain is there for it; True if one was queued."""
        due = self._ledger.next_due()
        if due is None or due > 0 or self._redis.llen(self._queue.key):
            return False
        stats = self._ledger.stats()
        helped = stats.due > BACKLOG or stats.oldest_seconds > STALE_S
        recent = time.monotonic() - self._last < STALE_S
        if not stats.due or (stats.holders and not helped) or recent:
            return False
        self._last = time.monotonic()
        self._queue.enqueue(JOB, job_timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=86_400)
        return True


class NoQueue:
    """For tests that run a drain themselves."""

    def ensure(self) -> bool:
        """Do nothing."""
        return False
