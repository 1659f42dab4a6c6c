"""The in-memory twin of `redis_presence`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.presence import FORGET_SECONDS, ROLES

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.application.ports import Clock
    from coalition.application.presence import Role


class MemoryPresence:
    """Implements `Presence` by the given clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beats: dict[Role, dict[str, datetime]] = {role: {} for role in ROLES}

    def beat(self, role: Role, name: str) -> None:
        """Say that this process is alive."""
        self._beats[role][name] = self._clock.now()

    def leave(self, role: Role, name: str) -> None:
        """Say that this process ends in order."""
        self._beats[role].pop(name, None)

    def alive(self) -> dict[Role, int]:
        """Return how many of every role have beaten lately."""
        now = self._clock.now()
        return {
            role: sum((now - at).total_seconds() <= FORGET_SECONDS for at in beats.values())
            for role, beats in self._beats.items()
        }
