"""The memory of mails in Redis: one lease, and two keys for each mail that it forgets by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_scripts import redis_errors
from coalition.application.mail_memory import REMEMBERED_SECONDS

if TYPE_CHECKING:
    from redis import Redis

    from coalition.adapters.redis_keys import Keys

_WATCH = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
_LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"


class RedisMailMemory:
    """Implements `MailMemory`."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._watch = redis.register_script(_WATCH)
        self._leave = redis.register_script(_LEAVE)
        self._redis = redis
        self._prefix = f"{keys.prefix}mail:"

    def watch(self, holder: str, seconds: int) -> bool:
        """Whether `holder` is the one who looks for mail, from now for so many seconds."""
        with redis_errors():
            return bool(self._watch(keys=[f"{self._prefix}watch"], args=[holder, seconds]))

    def leave(self, holder: str) -> None:
        """Let another look at once, if it was `holder`."""
        with redis_errors():
            self._leave(keys=[f"{self._prefix}watch"], args=[holder])

    def seen(self, digest: str) -> bool:
        """Whether a mail has been seen to."""
        with redis_errors():
            return bool(self._redis.exists(f"{self._prefix}seen:{digest}"))

    def remember(self, digest: str) -> None:
        """Note that it has been."""
        with redis_errors():
            self._redis.set(f"{self._prefix}seen:{digest}", 1, ex=REMEMBERED_SECONDS)

    def tried(self, digest: str) -> int:
        """Note that somebody begins with a mail; returns how often that has been, 1 at first."""
        key = f"{self._prefix}tried:{digest}"
        with redis_errors():
            pipe = self._redis.pipeline()
            pipe.incr(key)
            pipe.expire(key, REMEMBERED_SECONDS)
            counts: list[Any] = pipe.execute()
        return int(counts[0])
