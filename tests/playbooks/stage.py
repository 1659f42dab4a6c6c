"""The whole application but Slack and the partners: relay, drains, timers, on either store."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from coalition.adapters.memory import ManualClock
from coalition.adapters.redis_log import SystemClock
from coalition.application.ports import Clock
from coalition.bootstrap import Tocsin, assemble_memory, over_redis
from coalition.domain.incident.commands import OpenIncident
from coalition.domain.incident.state import Incident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.settings import load_settings
from tests.domain.cast import COALITION, NOW, NUMBER, person
from tests.domain_run.stage import RUN
from workers import commands, runs, steps
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay


async def _seen_to(ctx: Any, claim: Any) -> dict[str, Any]:
    return {}


HANDLERS: dict[str, Any] = {
    "command": commands.handle,
    "run.start": runs.start,
    "run.tell": runs.tell,
    "step.perform": steps.handle,
    **dict.fromkeys(("room.open", "room.headline", "room.post", "notice.send"), _seen_to),
}


class Hall:
    """An incident of Estonia's in a running house. `settle` lets everything happen that is due."""

    def __init__(self, folder: Path, redis: Any = None) -> None:
        self.clock: Clock = SystemClock() if redis is not None else ManualClock(NOW)
        settings = load_settings(data_dir=folder, playbooks=folder)
        self.tocsin: Tocsin = (
            assemble_memory(COALITION, self.clock, settings)
            if redis is None
            else over_redis(settings, COALITION, redis, self.clock)
        )
        self.relay = Relay(self.tocsin, NoQueue(), threading.Event())
        self.tocsin.outbox.read("relay", 1, 1)
        self._count = 0
        about = {"severity": Severity("S2"), "tlp": Tlp.GREEN, "kind": "ddos"}
        self.tell(OpenIncident, "ee-op", incident=NUMBER, title="Flood", invite=("lv",), **about)

    def tell(self, command: type[Command], actor: Actor | str = SYSTEM, **fields: Any) -> None:
        who = person(actor) if isinstance(actor, str) else actor
        self._count += 1
        about = {"id": f"c{self._count}", "at": self.clock.now(), "actor": who}
        self.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))

    def start(self, playbook: Playbook, **inputs: Any) -> None:
        pins = self.tocsin.playbooks.pins(playbook)
        about = {"run": RUN, "incident": NUMBER, "playbook": self.tocsin.playbooks.pin(playbook)}
        facts = facts_of(self.incident)
        self.tell(StartRun, "ee-op", **about, name="try", facts=facts, pins=pins, inputs=inputs)

    def settle(self, **drain: Any) -> None:
        """Until nothing is left to do now."""
        for _ in range(2000):
            self.tocsin.timers.fire(200)
            entries = self.tocsin.outbox.read("relay", 200, 1)
            self.relay.see_to(entries)
            done = asyncio.run(Drain(self.tocsin, HANDLERS, linger=0, **drain).run())
            due = self.tocsin.ledger.next_due()
            if not entries and not done:
                if due is None or isinstance(self.clock, ManualClock):
                    return
                self.tocsin.ledger.wait(100)
        raise AssertionError("it never settles")

    def pass_time(self, **by: float) -> None:
        assert isinstance(self.clock, ManualClock)
        self.clock.time += timedelta(**by)
        self.settle()

    @property
    def incident(self) -> Incident:
        found: Incident = self.tocsin.dispatcher.read("incident", NUMBER)
        return found

    def run(self, id: str = RUN) -> Run:
        found: Run = self.tocsin.dispatcher.read("run", id)
        return found

    def ends(self, id: str = RUN) -> Counter[tuple[str, int, str]]:
        """How often each (step, attempt) has ended, and how."""
        records = (record for record, _ in self.tocsin.log.records("run", id))
        return Counter(_end(one.data) for one in records if one.type == "StepEnded")

    def started(self, id: str = RUN) -> Iterator[tuple[str, int]]:
        for record, _ in self.tocsin.log.records("run", id):
            if record.type == "StepStarted":
                yield record.data["step"], record.data["attempt"]


def _end(data: dict[str, Any]) -> tuple[str, int, str]:
    return data["step"], data["attempt"], data["outcome"]
