"""Carries a run as far as it can go at once, and writes down every step of the way as events.

It stops at steps that a worker must perform, at waits, at failures that need a human, and after
`BUDGET` steps (then the run yields, so that no decision grows without bound).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from coalition.domain.messages import Actor, Command, Event
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.behaviour import (
    BareVerb,
    Beginning,
    Ending,
    Moment,
    StepFault,
    Verb,
)
from coalition.domain.playbook.control import Branching, Goto, Stop
from coalition.domain.playbook.outline import Node
from coalition.domain.playbook.rounds import Rounds
from coalition.domain.playbook.step import Step
from coalition.domain.run import events as e
from coalition.domain.run import rounds
from coalition.domain.run.draft import Draft
from coalition.domain.run.fold import fold
from coalition.domain.run.moments import moment_of
from coalition.domain.run.places import At
from coalition.domain.world import World

BUDGET = 500
"""Steps begun in one decision."""

LONGEST_PAUSE = timedelta(hours=6)
"""A pause between tries doubles up to this, unless what is written is longer."""

BRANCHES = {"late": "if_late", "failed": "if_fails", "refused": "if_refused"}
"""The branch that follows an outcome, where the step has one."""


class Stepping:
    """One decision on a run: `events` is what it comes to."""

    def __init__(self, draft: Draft, command: Command, world: World, playbook: Playbook) -> None:
        self.draft = draft
        self.events: list[Event] = []
        self.playbook = playbook
        self.at = command.at
        self.actor: Actor = command.actor
        self._coalition = world.coalition

    def moment(self, scope: str) -> Moment:
        """What a step in this scope may look at; it follows the draft as that changes."""
        return moment_of(self.draft, self._coalition, self.playbook, self.at, scope)

    def emit(self, event: Event) -> None:
        """Write down an event and let the draft follow it."""
        fold(self.draft, event, self.at, self.actor)
        self.events.append(event)

    def go_on(self, places: Iterable[At]) -> None:
        """Begin the steps at these places and whatever follows from them."""
        queue = deque([*places, *(At.read(text) for text in self.draft.ready)])
        for _ in range(BUDGET):
            if not queue or self.draft.over:
                break
            queue.extendleft(reversed(self._begin(queue.popleft())))
        if self.draft.over:
            return
        if queue:
            self.emit(e.RunYielded(places=tuple(at.text for at in queue)))
        elif not (self.draft.open or self.draft.stuck or self.draft.delayed):
            self.emit(e.RunEnded(outcome="completed", reason=""))

    def onward(self, place: str | None, scope: str) -> list[At]:
        """Where to go on: at the place, or where the end of the round leads."""
        if place is not None:
            return [At(place, scope)]
        return rounds.over(self, scope) if scope else []

    def _begin(self, at: At) -> list[At]:
        """Begin a step, or delay it; returns the places that come next at once."""
        node = self.playbook.outline.nodes[at.place]
        ripe = at.attempt > 0
        if not ripe:
            at = at._replace(attempt=self.draft.attempts.get(node.step.id, 0) + 1)
        try:
            if isinstance(node.step, BareVerb) and node.step.after and not ripe:
                pause = self.moment(at.scope).time(node.step.after)
                self._delay(node, at, self.at + pause, "")
                return []
            return self._enter(node, node.step, at)
        except StepFault as fault:
            self.started(node, at, Beginning())
            return self.ended(node, at, Ending("failed", error=str(fault)))

    def _enter(self, node: Node, step: Step, at: At) -> list[At]:
        """Begin a step as its kind does. Raises `StepFault` before anything is written down."""
        if isinstance(step, Branching):
            branch = step.choose(self.moment(at.scope))
            self.started(node, at, Beginning(request={"branch": branch}))
            return self.ended(node, at, Ending("ok"), inside=node.branches.get(branch))
        if isinstance(step, Rounds):
            return rounds.begin(self, node, step, at)
        if isinstance(step, Goto):
            return rounds.jump(self, node, step, at)
        if isinstance(step, Stop):
            return self._stop(node, step, at)
        verb = step if isinstance(step, BareVerb) else None
        beginning = verb.begin(self.moment(at.scope)) if verb else Beginning()
        self.started(node, at, beginning)
        return self.ended(node, at, beginning.end) if beginning.end else []

    def started(self, node: Node, at: At, beginning: Beginning) -> None:
        """Write down the start."""
        ends = beginning.end is not None
        every = None if ends else beginning.remind_every
        self.emit(
            e.StepStarted(
                step=node.step.id,
                attempt=at.attempt,
                verb=node.step.word,
                place=node.place,
                scope=at.scope,
                sentence=self._sentence(node.step, at.scope),
                outside=beginning.outside and not ends,
                request=dict(beginning.request),
                due=None if ends else beginning.due,
                remind_every_seconds=every.total_seconds() if every else None,
                remind_at=self.at + every if every else None,
                tries=at.tries,
            )
        )

    def _sentence(self, step: Step, scope: str) -> str:
        try:
            return self.moment(scope).text(step.sentence)
        except StepFault:
            return step.sentence

    def _delay(self, node: Node, at: At, due: datetime, error: str) -> None:
        self.emit(
            e.StepDelayed(
                step=node.step.id,
                attempt=at.attempt,
                verb=node.step.word,
                place=node.place,
                scope=at.scope,
                sentence=self._sentence(node.step, at.scope),
                due=due,
                tries=at.tries,
                error=error,
            )
        )

    def ended(self, node: Node, at: At, ending: Ending, inside: str | None = None) -> list[At]:
        """Write down the end; returns the places that come next."""
        step = node.step
        branch = BRANCHES.get(ending.outcome)
        again = self._try_again_at(step, at, ending)
        following = inside or (node.branches.get(branch) if branch and again is None else None)
        closed = isinstance(step, Verb) and step.fails_closed
        unmet = ending.outcome == "failed" or (closed and ending.outcome in BRANCHES)
        over = not unmet or following is not None
        output, variables = defaults(step)
        self.emit(
            e.StepEnded(
                step=step.id,
                attempt=at.attempt,
                verb=step.word,
                outcome=ending.outcome,
                output={**output, **ending.output},
                variables={**(variables if over else {}), **ending.variables},
                branch=following,
                error=ending.error,
            )
        )
        if over:
            return self.onward(following or node.after, at.scope)
        if again is not None:
            number = self.draft.attempts[step.id] + 1
            self._delay(node, At(at.place, at.scope, number, at.tries + 1), again, ending.error)
        else:
            self._needs_decision(node, at, ending.error)
        return []

    def _try_again_at(self, step: Step, at: At, ending: Ending) -> datetime | None:
        """When a failed step is tried again, if the playbook says so."""
        retry = step.retry if isinstance(step, Verb) else None
        if ending.outcome != "failed" or retry is None or at.tries >= retry.times:
            return None
        try:
            pause = self.moment(at.scope).time(retry.wait)
        except StepFault:
            return None
        doubled: timedelta = pause * 2 ** min(at.tries, 20)
        return self.at + min(doubled, max(pause, LONGEST_PAUSE))

    def _needs_decision(self, node: Node, at: At, error: str) -> None:
        self.emit(
            e.StepNeedsDecision(
                step=node.step.id,
                attempt=at.attempt,
                place=node.place,
                scope=at.scope,
                sentence=self._sentence(node.step, at.scope),
                error=error,
            )
        )

    def _stop(self, node: Node, step: Stop, at: At) -> list[At]:
        reason = self.moment(at.scope).text(step.reason)
        self.started(node, at, Beginning(request={"reason": reason}))
        # Nothing comes after it: what the end of a round would lead to must not begin.
        self._close(node.step, at.attempt, Ending("ok", output={"reason": reason}))
        self.close_open()
        self.emit(e.RunEnded(outcome=step.outcome, reason=reason))
        return []

    def close_open(self) -> tuple[str, ...]:
        """End every open step as cancelled, inner ones first; returns which verbs."""
        verbs: list[str] = []
        for opened in reversed(tuple(self.draft.open.values())):
            step = self.playbook.outline.nodes[opened.place].step
            if isinstance(step, BareVerb):
                verbs.append(opened.step)
            self._close(step, opened.attempt, Ending("cancelled", output=opened.output))
        return tuple(reversed(verbs))

    def _close(self, step: Step, attempt: int, ending: Ending) -> None:
        output, variables = defaults(step)
        self.emit(
            e.StepEnded(
                step=step.id,
                attempt=attempt,
                verb=step.word,
                outcome=ending.outcome,
                output={**output, **ending.output},
                variables=variables,
                branch=None,
                error="",
            )
        )


def defaults(step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
    """Outputs and variables of a step in which nobody said anything."""
    return (
        {name: value for name, (_, value) in step.outputs.items()},
        {name: value for name, (_, value) in step.saves.items()},
    )
