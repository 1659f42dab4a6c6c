"""The in-memory twin of `redis_mail`; it forgets nothing but the lease."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalition.application.ports import Clock


class MemoryMailMemory:
    """Implements `MailMemory`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: tuple[str, datetime] | None = None
        self._seen: set[str] = set()
        self._tried: Counter[str] = Counter()

    def watch(self, holder: str, seconds: int) -> bool:
        """Whether `holder` is the one who looks for mail, from now for so many seconds."""
        now = self._clock.now()
        if self._held is not None and self._held[0] != holder and self._held[1] > now:
            return False
        self._held = (holder, now + timedelta(seconds=seconds))
        return True

    def leave(self, holder: str) -> None:
        """Let another look at once, if it was `holder`."""
        if self._held is not None and self._held[0] == holder:
            self._held = None

    def seen(self, digest: str) -> bool:
        """Whether a mail has been seen to."""
        return digest in self._seen

    def remember(self, digest: str) -> None:
        """Note that it has been."""
        self._seen.add(digest)

    def tried(self, digest: str) -> int:
        """Note that somebody begins with a mail; returns how often that has been, 1 at first."""
        self._tried[digest] += 1
        return self._tried[digest]
