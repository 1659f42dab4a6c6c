"""Run steps a second, beside Celery's and taskiq's no-op jobs on the same server (AOF always).

Ours: runs of 50 steps that need nothing from outside, started as effects, carried out by one
worker process; every step is recorded as begun and ended, in a hash chain. Theirs: as many no-op
jobs, pre-filled queue, no results; Celery prefork 2, taskiq streams with one worker.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import coalition as stage
from bench.common import Figure, median, report
from bench.fanout import Running
from coalition.application.ports import Effect
from coalition.bootstrap import Tocsin
from coalition.domain.playbook import Playbook

STEPS = 50


def _set(number: int) -> dict[str, Any]:
    return {"id": f"s{number}", "do": "set", "values": {f"v{number}": number}}


FLAT = [_set(number) for number in range(STEPS)]
BRANCHES = [[_set(branch * 5 + number) for number in range(5)] for branch in range(5)]
NESTED: list[dict[str, Any]] = [
    {"id": "both", "parallel": BRANCHES},
    {"id": "each", "for_each": "a", "in": [1, 2, 3], "at_once": True,
     "steps": [_set(30 + number) for number in range(5)]},
    {"id": "loop", "repeat": "severity = 'S2'", "at_most": 2,
     "steps": [_set(40 + number) for number in range(5)]},
]  # fmt: skip
"""25 steps in branches, 3 rounds of 5 side by side, 2 rounds of 5: as many steps as FLAT."""


def playbook_of(steps: list[dict[str, Any]]) -> Playbook:
    """A playbook of these steps."""
    about = {"playbook": "pure", "title": "Pure", "tlp": "clear"}
    return Playbook.model_validate({**about, "steps": steps})


def ours(hub: Tocsin, name: str, runs: int, playbook: Playbook) -> float:
    """Steps (loops and branches themselves not counted) a second, to the end of the last run."""
    key = hub.playbooks.pin(playbook)
    stage.issue(hub, name, ("m1",))
    effects = [
        Effect(
            id=f"start-{name}-{n}",
            kind="run.start",
            payload={"incident": name, "playbook": key, "name": "pure", "run": f"{name}-r{n}"},
        )
        for n in range(runs)
    ]
    started = time.perf_counter()
    hub.ledger.plan(effects)
    while len([id for id in hub.log.ids("run") if id.startswith(f"{name}-")]) < runs:
        time.sleep(0.002)
    seconds = time.perf_counter() - started
    state = hub.dispatcher.read("run", f"{name}-r0")
    assert state.status == "completed", state
    ended = (one.data for one, _ in hub.log.records("run", f"{name}-r0") if one.type == "StepEnded")
    assert sum(data["verb"] == "set" for data in ended) == STEPS
    return runs * STEPS / seconds


def peer(hub: Tocsin, enqueue: Callable[[int], None], command: list[str], jobs: int) -> float:
    """Jobs a second: fill the queue, start the worker, time from its first to its last job."""
    hub.redis.delete("peer:first", "peer:done")
    enqueue(jobs)
    worker = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(hub, "peer:first")
        started = time.perf_counter()
        _wait_for(hub, "peer:done")
        return jobs / (time.perf_counter() - started)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)  # taskiq's supervisor does not end on SIGTERM
        worker.wait()
        hub.redis.delete("celery", "taskiq", "unacked", "unacked_index")


def _wait_for(hub: Tocsin, key: str) -> None:
    deadline = time.monotonic() + 120
    while not hub.redis.exists(key):
        if time.monotonic() > deadline:
            raise TimeoutError(key)
        time.sleep(0.001)


def _place(number: int, count: int) -> str:
    return "first" if number == 0 else "done" if number == count - 1 else ""


CELERY = (
    *("celery", "-A", "bench.peers:celery", "worker", "-c", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)
TASKIQ = ("taskiq", "worker", "bench.peers:broker", "-w", "1")


def celery(hub: Tocsin, jobs: int) -> float:
    """No-op jobs of Celery a second."""
    from bench import peers  # noqa: PLC0415 - it reads BENCH_SOCKET when imported

    def fill(count: int) -> None:
        for number in range(count):
            peers.celery_noop.delay(_place(number, count))

    return peer(hub, fill, [sys.executable, "-m", *CELERY], jobs)


def taskiq(hub: Tocsin, jobs: int) -> float:
    """No-op jobs of taskiq a second."""
    from bench import peers  # noqa: PLC0415 - as above

    async def fill(count: int) -> None:
        await peers.broker.startup()
        for number in range(count):
            await peers.taskiq_noop.kiq(_place(number, count))
        await peers.broker.shutdown()

    return peer(hub, lambda count: asyncio.run(fill(count)), [sys.executable, "-m", *TASKIQ], jobs)


def main() -> int:
    """Print both ratios."""
    quick = "--quick" in sys.argv
    runs, rounds, jobs = (40, 2, 1000) if quick else (200, 5, 5000)
    steps: list[float] = []
    loops: list[float] = []
    flat, nested = playbook_of(FLAT), playbook_of(NESTED)
    theirs: dict[str, list[float]] = {"Celery": [], "taskiq": []}
    with stage.tocsin(stage.members(9, 1)) as hub, Running(hub):
        os.environ["BENCH_SOCKET"] = (
            stage.url_of(hub.settings).removeprefix("unix://").split("?")[0]
        )
        ours(hub, "INC-WARM", runs, flat)
        for number in range(rounds):
            steps.append(ours(hub, f"INC-{number}", runs, flat))
            loops.append(ours(hub, f"INC-L{number}", runs, nested))
            theirs["Celery"].append(celery(hub, jobs))
            theirs["taskiq"].append(taskiq(hub, jobs))
    return report(
        [
            Figure(
                f"run steps{how} : {name} no-op jobs (rate)",
                median([s / t for s, t in zip(done, theirs[name], strict=True)]),
                limit,
                True,
                f"{median(done):.0f} steps/s, {median(theirs[name]):.0f} jobs/s",
            )
            for how, done in (("", steps), (", parallel and loops", loops))
            for name, limit in (("Celery", 5.0), ("taskiq", 1.0))
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
