"""`ask`: people answer a form; what they say is kept in variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from coalition.domain.fields import Name
from coalition.domain.playbook.behaviour import Beginning, Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, People, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._forms import FormField, read, shown


class Ask(Verb):
    """Short form: `save: over` asks yes or no; with `answers: [a, b]`, one of those.

    Long form: `fields`, each with a type, kept under the field's name. Success: one of those
    asked (or whoever leads the incident) has answered. Failure: a target names nobody known.
    """

    word = "ask"
    outputs: ClassVar[Results] = {"answered_by": (Variable("text"), "")}

    do: Literal["ask"]
    to: People | None = None
    text: Text
    save: Id | None = None
    answers: tuple[Name, ...] = ()
    fields_: dict[Id, FormField] = Field(default_factory=dict, alias="fields")
    within: Time | None = None
    remind_every: Time | None = None
    if_late: Block = ()

    @property
    def form(self) -> dict[str, FormField]:
        """What is asked, by variable."""
        if self.save is None:
            return self.fields_
        if self.answers:
            return {self.save: FormField(type="choice", choices=self.answers)}
        return {self.save: FormField(type="yes_no")}

    @property
    @override
    def saves(self) -> Results:
        return {
            name: (Variable(field.type, field.choices), field.unanswered)
            for name, field in self.form.items()
        }

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if (self.save is None) == (not self.fields_):
            yield "", "asks nothing, or twice; write either `save` or `fields`"
        if self.answers and self.save is None:
            yield "answers", "belongs to `save`; in `fields`, write `choices`"
        for name, field in self.fields_.items():
            fault = field.fault()
            if fault:
                yield "fields", f"{name} {fault}"
        if self.if_late and self.within is None:
            yield "if_late", "never comes; add `within`"

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
        return Ending("ok", variables=read(self.form, values, moment))

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Ask {', '.join(self.to) if self.to else 'an operator'}: {self.text}"
