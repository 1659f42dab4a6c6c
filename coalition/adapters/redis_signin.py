"""Sign-in links in Redis: a key that Redis forgets by itself, taken with GETDEL."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from coalition.adapters.redis_scripts import redis_errors

if TYPE_CHECKING:
    from redis import Redis

    from coalition.adapters.redis_keys import Keys


class RedisSigninLinks:
    """Implements `SigninLinks`; needs Redis 6.2 (GETDEL).

    Its keys are live or exercise like all others, so that a link of an exercise never opens the
    live board.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._prefix = f"{keys.prefix}signin:"

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep `value` for that many seconds."""
        with redis_errors():
            self._redis.set(self._prefix + key, value, ex=seconds)

    def peek(self, key: str) -> bytes | None:
        """Return the value and leave it."""
        with redis_errors():
            return cast("bytes | None", self._redis.get(self._prefix + key))

    def take(self, key: str) -> bytes | None:
        """Return the value and remove it, in one step."""
        with redis_errors():
            return cast("bytes | None", self._redis.getdel(self._prefix + key))
