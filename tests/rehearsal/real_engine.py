"""The real engine in memory, driven through the same story that a rehearsal plays.

Dispatcher, event log, outbox, relay, policies, ledger and the workers' handlers are the real
ones; only what would leave the machine is answered by the rehearsal's people.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from coalition.adapters.memory_store import ManualClock
from coalition.application.ports import Claim, Outcome
from coalition.bootstrap import assemble_memory
from coalition.domain.errors import PermanentError, TocsinError, UserError
from coalition.domain.members import Coalition
from coalition.domain.messages import Command, Record
from coalition.domain.playbook import Playbook
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.rehearsal.script import Script
from coalition.rehearsal.simulate import INCIDENT, NO_LIBRARY, RUN, START, Stage
from coalition.settings import load_settings
from workers.handlers import HANDLERS
from workers.relay import Relay
from workers.running import Running

if TYPE_CHECKING:
    from workers.context import WorkerContext
    from workers.queue import DrainQueue

ELSEWHERE = {"room.open", "room.headline", "room.post", "note.fetch"}


class NoQueue:
    """Nobody needs to be woken; the test drains by itself."""

    def ensure(self) -> None:
        """Do nothing."""


class RealEngine:
    """One incident and one run, from instant to instant."""

    def __init__(
        self, tmp_path: Path, playbook: Playbook, script: Script, coalition: Coalition,
        seed: int | None = None, library: Mapping[str, Playbook] = NO_LIBRARY,
    ) -> None:  # fmt: skip
        self.clock = ManualClock(START)
        (tmp_path / "playbooks").mkdir(exist_ok=True)  # empty: nothing starts by itself
        settings = load_settings(data_dir=tmp_path, playbooks=tmp_path / "playbooks")
        self.tocsin = assemble_memory(coalition, self.clock, settings)
        self.relay = Relay(self.tocsin, cast("DrainQueue", NoQueue()), threading.Event())
        self.stage = Stage(playbook, script, coalition, seed, library)
        self.until = START + script.until
        for one in (playbook, *library.values()):
            self.tocsin.playbooks.pin(one)
        self.store: Any = cast("Any", self.tocsin.log)._store

    def play(self) -> list[Record]:
        """The whole story; returns the records of the run and of those within it, each in order."""
        with asyncio.Runner() as runner:
            running = Running(self.tocsin)
            self._run = runner, running
            self._play()
            runner.run(running.close())
        runs = self.tocsin.log.ids("run")
        return [record for id in runs for record, _ in self.tocsin.log.records("run", id)]

    @property
    def run(self) -> Run:
        found: Run = self.tocsin.dispatcher.read("run", RUN)
        return found

    def _play(self) -> None:
        for command in self.stage.opening():
            self.tocsin.dispatcher.execute(command)
            self._settle()
        facts = facts_of(self.tocsin.dispatcher.read("incident", INCIDENT))
        self.tocsin.dispatcher.execute(self.stage.start(facts))
        self._settle()
        self.stage.expect(self.stage.happenings())
        while not self.run.over:
            waits = [due for (kind, *_), due in self.store.timers.items() if kind == "run"]
            moments = [*waits, *self.stage.next_act()]
            if not moments:
                return
            at = min([*moments, *self.store.timers.values()])
            at = max(at, self.clock.time)
            if at > self.until:
                return
            self.clock.time = at
            for act in self.stage.acts_until(at):
                self._attempt(act.command)
                self._settle()
            self.tocsin.timers.fire(1000)
            self._settle()

    def _attempt(self, command: Command) -> None:
        try:
            self.tocsin.dispatcher.execute(command)
        except UserError:
            return  # the person is told; the story goes on

    def _settle(self) -> None:
        self._relay()
        while claims := self.tocsin.ledger.claim("test", 1, 5_000):
            self._carry_out(claims[0])
            self._relay()

    def _relay(self) -> None:
        while entries := self.tocsin.outbox.read("test", 200, 0):
            self.relay.see_to(entries)
            for entry in entries:
                if entry.kind == "records":
                    self.stage.expect(self._seen(json.loads(entry.body)))

    def _seen(self, records: list[dict[str, Any]]) -> Iterator[Any]:
        for record in records:
            yield from self.stage.players.see(Record.model_validate(record))

    def _carry_out(self, claim: Claim) -> None:
        runner, running = self._run
        try:
            detail = runner.run(self._handle(claim, running))
            outcome = Outcome(claim, "done", detail, report=claim.kind == "notice.send")
        except TocsinError as error:
            said = {"error": str(error), "error_class": type(error).__name__}
            outcome = Outcome(claim, "failed", said)
        self.tocsin.ledger.finish("test", [outcome])

    async def _handle(self, claim: Claim, running: Running) -> dict[str, Any]:
        if claim.kind in ELSEWHERE:
            return {}
        if claim.kind == "notice.send":
            if not self.stage.players.delivered(claim.payload["member"]):
                raise PermanentError("out of reach", fallback="Phone.")
            known = {name: claim.payload[name] for name in ("notice", "member", "attempt")}
            return {**known, "channel": claim.payload["channel"], "stage": "delivered",
                    "at": self.clock.now().isoformat(), "evidence": {}}  # fmt: skip
        context = cast("WorkerContext", running.context(claim, "test"))
        return await HANDLERS[claim.kind](context, claim)
