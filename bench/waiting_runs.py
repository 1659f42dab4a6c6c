"""1,000 runs waiting on timers: what they cost while they wait, and how late they go on.

Each run waits once, for a time of its own between 30 and 60 seconds. While all wait, no effect may
be planned, held or due: no worker knows of them. Lateness is from the time due to the time at which
the run's log says that it went on, through relay, ledger and a drain in processes of their own;
target p99 at most 50 ms, none early, none lost, none twice.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from bench import coalition as stage
from bench.common import Figure, percentile, report
from coalition.adapters.redis_client import connect
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.incident.commands import OpenIncident
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import StartRun
from coalition.domain.run.facts import facts_of
from coalition.settings import Settings
from workers import commands
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay

INCIDENT = "INC-2026-0001"
WAIT = 30
PLAYBOOK = {
    "playbook": "waiting",
    "title": "Waiting",
    "tlp": "clear",
    "inputs": {"time": {"type": "duration"}},
    "steps": [{"id": "pause", "do": "wait", "for": "{{time}}"}],
}


async def _nothing(*_: Any) -> dict[str, Any]:
    return {}


HANDLERS: dict[str, Any] = {
    "command": commands.handle,
    **dict.fromkeys(("room.open", "room.headline", "room.post", "run.tell"), _nothing),
}


def _hub(coalition: Coalition, settings: Settings) -> Tocsin:
    return over_redis(settings, coalition, connect(stage.url_of(settings)))


def _relay(coalition: Coalition, settings: Settings) -> None:
    Relay(_hub(coalition, settings), NoQueue(), threading.Event()).run()


def _drain(coalition: Coalition, settings: Settings) -> None:
    asyncio.run(Drain(_hub(coalition, settings), HANDLERS, linger=120, slice=600).run())


def start(hub: Tocsin, count: int) -> None:
    """Start the runs; each waits a whole number of seconds from its own start on."""
    about = {"title": "Bench", "severity": "S2", "tlp": "TLP:GREEN"}
    now = datetime.now(UTC)
    hub.dispatcher.execute(
        OpenIncident.model_validate(
            {**about, "id": "open", "at": now, "actor": stage.OPERATOR, "incident": INCIDENT}
        )
    )
    playbook = Playbook.model_validate(PLAYBOOK)
    pinned = hub.playbooks.pin(playbook)
    facts = facts_of(hub.dispatcher.read("incident", INCIDENT))
    for number in range(count):
        hub.dispatcher.execute(
            StartRun(
                id=f"start-{number}", at=datetime.now(UTC), actor=SYSTEM,
                run=f"{INCIDENT}-r{number}", incident=INCIDENT, playbook=pinned, name="waiting",
                inputs={"time": f"{random.randint(WAIT, 2 * WAIT)}s"}, facts=facts,
            )
        )  # fmt: skip


def idle(hub: Tocsin) -> int:
    """How often the ledger has anything in it, once what the starts called for is done: never."""
    deadline = time.monotonic() + WAIT / 2
    while hub.ledger.next_due() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    seen = 0
    for _ in range(20):
        stats = hub.ledger.stats()
        seen += stats.due + stats.held + (hub.ledger.next_due() is not None)
        time.sleep(0.05)
    return seen


def lateness(hub: Tocsin, count: int) -> tuple[list[float], Counter[str]]:
    """Milliseconds from due to going on, of every run; and how often each has gone on."""
    deadline = time.monotonic() + 3 * WAIT + 30
    ids = {f"{INCIDENT}-r{number}" for number in range(count)}
    while time.monotonic() < deadline:
        if all(hub.dispatcher.read("run", id).over for id in ids):
            break
        time.sleep(1)
    late: list[float] = []
    ends: Counter[str] = Counter()
    for id in ids:
        due = None
        for record, _ in hub.log.records("run", id):
            if record.type == "StepStarted":
                due = datetime.fromisoformat(record.data["due"])
            elif record.type == "StepEnded" and due is not None:
                late.append((record.at - due).total_seconds() * 1000)
                ends[id] += 1
    return late, ends


def main() -> int:
    """Print what waiting costs, p50 and p99."""
    count = 200 if "--quick" in sys.argv else 1000
    context = multiprocessing.get_context("fork")
    with stage.tocsin(stage.members(9, 1)) as hub:
        hub.outbox.read("relay", 1, 1)
        given = (hub.coalition, hub.settings)
        processes = [context.Process(target=work, args=given) for work in (_relay, _drain)]
        for process in processes:
            process.start()
        try:
            start(hub, count)
            busy = idle(hub)
            late, ends = lateness(hub, count)
        finally:
            for process in processes:
                process.terminate()
                process.join()
    p50, p99 = percentile(late, 0.5), percentile(late, 0.99)
    once = sum(times == 1 for times in ends.values())
    return report(
        [
            Figure("runs gone on exactly once : started", once / count, 1.0, True,
                   f"{once} of {count}"),
            Figure("effects in the ledger while all wait", busy, 0, False, "no worker is held"),
            Figure("lateness p99 : 50 ms", p99 / 50, 1.0, False,
                   f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(late):.1f} ms"),
            Figure("earliest, ms (never below 0)", min(late), 0.0, True, ""),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
