"""`decide(state, command, world)`: what a command comes to. Pure; [] means nothing to do.

Whatever arrives late or for another attempt than the open one does nothing: a timed-out wait is
not refused, an answer after the deadline does not undo it, a stale timer never fires twice.
"""

# ruff: noqa: ARG001
# Every entry of the table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coalition.domain.errors import NotFound, UserError
from coalition.domain.messages import Command, Event
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.behaviour import Ending, Verb
from coalition.domain.playbook.check_members import member_problems
from coalition.domain.run import commands as c
from coalition.domain.run import events as e
from coalition.domain.run.authority import (
    require_answerer,
    require_operator,
    require_person,
    require_system,
)
from coalition.domain.run.draft import started, thaw
from coalition.domain.run.engine import Walk, defaults, seen
from coalition.domain.run.places import At
from coalition.domain.run.state import Run, key
from coalition.domain.run.timers import timers
from coalition.domain.world import World


def decide(state: Run | None, command: Command, world: World) -> list[Event]:
    """Return the events. Raises `UserError` for what a person must put right."""
    if isinstance(command, c.StartRun):
        return _start(state, command, world)
    handler = _HANDLERS.get(type(command))
    if handler is None:
        msg = f"{type(command).__name__} is no command of a run"
        raise TypeError(msg)
    if state is None:
        hint = "/playbook list shows the runs of an incident."
        raise NotFound(f"There is no run {command.target}.", hint)
    walk = Walk(thaw(state), command, world, _pinned(state.playbook, world))
    handler(state, command, world, walk)
    _end_with_incident(walk)
    return walk.events


def _end_with_incident(walk: Walk) -> None:
    """Cancel what is left of a run whose incident is over; a step that closes it ends first.

    Looked at after every command, not when the news comes: that may be before the step reports.
    """
    status = walk.draft.facts.get("status")
    closing = any(opened.verb == "close" for opened in walk.draft.open.values())
    if status in {"closed", "merged"} and not closing and not walk.draft.over:
        walk.cancel(f"{walk.draft.incident} is {status}")


def _pinned(content_hash: str, world: World) -> Playbook:
    if world.playbook is None or world.playbook.content_hash != content_hash:
        msg = f"the run is pinned to playbook {content_hash}, and that was not handed in"
        raise ValueError(msg)
    return world.playbook


def _start(state: Run | None, command: c.StartRun, world: World) -> list[Event]:
    require_operator(command.actor, command.facts, world.coalition)
    if state is not None:
        raise UserError(f"Run {command.run} has started already.", "Start another run.")
    playbook = _pinned(command.playbook, world)
    if command.facts.get("status") in {"closed", "merged"}:
        hint = "Reopen it with /incident reopen, or run the playbook in another."
        raise UserError(f"{command.incident} is {command.facts['status']}.", hint)
    for _, what in member_problems(playbook, world.coalition):
        raise UserError(f"{playbook.playbook} cannot run here: {what}.", field="playbook")
    event = e.RunStarted(
        run=command.run,
        incident=command.incident,
        playbook=command.playbook,
        name=playbook.playbook,
        title=playbook.title,
        inputs=playbook.read_inputs(command.inputs),
        facts=command.facts,
        parent=command.parent,
        pins=command.pins,
    )
    walk = Walk(started(event, command.at, command.actor), command, world, playbook)
    walk.events.append(event)
    walk.go_on([At("0")])
    return walk.events


def _advance(state: Run, command: c.AdvanceRun, world: World, walk: Walk) -> None:
    require_system(command.actor, "advance a run")
    if state.ready:
        walk.go_on([])


def _report(state: Run, command: c.ReportStep, world: World, walk: Walk) -> None:
    require_system(command.actor, "report on a step")
    opened = state.open.get(key(command.step, command.attempt))
    if opened is None or not opened.outside:
        return
    if command.ok:
        walk.perform(opened, command.output)
    else:
        walk.end(opened, Ending("failed", output=command.output, error=command.error))


def _answer(state: Run, command: c.AnswerStep, world: World, walk: Walk) -> None:
    opened = state.open.get(key(command.step, command.attempt))
    if opened is None or "form" not in opened.request or not opened.performed:
        raise UserError(*_why_not(state, command))
    require_answerer(command.actor, opened, state.facts, world.coalition)
    by = command.actor.label
    over = opened.due is not None and command.at >= opened.due
    if over and walk.verb(opened).fails_closed:  # the timer may ring a moment later
        raise UserError(f"The time to answer {command.step} has passed.", "It was not approved.")
    if opened.said.get(by) == command.values:
        raise UserError("You have said so already; it counts once.", "Others must answer now.")
    heard = seen(opened)._replace(said={**opened.said, by: command.values})
    found = walk.verb(opened).answered(heard, command.values, walk.moment(opened.scope))
    if isinstance(found, Ending):
        found = found._replace(output={**found.output, "answered_by": by})
    walk.settle(opened, found, by, command.values)


