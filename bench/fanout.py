"""Notices to 35, 200 and 1,000 endpoints with 50 ms latency, beside aiohttp without any records.

Ours: from the moment the effects are handed to the ledger until the last receipt is durable
(AOF always). Theirs: the same signed bodies, posted with aiohttp from one process, as fast as it
can. Then with every tenth recipient slow (5 s) or dead: when have the others theirs, beside a
notice to them alone? And ten incidents of 35 at once with every tenth endpoint answering after five
seconds: when have all fast ones been delivered?
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp

from bench import coalition as stage
from bench.common import Figure, median, report
from bench.receiver import SECRET
from coalition.adapters.redis_client import connect
from coalition.application.incident_policies import send_notice
from coalition.application.ports import Effect
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.members import Coalition
from coalition.settings import Settings
from workers import notices, runs
from workers.drain import Drain
from workers.process import settle

WORKERS = int(os.environ.get("BENCH_WORKERS", "2"))  # as `tocsin up` starts them
KINDS: dict[str, Any] = {"notice.send": notices.handle, "run.start": runs.start}
LIMITS = {35: 1.15, 200: 1.15, 1000: 1.15}
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
BODY_BYTES = 2_050  # what one of our notices weighs


async def _limit(port: int, count: int) -> float:
    """Aiohttp in one process: sign and post, no records."""
    body = b'{"type":"notice.alert","data":"' + b"x" * BODY_BYTES + b'"}'
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def post(number: int) -> None:
            at, name = str(int(time.time())), f"limit-{number}-{time.monotonic_ns()}"
            mac = hmac.new(KEY, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
            headers = {
                "webhook-id": name,
                "webhook-timestamp": at,
                "webhook-signature": "v1," + base64.b64encode(mac).decode(),
            }
            url = f"http://127.0.0.1:{port}/w/m{number}"
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 200

        started = time.perf_counter()
        await asyncio.gather(*(post(number) for number in range(count)))
        return time.perf_counter() - started


def _work(coalition: Coalition, settings: Settings) -> None:
    """What a worker process does: one long drain, until it is told to stop."""
    hub = over_redis(settings, coalition, connect(stage.url_of(settings)))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settle()
    drain = Drain(hub, KINDS, stopping=stop.is_set, linger=60)
    asyncio.run(drain.run())


class Running:
    """Drains at work in processes of their own, as `tocsin up` starts them."""

    def __init__(self, hub: Tocsin) -> None:
        context = multiprocessing.get_context("fork")
        given = (hub.coalition, hub.settings)
        self.processes = [context.Process(target=_work, args=given) for _ in range(WORKERS)]

    def __enter__(self) -> Self:
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
            process.join()


def effects_of(
    hub: Tocsin, incident: str, count: int, but: Callable[[int], bool] = lambda _: False
) -> list[Effect]:
    """Issue a notice to everybody `but` some, and return the effects that the policy wants."""
    told = (number for number in range(1, count + 1) if not but(number))
    stage.issue(hub, incident, tuple(f"m{number}" for number in told))
    record = hub.log.tail("incident", incident, 1)[0]
    return list(send_notice(record, hub.view))


def receipts(hub: Tocsin, wanted: int, seconds: float) -> tuple[int, float]:
    """Read durable outcomes from the outbox until there are enough; returns count and time."""
    got, last, deadline = 0, time.perf_counter(), time.monotonic() + seconds
    while got < wanted and time.monotonic() < deadline:
        entries = hub.outbox.read("bench", 500, 50)
        for entry in entries:
            if entry.kind == "outcomes":
                got += sum(o["status"] == "done" for o in json.loads(entry.body))
                last = time.perf_counter()
        hub.outbox.ack([entry.position for entry in entries])
    return got, last


def fan_out(hub: Tocsin, name: str, count: int) -> float:
    """Seconds from planning to the last durable receipt."""
    effects = effects_of(hub, name, count)
    while entries := hub.outbox.read("bench", 500, 1):
        hub.outbox.ack([entry.position for entry in entries])
    started = time.perf_counter()
    hub.ledger.plan(effects)
    got, last = receipts(hub, count, 60)
    assert got == count, f"{got} of {count}"
    return last - started


def measure(count: int, rounds: int) -> Figure:
    """The ratio for one size."""
    with stage.receiver() as port, stage.tocsin(stage.members(port, count)) as hub, Running(hub):
        fan_out(hub, "INC-WARM", count)
        asyncio.run(_limit(port, count))
        ours, theirs = [], []
        for number in range(rounds):
            theirs.append(asyncio.run(_limit(port, count)))
            ours.append(fan_out(hub, f"INC-{number}", count))
    ratio = median([o / t for o, t in zip(ours, theirs, strict=True)])
    detail = f"ours {median(ours) * 1000:.0f} ms, aiohttp {median(theirs) * 1000:.0f} ms"
    return Figure(f"fan-out to {count:,} : aiohttp", ratio, LIMITS[count], False, detail)


def head_of_line() -> Figure:
    """Ten incidents of 35 at once; every tenth endpoint takes five seconds."""
    coalition = stage.members
    with stage.receiver() as port, stage.tocsin(coalition(port, 35, 10)) as hub, Running(hub):
        effects = [e for n in range(10) for e in effects_of(hub, f"INC-{n}", 35)]
        while entries := hub.outbox.read("bench", 500, 1):
            hub.outbox.ack([entry.position for entry in entries])
        slow = sum(e.payload["member"] in {"m10", "m20", "m30"} for e in effects)
        started = time.perf_counter()
        hub.ledger.plan(effects)
        got, last = receipts(hub, len(effects) - slow, 30)
        assert got == len(effects) - slow
    seconds = last - started
    return Figure(
        "all fast ones of 350, slow ones among them (s)",
        seconds,
        1.0,
        False,
        f"{len(effects) - slow} fast, {slow} slow",
    )


def bad_tenth(count: int, rounds: int) -> Figure:
    """Of `count` recipients every tenth is slow (5 s) or dead: when have the others theirs?

    Beside the same notice to the healthy ones alone, in turns.
    """

    def bad(number: int) -> bool:
        return number % 10 == 0

    with (
        stage.receiver() as port,
        stage.tocsin(stage.members(port, count, slow_every=10, dead_every=20)) as hub,
        Running(hub),
    ):
        _healthy(hub, "INC-WARM", count, bad)
        alone, among = [], []
        for number in range(rounds):
            alone.append(_healthy(hub, f"INC-{number}-alone", count, bad))
            among.append(_healthy(hub, f"INC-{number}-among", count, bad, with_bad=True))
    ratio = median([a / b for a, b in zip(among, alone, strict=True)])
    detail = f"among {median(among) * 1000:.0f} ms, alone {median(alone) * 1000:.0f} ms"
    return Figure(f"healthy 90 % of {count:,}, bad tenth : without", ratio, 1.15, False, detail)


def _healthy(
    hub: Tocsin, name: str, count: int, bad: Callable[[int], bool], *, with_bad: bool = False
) -> float:
    """Seconds until every healthy recipient has a durable receipt."""
    effects = effects_of(hub, name, count) if with_bad else effects_of(hub, name, count, bad)
    healthy = count - sum(map(bad, range(1, count + 1)))
    _quiet(hub)
    started = time.perf_counter()
    hub.ledger.plan(effects)
    got, last = receipts(hub, healthy, 60)
    assert got >= healthy, f"{got} of {healthy}"
    return last - started


def _quiet(hub: Tocsin) -> None:
    """Wait until nothing of the round before is under way or about to be tried again."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        while entries := hub.outbox.read("bench", 500, 1):
            hub.outbox.ack([entry.position for entry in entries])
        due = hub.ledger.next_due()
        if hub.ledger.stats().held == 0 and (due is None or due > 30):
            return
        time.sleep(0.1)


def main() -> int:
    """Print the table."""
    quick = "--quick" in sys.argv
    sizes = (35, 200) if quick else (35, 200, 1000)
    figures = [measure(count, 3 if quick else 7) for count in sizes]
    tenths = [bad_tenth(count, 2 if quick else 5) for count in sizes]
    return report([*figures, *tenths, head_of_line()])


if __name__ == "__main__":
    started_at = datetime.now(UTC)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
