"""Loops and branches side by side: how rounds begin, what follows their end, how they are left.

A loop is an open step as long as a round of it goes on. Which rounds those are stands in the
state, so nothing is lost with the process that began them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.playbook.behaviour import Beginning, Ending, StepFault
from coalition.domain.playbook.control import Goto
from coalition.domain.playbook.rounds import Rounds
from coalition.domain.run import events as e
from coalition.domain.run.places import At
from coalition.domain.run.state import OpenStep, Round, key, scope_of

if TYPE_CHECKING:
    from coalition.domain.playbook.outline import Node
    from coalition.domain.playbook.rounds import Values
    from coalition.domain.run.stepping import Stepping

JUMPS = 1000
"""Gotos that a run takes before a human must say that it may go on."""


def begin(walk: Stepping, node: Node, step: Rounds, at: At) -> list[At]:
    """Begin a loop and its first rounds; returns where to go on. Raises `StepFault`."""
    moment = walk.moment(at.scope)
    request = step.open(moment)
    first = step.first(request, moment)
    walk.started(node, at, Beginning(request=request))
    if not first:
        output = step.left(request, 0, moment)
        return walk.ended(node, at, Ending("ok", output=output))
    return [_round(walk, node, step, at, number, one) for number, one in enumerate(first)]


def _round(walk: Stepping, node: Node, step: Rounds, at: At, number: int, values: Values) -> At:
    walk.emit(
        e.RoundStarted(
            step=step.id,
            attempt=at.attempt,
            number=number,
            own=step.own_values,
            values=dict(values),
        )
    )
    place = f"{node.place}.{step.entry(number)}"
    return At(place, scope_of(step.id, at.attempt, number))


def over(walk: Stepping, scope: str) -> list[At]:
    """A round has come to its end: the next round, the end of the loop, or others go on."""
    one = walk.draft.rounds[scope]
    node, step, opened = _loop(walk, one)
    at = At(node.place, opened.scope, opened.attempt)
    try:
        following = step.following(opened.request, one.number, walk.moment(scope))
        walk.emit(_ended(one))
        if following is not None:
            return [_round(walk, node, step, at, one.number + 1, following)]
        if opened.rounds > 1:
            return []
        output = step.left(opened.request, opened.begun, walk.moment(opened.scope))
        return walk.ended(node, at, Ending("ok", output=output))
    except StepFault as fault:  # the condition cannot be told
        if scope in walk.draft.rounds:
            walk.emit(_ended(one))
        return walk.ended(node, at, Ending("failed", error=str(fault)))


def jump(walk: Stepping, node: Node, step: Goto, at: At) -> list[At]:
    """Go to the step named, ending the loops that are left. Raises `StepFault`."""
    if walk.draft.jumps >= JUMPS:
        raise StepFault(
            f"the run has jumped {JUMPS} times and would go round for ever; "
            "retry to let it go on as often again, skip to go on after the goto, or stop"
        )
    target = walk.playbook.outline.by_id[step.target]
    walk.started(node, at, Beginning(request={"goto": step.target}))
    walk.ended(node, at, Ending("ok"), inside=target.place)
    scope = at.scope
    while scope:
        one = walk.draft.rounds[scope]
        loop_node, loop, opened = _loop(walk, one)
        if loop_node.place in target.rounds:
            break
        walk.emit(_ended(one))
        output = {"rounds": opened.begun} if "rounds" in loop.outputs else {}
        left = At(loop_node.place, opened.scope, opened.attempt)
        walk.ended(loop_node, left, Ending("ok", output=output), inside=target.place)
        scope = opened.scope
    return [At(target.place, scope)]


def _loop(walk: Stepping, one: Round) -> tuple[Node, Rounds, OpenStep]:
    opened = walk.draft.open[key(one.step, one.attempt)]
    node = walk.playbook.outline.nodes[opened.place]
    if not isinstance(node.step, Rounds):
        msg = f"step {key(one.step, one.attempt)} has rounds but {node.step.word} has none"
        raise TypeError(msg)
    return node, node.step, opened


def _ended(one: Round) -> e.RoundEnded:
    return e.RoundEnded(step=one.step, attempt=one.attempt, number=one.number)
