"""What commands do to the open steps of a run: perform, answer, signal, remind, end, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from coalition.domain.playbook.behaviour import BareVerb, Ending, Opened, Progress
from coalition.domain.playbook.step import Step
from coalition.domain.run import events as e
from coalition.domain.run.places import At
from coalition.domain.run.state import DelayedStep, OpenStep, StuckStep, key
from coalition.domain.run.stepping import BUDGET, Stepping, defaults

__all__ = ["BUDGET", "Walk", "defaults", "seen"]


class Walk(Stepping):
    """One decision on a run: `events` is what it comes to."""

    def begin_delayed(self, delayed: DelayedStep) -> None:
        """The time has come to begin a step."""
        at = At(delayed.place, delayed.scope, delayed.attempt, delayed.tries)
        self.go_on([at])

    def retry(self, stuck: StuckStep) -> None:
        """Begin a failed step again, at once."""
        self.go_on([At(stuck.place, stuck.scope, self.draft.attempts[stuck.step] + 1)])

    def skip(self, stuck: StuckStep) -> None:
        """Go on after a failed step."""
        node = self.playbook.outline.nodes[stuck.place]
        self.go_on(self.onward(node.after, stuck.scope))

    def end(self, opened: OpenStep, ending: Ending) -> None:
        """End an open step and go on with what follows."""
        node = self.playbook.outline.nodes[opened.place]
        at = At(opened.place, opened.scope, opened.attempt, opened.tries)
        merged = ending._replace(output={**opened.output, **ending.output})
        self.go_on(self.ended(node, at, merged))

    def perform(self, opened: OpenStep, output: Mapping[str, Any]) -> None:
        """The worker has done its part of an open step."""
        found = self.verb(opened).performed(seen(opened), output, self.moment(opened.scope))
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
            verb = self.step(opened) if opened is not None else None
            if opened is not None and isinstance(verb, BareVerb):  # loops hear nothing
                self.settle(
                    opened, verb.signalled(seen(opened), topic, data, self.moment(opened.scope))
                )

    def cancel(self, reason: str) -> None:
        """End the run; nothing that has not been sent will be."""
        self.emit(e.RunCancelled(reason=reason, unfinished=self.close_open()))

    def step(self, opened: OpenStep) -> Step:
        """The playbook's step behind an open one."""
        return self.playbook.outline.nodes[opened.place].step

    def verb(self, opened: OpenStep) -> BareVerb:
        """The verb behind an open step that is no loop."""
        step = self.step(opened)
        if not isinstance(step, BareVerb):
            msg = f"step {key(opened.step, opened.attempt)} is open but {step.word} is no verb"
            raise TypeError(msg)
        return step


def seen(opened: OpenStep) -> Opened:
    """An open step as its verb sees it."""
    return Opened(opened.step, opened.attempt, opened.request, opened.output, opened.said)
