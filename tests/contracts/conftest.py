"""Every port on its in-memory twin, on fakeredis and on a real server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from coalition.adapters import memory, redis_ledger, redis_log
from coalition.adapters.redis_keys import Keys

if TYPE_CHECKING:
    from coalition.application.ports import Documents, EventLog, Ledger, Outbox, Timers


@dataclass
class Ports:
    """One back end's ports. Time passes for real in all of them."""

    log: EventLog
    outbox: Outbox
    ledger: Ledger
    timers: Timers
    documents: Documents

    def now(self) -> datetime:
        """The time that back end goes by."""
        return datetime.now(UTC)


def _over(redis: Any) -> Ports:
    keys = Keys()
    return Ports(
        redis_log.RedisLog(redis, keys),
        redis_log.RedisOutbox(redis, keys),
        redis_ledger.RedisLedger(redis, keys),
        redis_log.RedisTimers(redis, keys),
        redis_log.RedisDocuments(redis, keys),
    )


def _in_memory() -> Ports:
    store = memory.MemoryStore(redis_log.SystemClock())
    return Ports(
        memory.MemoryLog(store),
        memory.MemoryOutbox(store),
        memory.MemoryLedger(store),
        memory.MemoryTimers(store),
        memory.MemoryDocuments(store),
    )


@pytest.fixture(params=["memory", "fake_redis", "real_redis"])
def ports(request: pytest.FixtureRequest) -> Ports:
    """All ports over one empty store."""
    back_end: str = request.param
    return _in_memory() if back_end == "memory" else _over(request.getfixturevalue(back_end))


@pytest.fixture
def token() -> str:
    """A lease holder's name."""
    return uuid.uuid4().hex
