"""A run of a playbook, step by step: what has ended, what goes on, what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.board.marks import Mark
from coalition.rendering.board.moments import Moment, Present
from coalition.rendering.timeline import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.members import Coalition
    from coalition.domain.playbook.behaviour import Outcome
    from coalition.domain.playbook.model import Playbook
    from coalition.domain.playbook.outline import Node
    from coalition.domain.run.state import OpenStep, Run, RunStatus, StepState

RUNS: dict[RunStatus, Mark] = {
    "running": Mark("Running", "arrow", "wait"),
    "needs_decision": Mark("Needs a decision", "alarm", "bad"),
    "completed": Mark("Completed", "check", "good"),
    "stopped": Mark("Stopped", "square", "warn"),
    "cancelled": Mark("Cancelled", "cross", "warn"),
}

OUTCOMES: dict[Outcome, Mark] = {
    "ok": Mark("Done", "check", "good"),
    "failed": Mark("Failed", "cross", "bad"),
    "refused": Mark("Refused", "cross", "bad"),
    "late": Mark("Late, went on", "clock", "warn"),
    "skipped": Mark("Skipped", "dash", "calm"),
    "cancelled": Mark("Cancelled", "cross", "warn"),
}

GOING_ON = Mark("Goes on", "arrow", "wait")
WAITING = Mark("Waits for people", "clock", "wait")
STUCK = Mark("Failed, needs a decision", "alarm", "bad")
TO_COME = Mark("To come", "ring", "calm")
DEEPEST = 2


class RunStep(NamedTuple):
    """One step. `depth` is how many branches it stands in, as far as that is shown."""

    sentence: str
    mark: Mark
    depth: int
    attempt: int
    due: Moment | None
    ended: Moment | None
    by: str
    error: str


class ToAnswer(NamedTuple):
    """Something that a run asks of people now, and the page where it is answered."""

    what: str
    sentence: str
    path: str


class RunView(NamedTuple):
    """One run."""

    title: str
    mark: Mark
    started: Moment
    started_by: str
    ended: Moment | None
    reason: str
    done: int
    steps: tuple[RunStep, ...]
    to_answer: tuple[ToAnswer, ...]


def run_view(run: Run, playbook: Playbook, coalition: Coalition, present: Present) -> RunView:
    """Return a run beside the playbook it is pinned to, in the playbook's order.

    Steps of branches are shown once they have been reached: most never are.
    """
    going_on = {step.step: step for step in run.open.values()}
    stuck = {step.step for step in run.stuck.values()}
    steps = [
        _step(node, run.steps.get(node.step.id), going_on.get(node.step.id), stuck, present)
        for node in playbook.outline.nodes.values()
        if node.step.id in run.steps or (node.depth == 0 and not run.over)
    ]
    names = Names(coalition)
    steps = [step._replace(by=names.person(step.by)) for step in steps]
    return RunView(
        title=run.title,
        mark=RUNS[run.status],
        started=present.moment(run.started_at),
        started_by=names.actor(run.started_by),
        ended=present.maybe(run.ended_at),
        reason=run.reason,
        done=sum(step.ended is not None for step in steps),
        steps=tuple(steps),
        to_answer=tuple(_to_answer(run)),
    )


def _to_answer(run: Run) -> Iterator[ToAnswer]:
    at = f"/board/{run.incident}/answer/{run.run}"
    for stuck in run.stuck.values():
        yield ToAnswer("Decide", stuck.sentence, f"{at}/{stuck.step}/{stuck.attempt}")
    for one in run.open.values():
        if "form" in one.request and one.performed:
            what = "Approve or refuse" if one.request.get("need") else "Answer"
            yield ToAnswer(what, one.sentence, f"{at}/{one.step}/{one.attempt}")


def _step(
    node: Node,
    reached: StepState | None,
    open_step: OpenStep | None,
    stuck: set[str],
    present: Present,
) -> RunStep:
    depth = min(node.depth, DEEPEST)
    if reached is None:
        return RunStep(node.step.sentence, TO_COME, depth, 1, None, None, "", "")
    return RunStep(
        sentence=reached.sentence,
        mark=_mark(node, reached, open_step, stuck),
        depth=depth,
        attempt=reached.attempt,
        due=present.maybe(open_step.due) if open_step else None,
        ended=present.maybe(reached.ended_at),
        by=reached.by,
        error=reached.error,
    )


def _mark(node: Node, reached: StepState, open_step: OpenStep | None, stuck: set[str]) -> Mark:
    if node.step.id in stuck:
        return STUCK
    if reached.outcome is not None:
        return OUTCOMES[reached.outcome]
    waits = open_step is not None and (open_step.performed or not open_step.outside)
    return WAITING if waits else GOING_ON
