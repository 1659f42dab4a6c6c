"""Counters that outlive a process and are added up over all of them, for the metrics."""

from __future__ import annotations

from typing import Literal, Protocol, get_args

Tally = Literal["slack_failures"]
TALLIES: tuple[Tally, ...] = get_args(Tally)


class Tallies(Protocol):
    """How often something has happened, ever. Twin for tests: adapters/memory_tallies.py."""

    def add(self, tally: Tally, count: int = 1) -> None:
        """Count it."""
        ...

    def read(self) -> dict[Tally, int]:
        """Return all of them; 0 for what has never happened."""
        ...
