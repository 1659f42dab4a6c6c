"""One append (records, state, outbox, timers, idempotency key) beside one SET of the state.

Target: at least 0.6 of SET's rate on one connection, and flat up to 100,000 events in an incident.
"""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime

from bench.common import Figure, client, interleaved, median, per_second, report, server
from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_log import RedisLog
from coalition.application.ports import Append
from coalition.domain.messages import SYSTEM, Record, digest

STATE = b'{"number":"INC-2026-0001","title":"' + b"x" * 2500 + b'"}'
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Incident:
    """Appends one event after the other to one incident."""

    def __init__(self, log: RedisLog, name: str) -> None:
        self.log, self.name, self.version, self.prev = log, name, 0, "0" * 64
        self.count = itertools.count()

    def append(self) -> None:
        """One note, as the dispatcher writes it."""
        record = Record(
            aggregate="incident",
            id=self.name,
            version=self.version + 1,
            at=AT,
            actor=SYSTEM,
            cause=f"{self.name}-{self.version}",
            type="NoteAdded",
            data={"text": "Second bank reports outages since 03:40.", "ref": "", "author": ""},
            prev=self.prev,
        )
        body = record.to_bytes()
        self.prev = digest(body)
        change = Append(
            "incident",
            self.name,
            self.version,
            [body],
            ["NoteAdded"],
            self.prev,
            STATE,
            {},
            [],
            f"{self.name}-{self.version}",
        )
        self.version = self.log.append(change).version


def main() -> int:
    """Print both figures."""
    quick = "--quick" in sys.argv
    count, rounds, steps = (
        (300, 3, (100, 1_000, 5_000)) if quick else (2_000, 7, (100, 1_000, 10_000, 100_000))
    )
    with server() as running:
        redis = client(running)
        log = RedisLog(redis, Keys())
        incident = Incident(log, "INC-A")
        found = interleaved(
            rounds,
            {
                "set": lambda: per_second(lambda: redis.set("plain", STATE), count),
                "append": lambda: per_second(incident.append, count),
            },
        )
        ratio = median([a / s for a, s in zip(found["append"], found["set"], strict=True)])
        long = Incident(log, "INC-LONG")
        rates = {}
        for step in steps:
            while long.version < step:
                long.append()
            rates[step] = median([per_second(long.append, count // 2) for _ in range(3)])
        flat = rates[steps[-1]] / rates[steps[0]]
        figures = [
            Figure(
                "append : SET (rate)",
                ratio,
                0.6,
                True,
                f"append {median(found['append']):.0f}/s, SET {median(found['set']):.0f}/s",
            ),
            Figure(
                f"append rate at {steps[-1]:,} : at {steps[0]:,} events",
                flat,
                0.8,
                True,
                ", ".join(f"{step:,}: {rate:.0f}/s" for step, rate in rates.items()),
            ),
        ]
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
