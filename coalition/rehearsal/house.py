"""The house in miniature: the real rules and policies over plain memory, one thing after another.

What would leave the house does not: a sending is delivered or fails as the world says, rooms and
posts are left out. Order is that of the real ledger: by due time, then by the effect's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from coalition.application.aggregates import AGGREGATES, PASS_TIMER
from coalition.application.policies import react
from coalition.application.ports import Effect
from coalition.application.wanted import command_effect
from coalition.domain.errors import NotFound, PermanentError, UserError
from coalition.domain.incident.commands import RecordReceipts
from coalition.domain.messages import GENESIS, SYSTEM, Command, Record
from coalition.domain.pool.seeding import current
from coalition.domain.receipts import Receipt
from coalition.domain.run.commands import ReportStep, SignalRun, StartRun
from coalition.domain.run.state import OpenStep, Run, key
from coalition.domain.world import World
from coalition.rehearsal.aiding import AIDING
from coalition.rehearsal.desk import Performed, news
from coalition.rehearsal.performing import perform

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.clocks.model import Clock
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.domain.pool.state import Pool

MOST_RECORDS = 20_000
"""A rehearsal that makes more is cut off: a loop nobody ends."""


class Outside(Protocol):
    """What the world does to what leaves the house."""

    def delivered(self, member: str) -> bool:
        """Whether a sending reaches this member now."""
        ...

    def performed(self, run: Run, step: OpenStep) -> Performed | None:
        """What becomes of performing a step, where the world decides that; else None."""
        ...


@dataclass
class House:
    """Aggregates in memory; `execute` changes them, `settle` lets follow what follows."""

    coalition: Coalition
    playbook: Playbook
    outside: Outside
    at: datetime
    clocks: tuple[Clock, ...] = ()
    library: Mapping[str, Playbook] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    states: dict[tuple[str, str], Any] = field(default_factory=dict)
    refused: list[tuple[datetime, Command, str]] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)
    _wanted: dict[str, Effect] = field(default_factory=dict)
    _planned: set[str] = field(default_factory=set)
    _rung: set[tuple[datetime, str, str, str]] = field(default_factory=set)
    _versions: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: int = 0

    def __post_init__(self) -> None:
        every = (self.playbook, *self.library.values())
        self._pinned = {one.content_hash: one for one in every}

    # ------------------------------------------------------------------ what policies may read

    def incident(self, id: str) -> Incident:
        """The incident's state; raises `NotFound`."""
        found: Incident = self._state("incident", id)
        return found

    def run(self, id: str) -> Run:
        """The run's state; raises `NotFound`."""
        found: Run = self._state("run", id)
        return found

    def aid(self, id: str) -> Aid:
        """The state of a request for aid; raises `NotFound`."""
        found: Aid = self._state("aid", id)
        return found

    def aids_of(self, incident: str) -> list[Aid]:
        """The requests for aid of an incident."""
        aids = [aid for (kind, _), aid in self.states.items() if kind == "aid"]
        return [aid for aid in aids if aid.incident == incident]

    def runs_of(self, incident: str) -> list[tuple[str, Run]]:
        """The runs of an incident, with their ids."""
        runs = [(id, run) for (kind, id), run in self.states.items() if kind == "run"]
        return [(id, run) for id, run in runs if run.incident == incident]

    def playbooks(self) -> Mapping[str, Playbook]:
        """None start by themselves in a rehearsal; the one rehearsed has been started."""
        return {}

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """What was recorded of an aggregate as its version; raises `NotFound`."""
        for one in self.records:
            if (one.aggregate, one.id, one.version) == (aggregate, id, version):
                return one
        raise NotFound(f"There is no version {version} of {aggregate} {id}.")

    def playbook_of(self, run: Run) -> Playbook:
        """The playbook that a run is pinned to."""
        return self._pinned[run.playbook]

    def _state(self, aggregate: str, id: str) -> Any:
        try:
            return self.states[aggregate, id]
        except KeyError:
            raise NotFound(f"There is no {aggregate} {id}.") from None

    # ------------------------------------------------------------------------- what happens

    def execute(self, command: Command) -> None:
        """Carry out a command, once for its id. Raises `UserError` when it is refused."""
        if command.id in self._done:
            return
        kind = AGGREGATES[command.aggregate]
        where = (command.aggregate, command.target)
        events = kind.decide(self.states.get(where), command, self._world(where, command))
        self._done.add(command.id)
        for event in events:
            record = Record(
                aggregate=command.aggregate,
                id=command.target,
                version=self._next_version(where),
                at=command.at,
                actor=command.actor,
                cause=command.id,
                type=type(event).__name__,
                data=event.model_dump(mode="json"),
                prev=GENESIS,  # nothing here is kept, so nothing is chained
            )
            stored = Record.model_validate_json(record.to_bytes())  # as a replay will read it
            self.records.append(stored)
            self.states[where] = kind.apply(self.states.get(where), stored, stored.event())

    def _world(self, where: tuple[str, str], command: Command) -> World:
        """What the dispatcher lets a decision look at."""
        about = self.states.get(where, command)
        if isinstance(about, StartRun | Run):
            return World(self.coalition, self._pinned.get(about.playbook))
        incident = self.states.get(("incident", getattr(about, "incident", "")))
        return World(self.coalition, incident=incident, pool=self._pool)

    def _pool(self, member: str) -> Pool:
        return current(self.states.get(("pool", member)), member, self.coalition, self.at)

    def _next_version(self, where: tuple[str, str]) -> int:
        self._versions[where] += 1
        return self._versions[where]

    def attempt(self, command: Command) -> None:
        """Carry out a command of the world's; a refusal is noted, as a person would be told."""
        try:
            self.execute(command)
        except UserError as error:
            self.refused.append((self.at, command, str(error)))

    def settle(self) -> None:
        """Let everything follow that follows at this instant."""
        self._plan()
        while self._wanted and len(self.records) <= MOST_RECORDS:
            effect = min(self._wanted.values(), key=lambda one: (one.due or self.at, one.id))
            del self._wanted[effect.id]
            self._carry_out(effect)
            self._plan()

    def timers(self) -> Iterator[tuple[datetime, str, str, str]]:
        """Every open wait that has not rung: (due, aggregate, id, name)."""
        for (aggregate, id), state in self.states.items():
            for name, due in AGGREGATES[aggregate].timers(state).items():
                if (due, aggregate, id, name) not in self._rung:
                    yield due, aggregate, id, name

    def ring(self) -> None:
        """Fire every timer that is due."""
        for due, aggregate, id, name in sorted(self.timers()):
            if due <= self.at:
                self._rung.add((due, aggregate, id, name))
                effect = f"timer-{aggregate}-{id}-{name}-{int(due.timestamp() * 1000)}"
                named = {"timer": name, aggregate: id}
                self._want(command_effect(effect, PASS_TIMER[aggregate], **named))

    # ------------------------------------------------------------------------ what follows

    def _plan(self) -> None:
        while self._seen < len(self.records):
            record = self.records[self._seen]
            self._seen += 1
            for effect in react(record, self):
                self._want(effect)

    def _want(self, effect: Effect) -> None:
        if effect.kind in _FOLLOWS and effect.id not in self._planned:
            self._planned.add(effect.id)
            self._wanted[effect.id] = effect

    def _carry_out(self, effect: Effect) -> None:
        _FOLLOWS[effect.kind](self, effect)

    def carry_command(self, effect: Effect) -> None:
        """Carry out a command that a policy wants."""
        data = {**effect.payload["data"], "id": effect.id, "at": self.at}
        self._quietly(Command.registry[effect.payload["type"]].model_validate(data))

    def carry_aid(self, effect: Effect) -> None:
        """Carry out the command that an effect of mutual aid comes to."""
        self._quietly(AIDING[effect.kind](self, effect))

    def tell_run(self, effect: Effect) -> None:
        """Tell a run what has happened to its incident, or how a run that it waits for ended."""
        topic, data = news(self, effect.payload)
        about = {"id": effect.id, "at": self.at, "actor": SYSTEM, "run": effect.payload["run"]}
        self._quietly(SignalRun(**about, topic=topic, data=data))

    def deliver(self, effect: Effect) -> None:
        """Say what becomes of a sending."""
        known = {name: effect.payload[name] for name in ("notice", "member", "attempt", "channel")}
        stage = "delivered" if self.outside.delivered(known["member"]) else "failed"
        receipt = Receipt.model_validate(
            {**known, "stage": stage, "at": self.at, "effect": effect.id}
        )
        about = {"id": f"receipt-{effect.id}", "at": self.at, "actor": SYSTEM}
        self._quietly(
            RecordReceipts(**about, incident=effect.payload["incident"], receipts=(receipt,))
        )

    def perform_step(self, effect: Effect) -> None:
        """Do a step's part and report to the run."""
        run = self.run(effect.payload["run"])
        step = run.open.get(key(effect.payload["step"], effect.payload["attempt"]))
        if step is None or step.performed:
            return
        try:
            done = self.outside.performed(run, step) or perform(self, run, step)
        except (UserError, PermanentError) as error:
            fallback = f" {error.fallback}" if isinstance(error, PermanentError) else ""
            done = Performed(ok=False, error=f"{error}{fallback}".strip())
        self._quietly(
            ReportStep(
                id=f"{run.run}:{step.step}:{step.attempt}:report",
                at=self.at,
                actor=SYSTEM,
                run=run.run,
                step=step.step,
                attempt=step.attempt,
                ok=done.ok,
                output=dict(done.output),
                error=done.error,
            )
        )

    def _quietly(self, command: Command) -> None:
        """As a worker does: what is refused because the world has moved on is no fault."""
        try:
            self.execute(command)
        except UserError:
            self._done.add(command.id)


_FOLLOWS = {
    **dict.fromkeys(AIDING, House.carry_aid),
    "command": House.carry_command,
    "run.tell": House.tell_run,
    "notice.send": House.deliver,
    "step.perform": House.perform_step,
}
