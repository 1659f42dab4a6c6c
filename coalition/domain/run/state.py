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


class OpenStep(Message):
    """A step that has begun and not ended: what is waited for, and until when."""

    step: str
    attempt: int
    verb: str
    place: str
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


class StuckStep(Message):
    """A failed step that waits for a human's decision."""

    step: str
    attempt: int
    place: str
    sentence: str
    error: str
    since: Utc


class Run(Message):
    """Everything `decide` needs to know. `open`, `stuck` and `heard` are keyed `step:attempt`."""

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
    ready: tuple[str, ...] = ()  # places to go on at, after a yield

    @property
    def over(self) -> bool:
        """Nothing will happen in it any more."""
        return self.status in ("completed", "stopped", "cancelled")


def key(step: str, attempt: int) -> str:
    """How a (step, attempt) is written in the state."""
    return f"{step}:{attempt}"
