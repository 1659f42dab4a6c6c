"""A run that may be changed, while one decision is made or one event folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coalition.domain.messages import Actor
from coalition.domain.run import events as e
from coalition.domain.run.state import (
    DelayedStep,
    OpenStep,
    Parent,
    Round,
    Run,
    RunStatus,
    StepState,
    StuckStep,
)


@dataclass(slots=True)
class Draft:
    """A run that may be changed. The values inside its mappings may not."""

    run: str
    incident: str
    playbook: str
    name: str
    title: str
    started_by: Actor
    started_at: datetime
    inputs: dict[str, Any]
    facts: dict[str, Any]
    status: RunStatus = "running"
    ended_at: datetime | None = None
    reason: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)
    open: dict[str, OpenStep] = field(default_factory=dict)
    stuck: dict[str, StuckStep] = field(default_factory=dict)
    heard: dict[str, dict[str, str]] = field(default_factory=dict)
    ready: tuple[str, ...] = ()
    delayed: dict[str, DelayedStep] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    jumps: int = 0
    parent: Parent | None = None
    pins: dict[str, str] = field(default_factory=dict)

    def around(self, scope: str) -> Iterator[Round]:
        """The rounds that a scope stands in, from inside out."""
        while scope:
            found = self.rounds[scope]
            yield found
            scope = found.parent

    def home(self, scope: str) -> str:
        """Where what is set in a scope is kept: the nearest round of its own, or the run ("")."""
        while scope and not self.rounds[scope].own:
            scope = self.rounds[scope].parent
        return scope

    def step_of(self, step: str, scope: str) -> StepState | None:
        """The last attempt of a step, as seen from a scope."""
        for one in self.around(scope):
            if step in one.steps:
                return one.steps[step]
        return self.steps.get(step)

    @property
    def over(self) -> bool:
        """As `Run.over`."""
        return self.status in ("completed", "stopped", "cancelled")


_FIELDS = tuple(Run.model_fields)
_COPIED = (
    "variables",
    "steps",
    "open",
    "stuck",
    "heard",
    "delayed",
    "rounds",
    "attempts",
)


def thaw(run: Run) -> Draft:
    """A draft of the run; the run itself stays as it is."""
    draft = Draft(**{name: getattr(run, name) for name in _FIELDS})
    for name in _COPIED:
        setattr(draft, name, dict(getattr(draft, name)))
    return draft


def freeze(draft: Draft) -> Run:
    """The run that the draft has become; the draft must not be used any more."""
    return Run.model_construct(**{name: getattr(draft, name) for name in _FIELDS})


def started(event: e.RunStarted, at: datetime, actor: Actor) -> Draft:
    """The draft that a run begins with."""
    return Draft(
        run=event.run,
        incident=event.incident,
        playbook=event.playbook,
        name=event.name,
        title=event.title,
        started_by=actor,
        started_at=at,
        inputs=event.inputs,
        facts=event.facts,
        parent=event.parent,
        pins=event.pins,
    )
