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
    """One back end's ports. `until` waits for a condition: time passes for real on Redis."""

    name: str
    log: EventLog
    outbox: Outbox
    ledger: Ledger
    timers: Timers
    documents: Documents

    def now(self) -> datetime:
        """The time that back end goes by."""
        return datetime.now(UTC)


def _over_redis(name: str, redis: Any) -> Ports:
    keys = Keys()
    return Ports(
        name,
        redis_log.RedisLog(redis, keys),
        redis_log.RedisOutbox(redis, keys),
        redis_ledger.RedisLedger(redis, keys),
        redis_log.RedisTimers(redis, keys),
        redis_log.RedisDocuments(redis, keys),
    )


@pytest.fixture(params=["memory", "fakeredis", "redis"])
def ports(request: pytest.FixtureRequest) -> Ports:
    """All ports over one empty store."""
    if request.param == "memory":
        store = memory.MemoryStore(redis_log.SystemClock())
        return Ports(
            "memory",
            memory.MemoryLog(store),
            memory.MemoryOutbox(store),
            memory.MemoryLedger(store),
            memory.MemoryTimers(store),
            memory.MemoryDocuments(store),
        )
    if request.param == "fakeredis":
        return _over_redis("fakeredis", request.getfixturevalue("fake_redis"))
    return _over_redis("redis", request.getfixturevalue("real_redis"))


@pytest.fixture
def token() -> str:
    """A lease holder's name."""
    return uuid.uuid4().hex
