"""How events change a run: one way, used by `apply` and by `decide` while it goes on.

A run folds many events in one decision, so folding works on a `Draft` and touches it in place;
nothing is validated or copied per event.
"""

# ruff: noqa: ARG001
# Every entry of the table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from coalition.domain.messages import Actor, Event
from coalition.domain.run import events as e
from coalition.domain.run.draft import Draft
from coalition.domain.run.state import (
    DelayedStep,
    OpenStep,
    Round,
    RunStatus,
    StepState,
    StuckStep,
    key,
    scope_of,
)


def fold(draft: Draft, event: Event, at: datetime, actor: Actor) -> None:
    """Change the draft as the event says."""
    _FOLDS[type(event)](draft, event, at, actor)


Changed = TypeVar("Changed", OpenStep, StepState, Round)


def _with(value: Changed, **changes: Any) -> Changed:
    # model_copy without its checks of what is set; five times as fast.
    return type(value).model_construct(**{**value.__dict__, **changes})


def _step_started(draft: Draft, event: e.StepStarted, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    draft.delayed.pop(name, None)
    _given_out(draft, event.step, event.attempt)
    _forget_answers(draft, event)
    state = StepState.model_construct(
        verb=event.verb,
        sentence=event.sentence,
        attempt=event.attempt,
        started_at=at,
        scope=event.scope,
    )
    draft.steps[event.step] = state
    _keep(draft, event.scope, {event.step: state}, {})
    draft.open[name] = OpenStep.model_construct(
        step=event.step,
        attempt=event.attempt,
        verb=event.verb,
        place=event.place,
        scope=event.scope,
        sentence=event.sentence,
        outside=event.outside,
        request=event.request,
        started_at=at,
        due=event.due,
        remind_every_seconds=event.remind_every_seconds,
        remind_at=event.remind_at,
        tries=event.tries,
    )
    draft.ready = ()


def _given_out(draft: Draft, step: str, attempt: int) -> None:
    draft.attempts[step] = max(attempt, draft.attempts.get(step, 0))


def _forget_answers(draft: Draft, event: e.StepStarted) -> None:
    """Nobody can wait any more for the answers of an attempt that this one replaces."""
    before = draft.steps.get(event.step)
    if before is not None and (before.scope == event.scope or before.scope not in draft.rounds):
        draft.heard.pop(key(event.step, before.attempt), None)


def _keep(draft: Draft, scope: str, steps: dict[str, StepState], values: dict[str, Any]) -> None:
    """Keep what happened in a scope where it belongs."""
    home = draft.home(scope)
    if home:
        one = draft.rounds[home]
        draft.rounds[home] = _with(
            one, steps={**one.steps, **steps}, values={**one.values, **values}
        )
    else:
        draft.variables.update(values)


def _step_delayed(draft: Draft, event: e.StepDelayed, at: datetime, actor: Actor) -> None:
    _given_out(draft, event.step, event.attempt)
    draft.delayed[key(event.step, event.attempt)] = DelayedStep.model_construct(**event.__dict__)
    draft.ready = ()


def _round_started(draft: Draft, event: e.RoundStarted, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    opened = draft.open[name]
    draft.open[name] = _with(opened, rounds=opened.rounds + 1, begun=opened.begun + 1)
    draft.rounds[scope_of(event.step, event.attempt, event.number)] = Round.model_construct(
        step=event.step,
        attempt=event.attempt,
        number=event.number,
        parent=opened.scope,
        own=event.own,
        values=event.values,
    )


def _round_ended(draft: Draft, event: e.RoundEnded, at: datetime, actor: Actor) -> None:
    name = key(event.step, event.attempt)
    opened = draft.open[name]
    draft.open[name] = _with(opened, rounds=opened.rounds - 1)
    _drop(draft, scope_of(event.step, event.attempt, event.number))


def _drop(draft: Draft, scope: str) -> None:
    for step, state in draft.rounds.pop(scope).steps.items():
        if draft.steps[step].attempt != state.attempt:
            draft.heard.pop(key(step, state.attempt), None)


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
    opened = draft.open.pop(key(event.step, event.attempt))
    if opened.rounds:  # cancelled with what it holds
        for scope in [s for s, one in draft.rounds.items() if _belongs(one, opened)]:
            _drop(draft, scope)
    if event.verb == "goto" and event.outcome == "ok":
        draft.jumps += 1
    by = str(event.output.get("answered_by") or event.output.get("done_by") or "")
    _change(
        draft,
        (event.step, event.attempt, opened.scope),
        event.variables,
        {
            "outcome": event.outcome,
            "ended_at": at,
            "output": event.output,
            "error": event.error,
            "by": by,
        },
    )


def _belongs(one: Round, opened: OpenStep) -> bool:
    return (one.step, one.attempt) == (opened.step, opened.attempt)


def _change(
    draft: Draft, who: tuple[str, int, str], variables: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Write what became of an attempt, wherever it is still the last."""
    step, attempt, scope = who
    kept: dict[str, StepState] = {}
    seen = draft.step_of(step, scope) if scope else None
    if seen is not None and seen.attempt == attempt:
        kept[step] = _with(seen, **changes)
    if draft.steps[step].attempt == attempt:
        draft.steps[step] = _with(draft.steps[step], **changes)
    if kept or variables:
        _keep(draft, scope, kept, variables)


def _step_stuck(draft: Draft, event: e.StepNeedsDecision, at: datetime, actor: Actor) -> None:
    draft.stuck[key(event.step, event.attempt)] = StuckStep(
        step=event.step,
        attempt=event.attempt,
        place=event.place,
        scope=event.scope,
        sentence=event.sentence,
        error=event.error,
        since=at,
    )
    draft.status = "needs_decision"


def _step_resolved(draft: Draft, event: e.StepResolved, at: datetime, actor: Actor) -> None:
    stuck = draft.stuck.pop(key(event.step, event.attempt))
    if not draft.stuck:
        draft.status = "running"
    if event.decision == "skip":
        changes = {"outcome": "skipped", "output": event.output, "by": actor.label}
        _change(draft, (event.step, event.attempt, stuck.scope), event.variables, changes)
    elif event.decision == "retry":
        draft.jumps = 0


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
    draft.delayed.clear()
    draft.rounds.clear()
    draft.ready = ()


def _unchanged(draft: Draft, event: Event, at: datetime, actor: Actor) -> None:
    """Say something to people; the state knows it already."""


_FOLDS: dict[type[Event], Callable[[Draft, Any, datetime, Actor], None]] = {
    e.StepDelayed: _step_delayed,
    e.StepStarted: _step_started,
    e.RoundStarted: _round_started,
    e.RoundEnded: _round_ended,
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
