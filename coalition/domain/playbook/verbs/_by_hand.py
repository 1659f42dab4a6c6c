"""What is done by hand until its own part of Tocsin exists: a task, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from coalition.domain.playbook.behaviour import Beginning, Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._forms import FormField, read, shown


class ByHand(Verb):
    """A task on the incident's list says what to do; an operator then says what came of it.

    The answer ticks the task off. `choices` are the results there can be.
    """

    choices: ClassVar[tuple[str, ...]]
    asks: ClassVar[str] = "What came of it?"

    text: Text
    within: Time | None = None
    remind_every: Time | None = None
    save: Id | None = None
    if_late: Block = ()

    @property
    def form(self) -> dict[str, FormField]:
        """What is asked once it has been done."""
        return {
            "result": FormField(type="choice", label=self.asks, choices=self.choices),
            "note": FormField(label="Anything to add?", required=False),
        }

    @property
    @override
    def saves(self) -> Results:
        return {self.save: (Variable("choice", self.choices), "")} if self.save else {}

    @override
    def begin(self, moment: Moment) -> Beginning:
        every = moment.time(self.remind_every) if self.remind_every else None
        return super().begin(moment)._replace(remind_every=every)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        return {**super().request(moment), "form": shown(self.form)}

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> None:
        return None

    @override
    def answered(self, opened: Opened, values: Mapping[str, Any], moment: Moment) -> Ending:
        said = read(self.form, values, moment)
        variables = {self.save: said["result"]} if self.save else {}
        return Ending("ok", output=said, variables=variables)


def results(choices: tuple[str, ...]) -> Results:
    """What such a step leaves behind."""
    return {
        "task": (Variable("number"), 0),
        "result": (Variable("choice", choices), ""),
        "note": (Variable("text"), ""),
        "answered_by": (Variable("text"), ""),
    }