def _why_not(state: Run, command: c.AnswerStep) -> tuple[str, str]:
    step = state.steps.get(command.step)
    if step is None or state.over:
        return f"Step {command.step} asks nothing in {state.run}.", "/playbook list shows the runs."
    if step.attempt != command.attempt:
        return f"Step {command.step} has been asked again since.", "Answer the newest question."
    if step.outcome is None:
        return f"Step {command.step} is not ready to be answered.", "Wait for its question."
    if step.outcome == "late":
        return f"The time to answer {command.step} has passed.", "The run has gone on without it."
    by = f" by {step.by}" if step.by else ""
    return f"Step {command.step} is not open: it ended {step.outcome}{by}.", "Nothing is needed."


def _signal(state: Run, command: c.SignalRun, world: World, walk: Walk) -> None:
    require_system(command.actor, "signal a run")
    if state.over:
        return
    if command.topic == "notice":
        _hear(walk, command.data)
    elif command.topic == "incident":
        _learn(walk, command.data)
    else:
        walk.signal(command.topic, command.data)


def _hear(walk: Walk, data: dict[str, Any]) -> None:
    """Note answers even before the wait for them opens: partners can be faster than we are."""
    step, attempt = str(data["step"]), int(data["attempt"])
    if attempt > walk.draft.attempts.get(step, 0):
        return
    known = walk.draft.heard.get(key(step, attempt), {})
    news = {who: said for who, said in data["answers"].items() if known.get(who) != said}
    if news:
        walk.emit(e.AnswersHeard(step=step, attempt=attempt, answers=news))
        walk.signal("notice", data)


def _learn(walk: Walk, facts: dict[str, Any]) -> None:
    news = {name: value for name, value in facts.items() if walk.draft.facts.get(name) != value}
    if news:
        walk.emit(e.FactsChanged(facts=news))
        walk.signal("incident", news)


def _pass(state: Run, command: c.PassRunTimer, world: World, walk: Walk) -> None:
    require_system(command.actor, "pass a timer")
    due = timers(state).get(command.timer)
    if due is None or command.at < due:
        return
    kind, step, attempt, *_ = command.timer.split(":")
    if kind == "start":
        walk.begin_delayed(state.delayed[f"{step}:{attempt}"])
        return
    opened = state.open[f"{step}:{attempt}"]
    if kind == "remind":
        walk.remind(opened)
    else:
        walk.settle(opened, walk.verb(opened).passed(seen(opened), walk.moment(opened.scope)))


def _resolve(state: Run, command: c.ResolveStep, world: World, walk: Walk) -> None:
    require_person(command.actor, state.facts, world.coalition)
    stuck = state.stuck.get(key(command.step, command.attempt))
    if stuck is None:
        hint = "Look at the run again; somebody may have decided already."
        raise UserError(f"Step {command.step} does not wait for a decision.", hint)
    if command.decision != "retry" and not command.reason.strip():
        raise UserError(f"To {command.decision} needs a reason.", "Write one.", field="reason")
    node = walk.playbook.outline.nodes[stuck.place]
    if command.decision == "skip" and isinstance(node.step, Verb) and node.step.fails_closed:
        hint = "Retry asks again; stop ends the playbook."
        raise UserError(f"{command.step} is an approval, and that cannot be skipped.", hint)
    output, variables = defaults(node.step) if command.decision == "skip" else ({}, {})
    walk.emit(
        e.StepResolved(
            step=command.step,
            attempt=command.attempt,
            decision=command.decision,
            reason=command.reason,
            output=output,
            variables=variables,
        )
    )
    if command.decision == "stop":
        _stop(walk, command.reason)
    elif command.decision == "retry":
        walk.retry(stuck)
    else:
        walk.skip(stuck)


def _stop(walk: Walk, reason: str) -> None:
    walk.close_open()
    walk.emit(e.RunEnded(outcome="stopped", reason=reason))


def _cancel(state: Run, command: c.CancelRun, world: World, walk: Walk) -> None:
    require_operator(command.actor, state.facts, world.coalition)
    if not state.over:
        if not command.reason.strip():
            raise UserError("To cancel needs a reason.", "Write one.", field="reason")
        walk.cancel(command.reason)
    elif command.actor.kind != "system":
        raise UserError(f"{state.run} is over already: {state.status}.", "Nothing is needed.")


_HANDLERS: dict[type[Command], Callable[[Run, Any, World, Walk], None]] = {
    c.AdvanceRun: _advance,
    c.ReportStep: _report,
    c.AnswerStep: _answer,
    c.SignalRun: _signal,
    c.PassRunTimer: _pass,
    c.ResolveStep: _resolve,
    c.CancelRun: _cancel,
}
