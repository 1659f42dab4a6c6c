"""What is wrong with a Redis as a place for a record that must not be lost."""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from coalition.adapters.redis_binary import OLDEST


def durability_warnings(client: Redis) -> list[str]:
    """A sentence for each way in which this server would lose what it has acknowledged.

    Each says what would happen and which setting mends it. Managed services often forbid CONFIG;
    INFO is enough for most of it.
    """
    info: dict[str, Any] = dict(client.info())
    found = []
    version = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        found.append(f"Redis {version} is too old: use 6.2 or newer.")
    if not int(info.get("aof_enabled", 0)):
        found.append(
            "It keeps no append-only file: a crash loses everything since the last snapshot. "
            "Set `appendonly yes`."
        )
    elif _config(client, "appendfsync") not in {"always", None}:
        found.append(
            "It writes to disk once a second: a power failure loses up to a second of accepted "
            "commands. Set `appendfsync always`."
        )
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        found.append(
            f"It drops keys when memory is full ({policy}), and with them incidents. "
            "Set `maxmemory-policy noeviction`."
        )
    if str(info.get("role", "master")) != "master":
        found.append("It is a replica and takes no writes. Point TOCSIN_REDIS_URL at the primary.")
    return found


def _config(client: Redis, name: str) -> str | None:
    """The value of a server setting; None where we may not ask."""
    try:
        answer: Any = client.config_get(name)
    except ResponseError:
        return None
    value = answer.get(name)
    return value.decode() if isinstance(value, bytes) else value
