"""The Lua scripts, each loaded once for a connection."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis import Redis
    from redis.commands.core import Script

import contextlib


@cache
def _source(name: str) -> str:
    return (files("coalition.adapters") / "lua" / f"{name}.lua").read_text(encoding="utf-8")


@contextlib.contextmanager
def redis_errors() -> Iterator[None]:
    """Turn a lost connection into `TransientError`: the caller tries again later."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError) as error:
        msg = f"Redis does not answer: {error}"
        raise TransientError(msg) from error


class Scripts:
    """`scripts("append", keys, args)` runs lua/append.lua in one call."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: dict[str, Script] = {}

    def __call__(self, name: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run a script; raises `TransientError` when Redis does not answer."""
        script = self._known.get(name)
        if script is None:
            script = self._known[name] = self._redis.register_script(_source(name))
        with redis_errors():
            return script(keys=keys, args=args)
