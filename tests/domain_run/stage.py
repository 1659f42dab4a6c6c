"""A run told by commands: decided, recorded, folded, and restarted from its bytes every time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, TypeVar

from coalition.domain.messages import (
    GENESIS,
    SYSTEM,
    Actor,
    Command,
    Event,
    Record,
    canonical,
    digest,
)
from coalition.domain.playbook import Playbook
from coalition.domain.run import commands as c
from coalition.domain.run.apply import apply
from coalition.domain.run.decide import decide
from coalition.domain.run.events import StepEnded, StepStarted
from coalition.domain.run.state import Run
from coalition.domain.run.timers import timers
from coalition.domain.world import World
from tests.domain.cast import COALITION, NOW, NUMBER, person

RUN = f"{NUMBER}-r1"
FACTS: dict[str, Any] = {
    "incident": NUMBER,
    "title": "Banks under fire",
    "severity": "S2",
    "kind": "ddos",
    "tlp": "TLP:GREEN",
    "status": "open",
    "member": "ee",
    "lead": "ee-op",
    "affected": ["ee"],
    "participants": ["ee", "lv", "lt"],
}
E = TypeVar("E", bound=Event)


def playbook(*steps: dict[str, Any], **header: Any) -> Playbook:
    """A playbook of these steps, with roles `partners` and `lead`."""
    roles = {
        "partners": {"group": "Partner CERTs", "members": "participants"},
        "lead": {"individual": "Lead", "holds": "lead"},
    }
    raw = {"playbook": "try", "title": "Try", "tlp": "clear", "roles": roles, **header}
    return Playbook.model_validate({**raw, "steps": list(steps)})


def notify(id: str = "tell", **fields: Any) -> dict[str, Any]:
    return {"id": id, "do": "notify", "to": "partners", "text": "Look out", **fields}


def wait_acks(id: str = "acks", of: str = "tell", **fields: Any) -> dict[str, Any]:
    return {"id": id, "do": "wait_for_acks", "of": of, "within": "30m", **fields}


def mark(id: str, value: Any = "x", name: str = "") -> dict[str, Any]:
    return {"id": id, "do": "set", "values": {name or f"v_{id}": value}}


class RunStory:
    """One run. Every command meets a state that was read back from JSON, as after a restart."""

    def __init__(self, playbook: Playbook, at: datetime = NOW) -> None:
        self.playbook = playbook
        self.world = World(COALITION, playbook)
        self.at = at
        self.state: Run | None = None
        self.records: list[Record] = []
        self.events: list[Event] = []
        self._commands = 0

    @property
    def now(self) -> Run:
        assert self.state is not None
        return self.state

    def start(self, actor: Actor | None = None, **fields: Any) -> RunStory:
        about: dict[str, Any] = {"incident": NUMBER, "playbook": self.playbook.content_hash}
        self.tell(c.StartRun, actor or person("ee-op"), **{"name": "try", "facts": FACTS, **about,
                                                         **fields})  # fmt: skip
        return self

    def wait(self, **by: float) -> RunStory:
        self.at += timedelta(**by)
        return self

    def tell(
        self, command: type[Command], actor: Actor | str | None = None, **fields: Any
    ) -> list[Event]:
        """Carry out one command; `actor` may be a delegate's id, and is Tocsin by default."""
        who = person(actor) if isinstance(actor, str) else actor or SYSTEM
        self._commands += 1
        about = {"id": f"c{self._commands}", "at": self.at, "actor": who, "run": RUN}
        asked = command.model_validate({**about, **fields})
        before = None if self.state is None else self.state.model_dump_json()
        state = None if before is None else Run.model_validate_json(before)
        events = decide(state, asked, self.world)
        assert state is None or state.model_dump_json() == before, "deciding changed the state"
        for event in events:
            record = self._record(asked, event)
            self.records.append(record)
            self.events.append(event)
            stored = Record.model_validate_json(record.to_bytes())
            self.state = apply(self.state, stored, stored.event())
        return events

    def _record(self, command: Command, event: Event) -> Record:
        prev = digest(self.records[-1].to_bytes()) if self.records else GENESIS
        return Record(
            aggregate="run",
            id=RUN,
            version=len(self.records) + 1,
            at=command.at,
            actor=command.actor,
            cause=command.id,
            type=type(event).__name__,
            data=event.model_dump(mode="json"),
            prev=prev,
        )

    def report(self, step: str, *, ok: bool = True, attempt: int = 1, **output: Any) -> list[Event]:
        error = output.pop("error", "")
        about: dict[str, Any] = {"step": step, "attempt": attempt, "ok": ok}
        return self.tell(c.ReportStep, **about, output=output, error=error)

    def told(self, step: str = "tell", *members: str, notice: int = 1) -> list[Event]:
        return self.report(step, notice=notice, told=list(members or ("lv", "lt")), refused=[])

    def answers(self, step: str = "tell", attempt: int = 1, **answers: str) -> list[Event]:
        data = {"step": step, "attempt": attempt, "answers": answers}
        return self.tell(c.SignalRun, topic="notice", data=data)

    def reply(
        self, step: str, actor: str = "ee-op", attempt: int = 1, **values: Any
    ) -> list[Event]:
        return self.tell(c.AnswerStep, actor, step=step, attempt=attempt, values=values)

    def ring(self, timer: str) -> list[Event]:
        return self.tell(c.PassRunTimer, timer=timer)

    def timers(self) -> dict[str, datetime]:
        return timers(self.now)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def outcomes(self) -> list[str]:
        """`step outcome` of everything that has ended, in order."""
        return [f"{event.step} {event.outcome}" for event in self.of(StepEnded)]


def replayed(records: list[Record]) -> Run:
    """The run as its stored bytes tell it, from the beginning."""
    state: Run | None = None
    for record in records:
        again = Record.model_validate_json(record.to_bytes())
        state = apply(state, again, again.event())
    assert state is not None
    return state


def check_log(story: RunStory) -> None:
    """What holds for every run at every time."""
    started = Counter((event.step, event.attempt) for event in story.of(StepStarted))
    ended = Counter((event.step, event.attempt) for event in story.of(StepEnded))
    assert set(started.values()) <= {1}, "an attempt started twice"
    assert set(ended.values()) <= {1}, "two outcomes for one attempt"
    assert ended.keys() <= started.keys(), "an end without a start"
    still_open = {(step.step, step.attempt) for step in story.now.open.values()}
    assert started.keys() - ended.keys() == still_open, "a start without an end"
    assert replayed(story.records).model_dump_json() == story.now.model_dump_json()
    assert canonical(story.records[-1].model_dump(mode="json")) == story.records[-1].to_bytes()
    if story.now.over:
        assert not story.now.open
        assert not story.now.stuck
        assert not story.now.ready
        assert not story.now.delayed
        assert not story.now.rounds
        assert not story.timers()
