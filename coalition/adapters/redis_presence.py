"""Presence in Redis: for every role a sorted set of process names by the time of the last beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_scripts import redis_errors
from coalition.application.presence import FORGET_SECONDS, ROLES

if TYPE_CHECKING:
    from redis import Redis

    from coalition.adapters.redis_keys import Keys
    from coalition.application.presence import Role


class RedisPresence:
    """Implements `Presence`. Times are the server's, so skewed machines do no harm."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._prefix = f"{keys.prefix}presence:"

    def beat(self, role: Role, name: str) -> None:
        """Say that this process is alive; forgets those that have long been silent."""
        with redis_errors():
            now = self._now()
            pipe = self._redis.pipeline(transaction=False)
            pipe.zadd(self._prefix + role, {name: now})
            pipe.zremrangebyscore(self._prefix + role, "-inf", f"({now - FORGET_SECONDS}")
            pipe.execute()

    def leave(self, role: Role, name: str) -> None:
        """Say that this process ends in order."""
        with redis_errors():
            self._redis.zrem(self._prefix + role, name)

    def alive(self) -> dict[Role, int]:
        """Return how many of every role have beaten lately."""
        with redis_errors():
            since = self._now() - FORGET_SECONDS
            pipe = self._redis.pipeline(transaction=False)
            for role in ROLES:
                pipe.zcount(self._prefix + role, since, "+inf")
            counts: list[Any] = pipe.execute()
        return {role: int(count) for role, count in zip(ROLES, counts, strict=True)}

    def _now(self) -> float:
        moment: Any = self._redis.time()
        return float(moment[0]) + float(moment[1]) / 1_000_000
