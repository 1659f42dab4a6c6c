"""The in-memory twin of `redis_tallies`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.tallies import TALLIES

if TYPE_CHECKING:
    from coalition.application.tallies import Tally


class MemoryTallies:
    """Implements `Tallies`."""

    def __init__(self) -> None:
        self._counts: dict[Tally, int] = dict.fromkeys(TALLIES, 0)

    def add(self, tally: Tally, count: int = 1) -> None:
        """Count it."""
        self._counts[tally] += count

    def read(self) -> dict[Tally, int]:
        """Return all of them."""
        return dict(self._counts)
