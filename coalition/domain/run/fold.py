"""How events change a run: one way, used by `apply` and by `decide` while it goes on.

A run folds many events in one decision, so folding works on a `Draft` that is thawed once and
touched in place; nothing is validated or copied per event.
"""

# ruff: noqa: ARG001
# Every entry of the table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from coalition.domain.messages import Actor, Event
from coalition.domain.run import events as e
from coalition.domain.run.state import OpenStep, Run, RunStatus, StepState, StuckStep, key


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

    @property
    def over(self) -> bool:
        """As `Run.over`."""
        return self.status in ("completed", "stopped", "cancelled")


_FIELDS = tuple(Run.model_fields)
_COPIED = ("variables", "steps", "open", "stuck", "heard")


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
    )


def fold(draft: Draft, event: Event, at: datetime, actor: Actor) -> None:
    """Change the draft as the event says."""
    _FOLDS[type(event)](draft, event, at, actor)


Changed = TypeVar("Changed", OpenStep, StepState)


def _with(value: Changed, **changes: Any) -> Changed:
    # model_copy without its checks of what is set; five times as fast.
    return type(value).model_construct(**{**value.__dict__, **changes})


def _step_started(draft: Draft, event: e.StepStarted, at: datetime, actor: Actor) -> None:
    draft.steps[event.step] = StepState.model_construct(
        verb=event.verb, sentence=event.sentence, attempt=event.attempt, started_at=at
    )
    draft.open[key(event.step, event.attempt)] = OpenStep.model_construct(
        step=event.step,
        attempt=event.attempt,
        verb=event.verb,
        place=event.place,
        sentence=event.sentence,
        outside=event.outside,
        request=event.request,
        started_at=at,
        due=event.due,
        remind_every_seconds=event.remind_every_seconds,
        remind_at=event.remind_at,
    )
    draft.ready = ()


def _step_performed(draft: Draft, event: e.StepPerformed, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    draft.open[name] = _with(draft.open[name], performed=True, output=event.output)


def _step_progressed(draft: Draft, event: e.StepProgressed, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    opened = draft.open[name]
    said = {**opened.said, event.by: event.said} if event.by else opened.said
    output = {**opened.output, **event.output}
    changes = {"said": said, "output": output, "due": event.due, "remind_at": event.remind_at}
    draft.open[name] = _with(opened, **changes)


def _reminder_due(draft: Draft, event: e.ReminderDue, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    draft.open[name] = _with(draft.open[name], reminders=event.number, remind_at=event.remind_at)


def _step_ended(draft: Draft, event: e.StepEnded, at: datetime, actor: Actor) -> None:
    draft.open.pop(key(event.step, event.attempt))
    draft.variables.update(event.variables)
    state = draft.steps[event.step]
    if state.attempt == event.attempt:
        draft.steps[event.step] = _with(
            state,
            outcome=event.outcome,
            ended_at=at,
            output=event.output,
            error=event.error,
            by=str(event.output.get("answered_by") or event.output.get("done_by") or ""),
        )


def _step_stuck(draft: Draft, event: e.StepNeedsDecision, at: datetime, actor: Actor) -> None:
    draft.stuck[key(event.step, event.attempt)] = StuckStep(
        step=event.step,
        attempt=event.attempt,
        place=event.place,
        sentence=event.sentence,
        error=event.error,
        since=at,
    )
    draft.status = "needs_decision"


def _step_resolved(draft: Draft, event: e.StepResolved, at: datetime, actor: Actor) -> None:
    draft.stuck.pop(key(event.step, event.attempt))
    if not draft.stuck:
        draft.status = "running"
    if event.decision == "skip":
        draft.variables.update(event.variables)
        draft.steps[event.step] = _with(
            draft.steps[event.step], outcome="skipped", output=event.output, by=actor.label
        )


def _answers_heard(draft: Draft, event: e.AnswersHeard, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    draft.heard[name] = {**draft.heard.get(name, {}), **event.answers}


def _facts_changed(draft: Draft, event: e.FactsChanged, at: datetime, actor: Actor) -> None:
    draft.facts = {**draft.facts, **event.facts}


def _run_yielded(draft: Draft, event: e.RunYielded, at: datetime, actor: Actor) -> None:
    draft.ready = event.places


def _run_ended(draft: Draft, event: e.RunEnded, at: datetime, actor: Actor) -> None:
    _over(draft, event.outcome, event.reason, at)


def _run_cancelled(draft: Draft, event: e.RunCancelled, at: datetime, actor: Actor) -> None:
    _over(draft, "cancelled", event.reason, at)


def _over(draft: Draft, status: RunStatus, reason: str, at: datetime) -> None:
    draft.status, draft.reason, draft.ended_at = status, reason, at
    draft.stuck.clear()
    draft.ready = ()


def _unchanged(draft: Draft, event: Event, at: datetime, actor: Actor) -> None:
    """Say something to people; the state knows it already."""


_FOLDS: dict[type[Event], Callable[[Draft, Any, datetime, Actor], None]] = {
    e.StepStarted: _step_started,
    e.StepPerformed: _step_performed,
    e.StepProgressed: _step_progressed,
    e.QuestionAsked: _unchanged,
    e.ReminderDue: _reminder_due,
    e.StepEnded: _step_ended,
    e.StepNeedsDecision: _step_stuck,
    e.StepResolved: _step_resolved,
    e.AnswersHeard: _answers_heard,
    e.FactsChanged: _facts_changed,
    e.RunYielded: _run_yielded,
    e.RunEnded: _run_ended,
    e.RunCancelled: _run_cancelled,
}
