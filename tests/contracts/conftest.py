"""Every port on its in-memory twin, on fakeredis and on a real server."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import fakeredis
import pytest

from coalition.adapters import memory, redis_ledger, redis_log
from coalition.adapters.redis_keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable

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
        server = fakeredis.FakeServer()
        return _over_redis("fakeredis", fakeredis.FakeStrictRedis(server=server))
    redis = request.getfixturevalue("redis")
    return _over_redis("redis", redis)


@pytest.fixture
def until() -> Callable[..., None]:
    """`until(condition, what)`: wait for it, at most five seconds."""

    def wait(condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 5
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"waited five seconds in vain: {what}")
            time.sleep(0.005)  # a pause between looks, not a guess at how long it takes

    return wait


@pytest.fixture
def token() -> str:
    """A lease holder's name."""
    return uuid.uuid4().hex
