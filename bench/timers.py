"""How late a timer fires with 1,000 pending: from its due time until a relay's reader has it.

Target: p99 at most 20 ms late, never early. Beside it, what polling once a second would give, and
how long one plain SET takes on the same server meanwhile: on a busy disk the two go together,
because a timer moves to the outbox with a write that is synced.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from bench.append import STATE
from bench.common import Figure, client, percentile, report, server
from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_log import RedisLog, RedisOutbox, RedisTimers
from coalition.application.ports import Append
from coalition.domain.messages import SYSTEM, Record, digest
from workers.queue import NoQueue
from workers.relay import Relay


def set_timers(log: RedisLog, count: int, seconds: float) -> None:
    """Set `count` timers, due at random within the next `seconds`."""
    now = datetime.now(UTC)
    for number in range(0, count, 50):
        record = Record(
            aggregate="run",
            id=f"r{number}",
            version=1,
            at=now,
            actor=SYSTEM,
            cause=str(number),
            type="WaitOpened",
            data={},
            prev="0" * 64,
        ).to_bytes()
        due = {f"t{n}": now + timedelta(seconds=1 + random.random() * seconds) for n in range(50)}
        log.append(
            Append(
                "run", f"r{number}", 0, [record], [], digest(record), STATE, due, [], f"c{number}"
            )
        )


def main() -> int:
    """Print p50, p99 and the earliest."""
    count, seconds = (500, 2.0) if "--quick" in sys.argv else (1_000, 10.0)
    with server() as running:
        redis, keys, stop = client(running), Keys(), threading.Event()
        outbox = RedisOutbox(redis, keys)
        tocsin = SimpleNamespace(timers=RedisTimers(redis, keys))
        relay = Relay(cast("Any", tocsin), NoQueue(), stop)
        outbox.read("bench", 1, 1)
        set_timers(RedisLog(redis, keys), count, seconds)
        thread = threading.Thread(target=relay.timer_loop)
        thread.start()
        late: list[float] = []
        writes: list[float] = []
        deadline = time.monotonic() + seconds + 10
        while len(late) < count and time.monotonic() < deadline:
            entries = outbox.read("bench", 200, 20)
            now = time.time() * 1000
            late += [now - json.loads(e.body)["due"] for e in entries if e.kind == "timer"]
            outbox.ack([e.position for e in entries])
            began = time.perf_counter()
            redis.set("plain", b"x")
            writes.append((time.perf_counter() - began) * 1000)
        stop.set()
        thread.join()
    p50, p99 = percentile(late, 0.5), percentile(late, 0.99)
    polled = percentile([random.random() * 1000 for _ in range(count)], 0.99)
    return report(
        [
            Figure("timers fired : set", len(late) / count, 1.0, True, f"{len(late)} of {count}"),
            Figure(
                "timer lateness p99 : 20 ms",
                p99 / 20,
                1.0,
                False,
                f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; one SET (fsync) p99 "
                f"{percentile(writes, 0.99):.1f} ms; polling each second: {polled:.0f} ms",
            ),
            Figure("earliest, ms (never below 0)", min(late), 0.0, True, f"max {max(late):.1f} ms"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
