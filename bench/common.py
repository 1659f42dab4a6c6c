"""What the benchmarks share: a server with AOF always, interleaved rounds, one table."""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from redis import Redis

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer


@dataclass(frozen=True)
class Figure:
    """One ratio and the limit it is held to."""

    name: str
    value: float
    limit: float
    higher_is_better: bool
    detail: str

    @property
    def met(self) -> bool:
        """Whether the limit is kept."""
        if self.higher_is_better:
            return self.value >= self.limit
        return self.value <= self.limit


@contextlib.contextmanager
def server() -> Iterator[RedisServer]:
    """Our own embedded server, append-only with fsync always, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder)) as running:
        yield running


def client(running: RedisServer) -> Redis:
    """A connection to it."""
    return connect(running.url)


def per_second(act: Callable[[], object], count: int) -> float:
    """How often a second `act` runs, over `count` runs."""
    start = time.perf_counter()
    for _ in range(count):
        act()
    return count / (time.perf_counter() - start)


def interleaved(rounds: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measure each in turn, `rounds` times, so that the machine's moods hit all alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    names = list(measures)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(measures[name]())
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def report(figures: Sequence[Figure]) -> int:
    """Print the table (and JSON lines with --json); 1 when a limit is missed."""
    if "--json" in sys.argv:
        for figure in figures:
            print(json.dumps(asdict(figure) | {"met": figure.met}))
    else:
        for figure in figures:
            sign = "≥" if figure.higher_is_better else "≤"
            verdict = "met" if figure.met else "MISSED"
            print(
                f"{figure.name:<46} {figure.value:>9.2f}  {sign} {figure.limit:<6g} "
                f"{verdict:<6}  {figure.detail}"
            )
    return 0 if all(figure.met for figure in figures) else 1
