"""The common ground of the in-memory twins: one process, one lock, nothing survives."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coalition.application.ports import Appended, Entry, Stored

if TYPE_CHECKING:
    from coalition.application.ports import Clock


class MemoryStore:
    """What the twins share, as the Redis adapters share a server."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.logs: dict[tuple[str, str], list[bytes]] = {}
        self.states: dict[tuple[str, str], Stored] = {}
        self.commands: dict[str, Appended] = {}
        self.sequences: dict[str, int] = {}
        self.documents: dict[str, bytes] = {}
        self.timers: dict[tuple[str, str, str], datetime] = {}
        self.outbox: dict[str, Entry] = {}
        self.pending: dict[str, tuple[str, datetime]] = {}  # position -> (consumer, since)
        self.effects: dict[str, dict[str, Any]] = {}
        self.holders: dict[str, float] = {}
        self.born: dict[str, datetime] = {}
        self._position = itertools.count(1)

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def put_out(self, kind: Any, body: bytes) -> None:
        """Add an outbox entry."""
        position = f"{next(self._position)}-0"
        self.outbox[position] = Entry(position, kind, body)
        self.born[position] = self.clock.now()
        self.changed.notify_all()


class ManualClock:
    """`Clock` that tests set."""

    def __init__(self, now: datetime | None = None) -> None:
        self.time = now or datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time
