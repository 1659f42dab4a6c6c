"""Connections to Redis, with the limits that redis-py leaves open set on purpose.

redis-py 8 gives a pool that raises once 50 connections are out, and a socket timeout of 5 s that
kills a blocking read of 6 s. Here the pool waits, and a connection for blocking reads has no
socket timeout. After a lost connection a command is tried again for at most 2.5 s: a restart of our
own server needs under 0.1 s, and within Slack's three seconds a person must be told that nothing
was recorded. Every write of ours is safe to repeat because the log knows the command's id.
"""

from __future__ import annotations

from typing import Any

import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError
from redis.retry import Retry

from coalition.adapters.redis_url import is_sentinel, parse_sentinel, shown
from coalition.domain.errors import ConfigError, PermanentError

CONNECTIONS = 64
WAIT_FOR_CONNECTION_SECONDS = 20
ANSWER_WITHIN_SECONDS = 10
CONNECT_WITHIN_SECONDS = 3
_RETRIES = 5  # after up to 0.1, 0.2, 0.4, 0.8 and 1 s
# RESP2 on purpose: the replies then have one shape on every server from Redis 6.2 on.
_PROTOCOL = 2


class _BlockingSentinelPool(redis.sentinel.SentinelConnectionPool, redis.BlockingConnectionPool):
    """A sentinel pool that waits for a free connection and closes its way to the sentinels."""

    def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002
        super().disconnect(inuse_connections)
        if inuse_connections:
            for client in self.sentinel_manager.sentinels:
                client.close()


class _AsyncBlockingSentinelPool(
    redis.asyncio.sentinel.SentinelConnectionPool, redis.asyncio.BlockingConnectionPool
):
    """As `_BlockingSentinelPool`, for asyncio."""

    async def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002
        await super().disconnect(inuse_connections)
        if inuse_connections:
            for client in self.sentinel_manager.sentinels:
                await client.aclose()


def connect(url: str, *, blocking: bool = False, connections: int = CONNECTIONS) -> redis.Redis:
    """A client whose server has answered once. `blocking`: for reads that wait without limit.

    Takes redis://, rediss://, unix:// and redis+sentinel:// URLs.

    Raises:
        ConfigError: the URL cannot be read.
        PermanentError: nothing answers there, or it refuses us; names the URL without password.
    """
    client = _client(url, _limits(connections, blocking=blocking))
    try:
        client.ping()
    except (RedisError, OSError) as error:
        client.close()
        raise _unreachable(url, error) from error
    return client


async def connect_async(
    url: str, *, blocking: bool = False, connections: int = CONNECTIONS
) -> redis.asyncio.Redis:
    """As `connect`, for asyncio."""
    client = _async_client(url, _limits(connections, blocking=blocking))
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        await client.aclose()
        raise _unreachable(url, error) from error
    return client


def _limits(connections: int, *, blocking: bool) -> dict[str, Any]:
    return {
        "max_connections": connections,
        "timeout": WAIT_FOR_CONNECTION_SECONDS,
        "socket_timeout": None if blocking else ANSWER_WITHIN_SECONDS,
        "socket_connect_timeout": CONNECT_WITHIN_SECONDS,
        "protocol": _PROTOCOL,
        "client_name": "tocsin",
    }


def _backoff() -> ExponentialWithJitterBackoff:
    return ExponentialWithJitterBackoff(base=0.05, cap=1.0)


def _client(url: str, limits: dict[str, Any]) -> redis.Redis:
    limits["retry"] = Retry(_backoff(), _RETRIES)
    if is_sentinel(url):
        address = parse_sentinel(url)
        asked = {"socket_timeout": CONNECT_WITHIN_SECONDS, "retry": Retry(NoBackoff(), 0)}
        sentinel = _untyped(redis.sentinel.Sentinel)(address.nodes, sentinel_kwargs=asked)
        limits |= address.credentials
        pool = _untyped(_BlockingSentinelPool)(address.service, sentinel, **limits)
    else:
        try:
            pool = redis.BlockingConnectionPool.from_url(url, **limits)
        except ValueError as error:
            raise _unreadable(url) from error
    return redis.Redis.from_pool(pool)


def _async_client(url: str, limits: dict[str, Any]) -> redis.asyncio.Redis:
    limits["retry"] = AsyncRetry(_backoff(), _RETRIES)
    if is_sentinel(url):
        address = parse_sentinel(url)
        asked = {"socket_timeout": CONNECT_WITHIN_SECONDS, "retry": AsyncRetry(NoBackoff(), 0)}
        sentinel = _untyped(redis.asyncio.sentinel.Sentinel)(address.nodes, sentinel_kwargs=asked)
        limits |= address.credentials
        pool = _untyped(_AsyncBlockingSentinelPool)(address.service, sentinel, **limits)
    else:
        try:
            pool = redis.asyncio.BlockingConnectionPool.from_url(url, **limits)
        except ValueError as error:
            raise _unreadable(url) from error
    return redis.asyncio.Redis.from_pool(pool)


def _untyped(thing: Any) -> Any:
    """The sentinel half of redis-py has no types."""
    return thing


def _unreadable(url: str) -> ConfigError:
    forms = "redis://host:6379/0, rediss://…, unix:///path or redis+sentinel://…"
    what = f"environment: TOCSIN_REDIS_URL: cannot read {shown(url)!r}; write {forms}"
    return ConfigError([what])


def _unreachable(url: str, error: Exception) -> PermanentError:
    place = shown(url)
    if isinstance(error, AuthenticationError | NoPermissionError):
        message = f"Redis at {place} refuses the user or password."
        return PermanentError(message, fallback="Mend the credentials in TOCSIN_REDIS_URL.")
    fallback = "Start it or mend TOCSIN_REDIS_URL; without one, `tocsin up` brings its own."
    if place.startswith("unix://"):
        fallback = "Start `tocsin up` (or `tocsin redis`), or set TOCSIN_REDIS_URL."
    return PermanentError(f"Redis does not answer at {place}.", fallback=fallback)
