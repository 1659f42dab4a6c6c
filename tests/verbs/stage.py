"""An incident of Estonia's in memory, a run in it, and hands to carry out what follows."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from coalition.application.ports import Claim
from coalition.bootstrap import assemble_memory
from coalition.domain.incident.commands import OpenIncident, RecordRoomStep
from coalition.domain.incident.state import Incident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import AnswerStep, CancelRun, PassRunTimer, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.domain.run.timers import timers
from coalition.settings import load_settings
from tests.domain.cast import COALITION, NOW, NUMBER, person
from tests.domain_run.stage import RUN
from workers import steps
from workers.drain import Drain
from workers.handlers import HANDLERS
from workers.relay import Relay
from workers.running import Running

OURS = ("command", "step.perform", "run.tell", "run.start", "aid.ask", "aid.booked", "aid.hear")


async def _elsewhere(ctx: Any, claim: Claim) -> dict[str, Any]:
    """Rooms and channels have tests of their own."""
    at = ctx.now().isoformat()
    return {"stage": "delivered", "at": at} if claim.kind == "notice.send" else {}


CARRIED_OUT = {kind: handler if kind in OURS else _elsewhere for kind, handler in HANDLERS.items()}


class HandClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class _NoQueue:
    def ensure(self) -> None:
        """The drain is run by hand."""


class House:
    """`start`, `settle`, `answer`, `ring`; and what has become of it."""

    def __init__(self, tmp_path: Path, coalition: Any = COALITION, **settings: Any) -> None:
        self.clock = HandClock()
        known = load_settings(data_dir=tmp_path, playbooks=tmp_path, **settings)
        self.tocsin = assemble_memory(coalition, self.clock, known)
        self._count = 0
        self.tell(
            OpenIncident,
            "ee-op",
            incident=NUMBER,
            title="Banks under fire",
            severity=Severity.S2,
            tlp=Tlp.GREEN,
            kind="ddos",
            invite=("lv", "lt"),
        )

    def tell(self, command: type[Command], actor: Actor | str = SYSTEM, **fields: Any) -> None:
        who = person(actor) if isinstance(actor, str) else actor
        self._count += 1
        about = {"id": f"c{self._count}", "at": self.clock.at, "actor": who}
        self.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))

    def room(self) -> None:
        about = {"incident": NUMBER, "step": "create", "state": "done", "channel": "C0ROOM"}
        self.tell(RecordRoomStep, **about)

    def start(self, playbook: Playbook, actor: Actor | str = "ee-op") -> House:
        pinned = self.tocsin.playbooks.pin(playbook)
        about = {"run": RUN, "incident": NUMBER, "playbook": pinned, "name": "try"}
        self.tell(StartRun, actor, **about, facts=facts_of(self.incident))
        return self

    def settle(self, rounds: int = 20) -> House:
        """Carry out what follows from what has happened, until nothing follows."""
        relay = Relay(self.tocsin, cast("Any", _NoQueue()), threading.Event())
        for _ in range(rounds):
            entries = self.tocsin.outbox.read("test", 500, 0)
            relay.see_to(entries)
            due = self.tocsin.ledger.next_due()
            if due is not None and due <= 0:
                asyncio.run(Drain(self.tocsin, CARRIED_OUT, linger=0.0).run())
            elif not entries:
                break
        return self

    def perform(self, step: str, attempt: int = 1) -> dict[str, Any]:
        """Perform one step as a worker does, without what follows."""
        payload = {"run": RUN, "step": step, "attempt": attempt}
        claim = Claim(f"step-{step}", "step.perform", payload, 1, in_doubt=False)

        async def once() -> dict[str, Any]:
            running = Running(self.tocsin)
            try:
                return await steps.handle(cast("Any", running.context(claim, "t")), claim)
            finally:
                await running.close()

        return asyncio.run(once())

    def answer(self, step: str, actor: Actor | str, attempt: int = 1, **values: Any) -> None:
        about = {"run": RUN, "step": step, "attempt": attempt, "values": values}
        self.tell(AnswerStep, actor, **about)

    def wait(self, **by: float) -> House:
        """Let time pass, and every timer of the run ring that is due then."""
        self.clock.at += timedelta(**by)
        for name, due in timers(self.run).items():
            if due <= self.clock.at:
                self.tell(PassRunTimer, run=RUN, timer=name)
        return self

    def cancel(self) -> None:
        self.tell(CancelRun, "ee-op", run=RUN, reason="enough")

    @property
    def incident(self) -> Incident:
        found: Incident = self.tocsin.dispatcher.read("incident", NUMBER)
        return found

    @property
    def run(self) -> Run:
        found: Run = self.tocsin.dispatcher.read("run", RUN)
        return found

    def outcome(self, step: str) -> str | None:
        return self.run.steps[step].outcome

    def stuck(self) -> str:
        (stuck,) = self.run.stuck.values()
        return stuck.error

    def types(self, aggregate: str = "incident", id: str = NUMBER) -> Counter[str]:
        records = self.tocsin.log.records(aggregate, id)
        return Counter(record.type for record, _ in records)
