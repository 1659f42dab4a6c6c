"""Tallies in Redis: one hash, counted up by every process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_scripts import redis_errors
from coalition.application.tallies import TALLIES

if TYPE_CHECKING:
    from redis import Redis

    from coalition.adapters.redis_keys import Keys
    from coalition.application.tallies import Tally


class RedisTallies:
    """Implements `Tallies`."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = f"{keys.prefix}tallies"

    def add(self, tally: Tally, count: int = 1) -> None:
        """Count it."""
        with redis_errors():
            self._redis.hincrby(self._key, tally, count)

    def read(self) -> dict[Tally, int]:
        """Return all of them; 0 for what has never happened."""
        with redis_errors():
            found: Any = self._redis.hmget(self._key, list(TALLIES))
        return {tally: int(count or 0) for tally, count in zip(TALLIES, found, strict=True)}
