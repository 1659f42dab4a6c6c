"""The in-memory twin of `redis_signin`, for tests and for a board without Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.application.ports import Clock


class MemorySigninLinks:
    """Implements `SigninLinks`; links grow old by the given clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._links: dict[str, tuple[datetime, bytes]] = {}

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep `value` for that many seconds."""
        self._links[key] = (self._clock.now() + timedelta(seconds=seconds), value)

    def peek(self, key: str) -> bytes | None:
        """Return the value and leave it."""
        until, value = self._links.get(key, (None, None))
        return value if until is not None and self._clock.now() < until else None

    def take(self, key: str) -> bytes | None:
        """Return the value and remove it."""
        value = self.peek(key)
        self._links.pop(key, None)
        return value
