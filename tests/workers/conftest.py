"""A drain with its ledger, and nothing else of the application."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from coalition.adapters import memory, redis_ledger, redis_log
from coalition.adapters.redis_keys import Keys
from coalition.application.ports import Effect
from workers.drain import Drain

if TYPE_CHECKING:
    from coalition.application.ports import Clock, Ledger, Outbox
    from coalition.bootstrap import Tocsin


@dataclass
class Bench:
    """What a drain needs of the application."""

    ledger: Ledger
    outbox: Outbox
    clock: Clock = field(default_factory=redis_log.SystemClock)
    settings: Any = None
    coalition: Any = None

    def as_now(self) -> Bench:
        """The same; nobody here asks who is a member."""
        return self

    def drain(self, handlers: dict[str, Any], **more: Any) -> Drain:
        """A drain that ends as soon as nothing is due."""
        return Drain(cast("Tocsin", self), handlers, **({"linger": 0.0} | more))

    def run(self, handlers: dict[str, Any], **more: Any) -> int:
        """Run a drain to its end; returns how many effects ended."""
        return asyncio.run(self.drain(handlers, **more).run())

    def plan(self, *ids: str, kind: str = "test") -> None:
        """Plan effects of one kind."""
        self.ledger.plan([Effect(id=id, kind=kind, payload={}) for id in ids])


@pytest.fixture(params=["memory", "redis"])
def desk(request: pytest.FixtureRequest) -> Bench:
    """A ledger and outbox, empty."""
    if request.param == "memory":
        store = memory.MemoryStore(redis_log.SystemClock())
        return Bench(memory.MemoryLedger(store), memory.MemoryOutbox(store))
    redis = request.getfixturevalue("real_redis")
    return Bench(redis_ledger.RedisLedger(redis, Keys()), redis_log.RedisOutbox(redis, Keys()))
