"""Workflows of five steps a minute: the best-documented peer publishes 100 a minute on 16 vCPU.

A workflow here is a run of five steps as a coalition's are: a value is set, a decision is made, a
task is put on the incident's list by a worker and ticked off by a person, a short wait passes, and
the run ends. Everything is real: dispatcher, hash chain, outbox, relay, ledger, drain, timers, one
worker process, and a server that syncs its append-only file at every write.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import coalition as stage
from bench.common import Figure, median, report
from bench.runs import playbook_of
from coalition.adapters.redis_client import connect
from coalition.application.ports import Effect
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.incident.commands import CompleteTask, OpenIncident
from coalition.domain.members import Coalition
from coalition.settings import Settings
from workers.drain import Drain
from workers.handlers import HANDLERS
from workers.queue import NoQueue
from workers.relay import Relay

PUBLISHED = 100.0
"""Workflows of five steps a minute, on 16 vCPU."""

STEPS: list[dict[str, Any]] = [
    {"id": "begin", "do": "set", "values": {"phase": "one"}},
    {"id": "grave", "if": "severity >= 'S1'", "then": [
        {"id": "look", "do": "task", "text": "Look at {{title}}, {{phase}}"}]},
    {"id": "breathe", "do": "wait", "for": "1s"},
    {"id": "end", "do": "set", "values": {"outcome": "over"}},
]  # fmt: skip


async def _no_slack(*_: Any) -> dict[str, Any]:
    return {}


def _hub(coalition: Coalition, settings: Settings) -> Tocsin:
    return over_redis(settings, coalition, connect(stage.url_of(settings)))


def _relay(coalition: Coalition, settings: Settings) -> None:
    Relay(_hub(coalition, settings), NoQueue(), threading.Event()).run()


def _drain(coalition: Coalition, settings: Settings) -> None:
    rooms = dict.fromkeys(("room.open", "room.headline", "room.post"), _no_slack)
    handlers: dict[str, Any] = {**HANDLERS, **rooms}
    asyncio.run(Drain(_hub(coalition, settings), handlers, linger=300, slice=600).run())


@contextmanager
def _at_work(hub: Tocsin) -> Iterator[None]:
    context = multiprocessing.get_context("fork")
    given = (hub.coalition, hub.settings)
    processes = [context.Process(target=one, args=given) for one in (_relay, _drain)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def carried(hub: Tocsin, name: str, runs: int, spread: int) -> float:
    """Workflows a minute, from the first start to the last end, over `spread` incidents."""
    key = hub.playbooks.pin(playbook_of(STEPS))
    incidents = [f"{name}-{number}" for number in range(spread)]
    about = {"title": "Bench", "severity": "S2", "tlp": "TLP:GREEN", "actor": stage.OPERATOR}
    for incident in incidents:
        open_ = {**about, "id": f"open-{incident}", "at": hub.clock.now(), "incident": incident}
        hub.dispatcher.execute(OpenIncident.model_validate(open_))
    ids = [(incidents[n % spread], f"{incidents[n % spread]}-r{n}") for n in range(runs)]
    started = time.perf_counter()
    hub.ledger.plan(
        [
            Effect(
                id=f"start-{run}",
                kind="run.start",
                payload={"incident": incident, "playbook": key, "name": "pure", "run": run},
            )
            for incident, run in ids
        ]
    )
    _tick_off(hub, incidents, runs)
    _until(lambda: all(_over(hub, run) for _, run in ids))
    return runs / (time.perf_counter() - started) * 60


def _tick_off(hub: Tocsin, incidents: list[str], runs: int) -> None:
    """A person does every task as soon as it is on a list."""
    done: set[tuple[str, str]] = set()

    def all_of_them() -> bool:
        for incident in incidents:
            for task in hub.dispatcher.read("incident", incident).tasks.values():
                if (incident, str(task.task)) not in done and task.source is not None:
                    _complete(hub, incident, task.task)
                    done.add((incident, str(task.task)))
        return len(done) >= runs

    _until(all_of_them)


def _complete(hub: Tocsin, incident: str, task: int) -> None:
    hub.dispatcher.execute(
        CompleteTask(
            id=f"done-{incident}-{task}",
            at=hub.clock.now(),
            actor=stage.OPERATOR,
            incident=incident,
            task=task,
        )
    )


def _over(hub: Tocsin, run: str) -> bool:
    state = hub.dispatcher.read("run", run)
    return state is not None and state.status == "completed"


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def main() -> int:
    """Print how many times the published figure two cores carry."""
    quick = "--quick" in sys.argv
    runs, rounds = (200, 2) if quick else (500, 3)
    with stage.tocsin(stage.members(9, 1)) as hub, _at_work(hub):
        carried(hub, "INC-WARM", 50, 10)
        rates = [carried(hub, f"INC-W{number}", runs, 10) for number in range(rounds)]
    rate = median(rates)
    name = "workflows of five steps : 100 a minute (published, 16 vCPU)"
    detail = f"{rate:.0f} a minute on this machine, {rate / 60 * 5:.0f} steps/s"
    return report([Figure(name, rate / PUBLISHED, 1.0, True, detail)])


if __name__ == "__main__":
    sys.exit(main())
