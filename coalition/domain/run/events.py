"""What can have happened to a run.

A step is known by (step, attempt): attempts count up whenever the step starts again, be it a
retry or another round of a loop, so that pair is unique within the run. Every StepStarted is
followed by exactly one StepEnded of the same pair.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coalition.domain.messages import Event, Utc
from coalition.domain.playbook.behaviour import Outcome
from coalition.domain.run.state import Parent


class RunStarted(Event):
    """Pinned to the playbook of that content hash."""

    run: str
    incident: str
    playbook: str
    name: str
    title: str
    inputs: dict[str, Any]
    facts: dict[str, Any]
    parent: Parent | None = None
    pins: dict[str, str] = Field(default_factory=dict)


class StepStarted(Event):
    """`outside`: a worker must perform it. `request` holds all it needs, names replaced."""

    step: str
    attempt: int
    verb: str
    place: str
    sentence: str
    outside: bool
    request: dict[str, Any]
    due: Utc | None
    remind_every_seconds: float | None
    remind_at: Utc | None
    scope: str = ""
    tries: int = 0


class StepDelayed(Event):
    """The step will begin at `due` with this attempt: it says `after`, or is tried again."""

    step: str
    attempt: int
    verb: str
    place: str
    scope: str
    sentence: str
    due: Utc
    tries: int
    error: str


class RoundStarted(Event):
    """A branch of a parallel or a round of a loop begins; `number` counts from 0."""

    step: str
    attempt: int
    number: int
    own: bool
    values: dict[str, Any]


class RoundEnded(Event):
    """It has come to its end, or was left."""

    step: str
    attempt: int
    number: int


class StepPerformed(Event):
    """The worker has done its part and the step goes on: it waits for people."""

    step: str
    attempt: int
    verb: str
    output: dict[str, Any]


class StepProgressed(Event):
    """The step goes on: somebody of several has answered, or part of it is done.

    `note` says it in a sentence; `said` is what `by` (a delegate, or empty) has answered.
    """

    step: str
    attempt: int
    verb: str
    note: str
    by: str
    said: dict[str, Any]
    output: dict[str, Any]
    due: Utc | None
    remind_at: Utc | None = None
    alarm: bool = False


class QuestionAsked(Event):
    """To be shown with a button: who may answer, what, and by when. `form` by variable.

    An approval has `need`, how many people must approve, and `not_by`, who may not.
    """

    step: str
    attempt: int
    people: tuple[str, ...]  # delegates; empty: any operator
    text: str
    form: dict[str, dict[str, Any]]
    due: Utc | None
    need: int = 0
    not_by: tuple[str, ...] = ()


class ReminderDue(Event):
    """Those silent on `notice` are to be reminded; without a notice, the `people` of the step.

    `number` counts from 1 within the attempt.
    """

    step: str
    attempt: int
    number: int
    notice: int
    remind_at: Utc | None  # the next one
    people: tuple[str, ...] = ()
    text: str = ""
    due: Utc | None = None


class StepEnded(Event):
    """`branch` is the one that follows, if any. `variables` are set from here on."""

    step: str
    attempt: int
    verb: str
    outcome: Outcome
    output: dict[str, Any]
    variables: dict[str, Any]
    branch: str | None
    error: str


class StepNeedsDecision(Event):
    """The step failed and the playbook does not say what then: a human must. An alarm."""

    step: str
    attempt: int
    place: str
    sentence: str
    error: str
    scope: str = ""


class StepResolved(Event):
    """The human's word. After `skip` the step's outputs and variables have their defaults."""

    step: str
    attempt: int
    decision: Literal["retry", "skip", "stop"]
    reason: str
    output: dict[str, Any]
    variables: dict[str, Any]


class AnswersHeard(Event):
    """Members have answered the notice of a step; `answers` are those not known before."""

    step: str
    attempt: int
    answers: dict[str, str]


class FactsChanged(Event):
    """What is new about the incident."""

    facts: dict[str, Any]


class RunYielded(Event):
    """Much was done at once; `AdvanceRun` goes on at `places` (`place@scope`)."""

    places: tuple[str, ...]


class RunEnded(Event):
    """`completed`: nothing was left to do. `stopped`: a human or a `stop` step decided so."""

    outcome: Literal["completed", "stopped"]
    reason: str


class RunCancelled(Event):
    """`unfinished` steps had begun; what they had sent stays sent."""

    reason: str
    unfinished: tuple[str, ...]
