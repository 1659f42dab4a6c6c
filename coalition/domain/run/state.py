"""A run's state: bounded by the playbook and the members, never by the length of its log."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coalition.domain.messages import Actor, Message, Utc
from coalition.domain.playbook.behaviour import Outcome

RunStatus = Literal["running", "needs_decision", "completed", "stopped", "cancelled"]


class StepState(Message):
    """The last attempt of a step. `outcome` is None while it goes on."""

    verb: str
    sentence: str
    attempt: int
    outcome: Outcome | None = None
    started_at: Utc
    ended_at: Utc | None = None
    output: dict[str, Any] = Field(default_factory=dict)
    error: str = ""
    by: str = ""  # who answered or decided, where a person did
    scope: str = ""  # the round it stands in, see `Round`


class OpenStep(Message):
    """A step that has begun and not ended: what is waited for, and until when."""

    step: str
    attempt: int
    verb: str
    place: str
    scope: str = ""
    sentence: str
    outside: bool
    request: dict[str, Any]
    started_at: Utc
    performed: bool = False
    output: dict[str, Any] = Field(default_factory=dict)
    said: dict[str, dict[str, Any]] = Field(default_factory=dict)  # answers by delegate
    due: Utc | None = None
    remind_every_seconds: float | None = None
    remind_at: Utc | None = None
    reminders: int = 0
    tries: int = 0  # how often it has failed and been tried again
    rounds: int = 0  # of a loop or a parallel: those that have not ended
    begun: int = 0  # and those that have begun


class DelayedStep(Message):
    """A step that begins at `due`, with that attempt: told to wait, or to be tried again."""

    step: str
    attempt: int
    verb: str
    place: str
    scope: str
    sentence: str
    due: Utc
    tries: int
    error: str  # why it failed before, if it did


class StuckStep(Message):
    """A failed step that waits for a human's decision."""

    step: str
    attempt: int
    place: str
    scope: str = ""
    sentence: str
    error: str
    since: Utc


class Round(Message):
    """A branch of a parallel or a round of a loop that has not ended; its key is its scope.

    `values` are those of the loop, and where `own`, whatever is set in the round. `steps` are the
    last attempts of the steps in it, where `own`: rounds side by side must not see each other's.
    """

    step: str
    attempt: int
    number: int  # from 0
    parent: str  # the scope that the loop itself stands in
    own: bool
    values: dict[str, Any] = Field(default_factory=dict)
    steps: dict[str, StepState] = Field(default_factory=dict)


class Parent(Message):
    """The step of another run that waits for this one."""

    run: str
    step: str
    attempt: int


class Run(Message):
    """Everything `decide` needs to know.

    `open`, `stuck`, `delayed` and `heard` are keyed `step:attempt`, `rounds` by
    `step:attempt:number`. `attempts` is the last number given to each step.
    """

    run: str
    incident: str
    playbook: str  # content hash
    name: str
    title: str
    status: RunStatus = "running"
    started_by: Actor
    started_at: Utc
    ended_at: Utc | None = None
    reason: str = ""
    inputs: dict[str, Any]
    facts: dict[str, Any]
    variables: dict[str, Any] = Field(default_factory=dict)
    steps: dict[str, StepState] = Field(default_factory=dict)
    open: dict[str, OpenStep] = Field(default_factory=dict)
    stuck: dict[str, StuckStep] = Field(default_factory=dict)
    heard: dict[str, dict[str, str]] = Field(default_factory=dict)
    ready: tuple[str, ...] = ()  # `place@scope` to go on at, after a yield
    delayed: dict[str, DelayedStep] = Field(default_factory=dict)
    rounds: dict[str, Round] = Field(default_factory=dict)
    attempts: dict[str, int] = Field(default_factory=dict)
    jumps: int = 0  # gotos taken since a human last decided
    parent: Parent | None = None
    pins: dict[str, str] = Field(default_factory=dict)  # playbooks it may run: name -> hash

    @property
    def over(self) -> bool:
        """Nothing will happen in it any more."""
        return self.status in ("completed", "stopped", "cancelled")


def scope_of(step: str, attempt: int, number: int) -> str:
    """How a round is written in the state."""
    return f"{step}:{attempt}:{number}"


def key(step: str, attempt: int) -> str:
    """How a (step, attempt) is written in the state."""
    return f"{step}:{attempt}"
