"""Addresses of Redis: what a URL means, and how it is shown without its password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from coalition.domain.errors import ConfigError

SENTINEL = "redis+sentinel"
_SENTINEL_PORT = 26379


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """redis+sentinel://[user:password@]host[:port][,host[:port]…]/service[/db].

    User and password are those of the service, not of the sentinels.
    """

    nodes: tuple[tuple[str, int], ...]
    service: str
    db: int
    username: str | None
    password: str | None = field(repr=False)

    @property
    def credentials(self) -> dict[str, Any]:
        """Keyword arguments for the connection to the service."""
        given = {"db": self.db, "username": self.username, "password": self.password}
        return {name: value for name, value in given.items() if value is not None}


def is_sentinel(url: str) -> bool:
    """Whether the URL names sentinels and not the server itself."""
    return url.startswith(f"{SENTINEL}://")


def parse_sentinel(url: str) -> SentinelAddress:
    """Take a sentinel URL apart.

    Raises:
        ConfigError: naming TOCSIN_REDIS_URL and the form that is wanted.
    """
    # urlsplit() knows one host, and some releases refuse a bracket behind a comma.
    authority, _, path = _plain(url).removeprefix(f"{SENTINEL}://").partition("/")
    credentials, _, hosts = authority.rpartition("@")
    username, _, password = credentials.partition(":")
    service, _, db = path.strip("/").partition("/")
    try:
        nodes = tuple(_node(word) for word in hosts.split(",") if word)
        number = int(db or 0)
    except ValueError:
        nodes, number = (), 0
    if not nodes or not service:
        form = f"{SENTINEL}://host:26379,host:26379/service/0"
        what = f"environment: TOCSIN_REDIS_URL: {shown(url)!r} is no sentinel URL; write {form}"
        raise ConfigError([what])
    return SentinelAddress(
        nodes, service, number, unquote(username) or None, unquote(password) or None
    )


def _node(word: str) -> tuple[str, int]:
    host, colon, port = word.rpartition(":")
    if not colon or port.endswith("]"):
        return word.strip("[]"), _SENTINEL_PORT
    return host.strip("[]"), int(port)


def _plain(url: str) -> str:
    """Without its query, which begins at `?name=`; a `?` in a password does not."""
    return re.split(r"\?(?=\w+=|$)", url, maxsplit=1)[0]


def shown(url: str) -> str:
    """The URL for messages and logs: without user, password and query.

    No part of a password is shown where `/`, `?`, `#` or `@` in it were not percent-encoded.
    """
    scheme, _, rest = _plain(url).partition("://")
    return f"{scheme}://{rest if scheme == 'unix' else rest.rpartition('@')[2]}"
