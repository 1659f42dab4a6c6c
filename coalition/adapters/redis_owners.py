"""Which aggregates belong to which incident: sets of ids beside the set of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_scripts import redis_errors
from coalition.domain.owners import owner_of

if TYPE_CHECKING:
    from redis import Redis

    from coalition.adapters.redis_keys import Keys


class Owners:
    """Reads the ids of one owner. What an earlier version has written is put in first, once."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._indexed: set[str] = set()

    def ids(self, aggregate: str, owner: str) -> list[str]:
        """Return the ids in order of creation."""
        with redis_errors():
            if aggregate not in self._indexed:
                self._index(aggregate)
            found: Any = self._redis.zrange(self._keys.ids_of(aggregate, owner), 0, -1)
        return [id.decode() for id in found]

    def _index(self, aggregate: str) -> None:
        if not self._redis.exists(self._keys.indexed(aggregate)):
            every: Any = self._redis.zrange(self._keys.ids(aggregate), 0, -1, withscores=True)
            for id, at in every:
                name = id.decode()
                key = self._keys.ids_of(aggregate, owner_of(name))
                self._redis.zadd(key, {name: at}, nx=True)
            self._redis.set(self._keys.indexed(aggregate), 1)
        self._indexed.add(aggregate)
