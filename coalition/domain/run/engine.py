"""Carries a run as far as it can go at once, and writes down every step of the way as events.

It stops at steps that a worker must perform, at waits, at failures that need a human, and after
`BUDGET` steps (then the run yields, so that no decision grows without bound).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from coalition.domain.messages import Actor, Command, Event
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.behaviour import (
    Beginning,
    Ending,
    Moment,
    Opened,
    Progress,
    StepFault,
    Verb,
)
from coalition.domain.playbook.control import Control
from coalition.domain.playbook.outline import Node
from coalition.domain.playbook.step import Step
from coalition.domain.run import events as e
from coalition.domain.run.fold import Draft, fold
from coalition.domain.run.moments import moment_of
from coalition.domain.run.state import OpenStep, key
from coalition.domain.world import World

BUDGET = 500
"""Steps begun in one decision."""

BRANCHES = {"late": "if_late", "failed": "if_fails", "refused": "if_refused"}
"""The branch that follows an outcome, where the step has one."""


class Walk:
    """One decision on a run: `events` is what it comes to."""

    def __init__(self, draft: Draft, command: Command, world: World, playbook: Playbook) -> None:
        self.draft = draft
        self.events: list[Event] = []
        self.playbook = playbook
        self.at = command.at
        self.actor: Actor = command.actor
        self.moment: Moment = moment_of(draft, world.coalition, playbook, command.at)

    def emit(self, event: Event) -> None:
        """Write down an event and let the draft follow it."""
        fold(self.draft, event, self.at, self.actor)
        self.events.append(event)

    def go_on(self, places: Iterable[str | None]) -> None:
        """Begin the steps at these places and whatever follows from them."""
        queue = deque([*self.draft.ready, *(place for place in places if place is not None)])
        for _ in range(BUDGET):
            if not queue or self.draft.over:
                break
            following = self._begin(self.playbook.outline.nodes[queue.popleft()])
            if following is not None:
                queue.appendleft(following)
        if self.draft.over:
            return
        if queue:
            self.emit(e.RunYielded(places=tuple(queue)))
        elif not self.draft.open and not self.draft.stuck:
            self.emit(e.RunEnded(outcome="completed", reason=""))

    def _begin(self, node: Node) -> str | None:
        """Begin a step; returns the place that comes next at once, if any."""
        step = node.step
        last = self.draft.steps.get(step.id)
        attempt = last.attempt + 1 if last else 1
        try:
            if isinstance(step, Control):
                branch = step.choose(self.moment)
                self._started(node, attempt, Beginning(request={"branch": branch}))
                return self._ended(node, attempt, Ending("ok"), node.branches.get(branch))
            beginning = step.begin(self.moment) if isinstance(step, Verb) else Beginning()
        except StepFault as fault:
            beginning = Beginning(end=Ending("failed", error=str(fault)))
        self._started(node, attempt, beginning)
        return self._ended(node, attempt, beginning.end) if beginning.end else None

    def _started(self, node: Node, attempt: int, beginning: Beginning) -> None:
        ends = beginning.end is not None
        every = None if ends else beginning.remind_every
        self.emit(
            e.StepStarted(
                step=node.step.id,
                attempt=attempt,
                verb=node.step.word,
                place=node.place,
                sentence=self._sentence(node.step),
                outside=beginning.outside and not ends,
                request=dict(beginning.request),
                due=None if ends else beginning.due,
                remind_every_seconds=every.total_seconds() if every else None,
                remind_at=self.at + every if every else None,
            )
        )

    def _sentence(self, step: Step) -> str:
        try:
            return self.moment.text(step.sentence)
        except StepFault:
            return step.sentence

    def end(self, opened: OpenStep, ending: Ending) -> None:
        """End an open step and go on with what follows."""
        node = self.playbook.outline.nodes[opened.place]
        merged = ending._replace(output={**opened.output, **ending.output})
        self.go_on([self._ended(node, opened.attempt, merged)])

    def _ended(
        self, node: Node, attempt: int, ending: Ending, inside: str | None = None
    ) -> str | None:
        """Write down the end; returns the place that comes next."""
        branch = BRANCHES.get(ending.outcome)
        following = inside or (node.branches.get(branch) if branch else None)
        closed = isinstance(node.step, Verb) and node.step.fails_closed
        unmet = ending.outcome == "failed" or (closed and ending.outcome in BRANCHES)
        stuck = unmet and following is None
        output, variables = defaults(node.step)
        self.emit(
            e.StepEnded(
                step=node.step.id,
                attempt=attempt,
                verb=node.step.word,
                outcome=ending.outcome,
                output={**output, **ending.output},
                variables={**({} if stuck else variables), **ending.variables},
                branch=following,
                error=ending.error,
            )
        )
        if stuck:
            self._needs_decision(node, attempt, ending.error)
            return None
        return following or node.after

    def _needs_decision(self, node: Node, attempt: int, error: str) -> None:
        self.emit(
            e.StepNeedsDecision(
                step=node.step.id,
                attempt=attempt,
                place=node.place,
                sentence=self._sentence(node.step),
                error=error,
            )
        )

    def perform(self, opened: OpenStep, output: Mapping[str, Any]) -> None:
        """The worker has done its part of an open step."""
        found = self.verb(opened).performed(seen(opened), output, self.moment)
        if isinstance(found, Ending):
            self.end(opened, found)
            return
        if opened.performed:
            return
        self.emit(
            e.StepPerformed(
                step=opened.step, attempt=opened.attempt, verb=opened.verb, output=dict(output)
            )
        )
        if "form" in opened.request:
            self.emit(
                e.QuestionAsked(
                    step=opened.step,
                    attempt=opened.attempt,
                    people=tuple(output.get("people", ())),
                    text=opened.request["text"],
                    form=opened.request["form"],
                    due=opened.due,
                    need=opened.request.get("need", 0),
                    not_by=tuple(opened.request.get("not_by", ())),
                )
            )
        if found is not None:
            self.progress(self.draft.open[key(opened.step, opened.attempt)], found)

    def settle(
        self,
        opened: OpenStep,
        found: Ending | Progress | None,
        by: str = "",
        said: Mapping[str, Any] | None = None,
    ) -> None:
        """Do what a verb has answered: end the step, note how far it is, or nothing."""
        if isinstance(found, Ending):
            self.end(opened, found)
        elif found is not None:
            self.progress(opened, found, by, said)

    def progress(
        self,
        opened: OpenStep,
        found: Progress,
        by: str = "",
        said: Mapping[str, Any] | None = None,
    ) -> None:
        """Note how far a step is that goes on; with a later deadline, reminders go on too."""
        every, remind_at = opened.remind_every_seconds, opened.remind_at
        if found.due is not None and every and remind_at is None:
            remind_at = self.at + timedelta(seconds=every)
        self.emit(
            e.StepProgressed(
                step=opened.step,
                attempt=opened.attempt,
                verb=opened.verb,
                note=found.note,
                by=by,
                said=dict(said or {}),
                output=dict(found.output),
                due=found.due or opened.due,
                remind_at=remind_at,
                alarm=found.alarm,
            )
        )

    def remind(self, opened: OpenStep) -> None:
        """Ask for a reminder and set the time of the next, unless it would come too late."""
        following = self.at + timedelta(seconds=opened.remind_every_seconds or 0)
        in_time = opened.due is None or following < opened.due
        self.emit(
            e.ReminderDue(
                step=opened.step,
                attempt=opened.attempt,
                number=opened.reminders + 1,
                notice=opened.request.get("notice", 0),
                remind_at=following if in_time else None,
                people=tuple(opened.output.get("people", ())),
                text=opened.sentence,
                due=opened.due,
            )
        )

    def signal(self, topic: str, data: Mapping[str, Any]) -> None:
        """Let every open step hear the signal."""
        for name in tuple(self.draft.open):
            opened = self.draft.open.get(name)
            if opened is not None:
                verb = self.verb(opened)
                self.settle(opened, verb.signalled(seen(opened), topic, data, self.moment))

    def close_open(self) -> tuple[str, ...]:
        """End every open step as cancelled; returns which those were."""
        unfinished = tuple(self.draft.open.values())
        for opened in unfinished:
            output, variables = defaults(self.step(opened))
            self.emit(
                e.StepEnded(
                    step=opened.step,
                    attempt=opened.attempt,
                    verb=opened.verb,
                    outcome="cancelled",
                    output={**output, **opened.output},
                    variables=variables,
                    branch=None,
                    error="",
                )
            )
        return tuple(opened.step for opened in unfinished)

    def cancel(self, reason: str) -> None:
        """End the run; nothing that has not been sent will be."""
        self.emit(e.RunCancelled(reason=reason, unfinished=self.close_open()))

    def step(self, opened: OpenStep) -> Step:
        """The playbook's step behind an open one."""
        return self.playbook.outline.nodes[opened.place].step

    def verb(self, opened: OpenStep) -> Verb:
        """The verb behind an open step; only verbs stay open."""
        step = self.step(opened)
        if not isinstance(step, Verb):
            msg = f"step {key(opened.step, opened.attempt)} is open but {step.word} is no verb"
            raise TypeError(msg)
        return step


def seen(opened: OpenStep) -> Opened:
    """An open step as its verb sees it."""
    return Opened(opened.step, opened.attempt, opened.request, opened.output, opened.said)


def defaults(step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
    """Outputs and variables of a step in which nobody said anything."""
    return (
        {name: value for name, (_, value) in step.outputs.items()},
        {name: value for name, (_, value) in step.saves.items()},
    )
