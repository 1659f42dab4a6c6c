"""`ask`: people answer a form; what they say is kept in variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, StrictBool
from typing_extensions import override

from coalition.domain.errors import UserError
from coalition.domain.fields import Name
from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, People, Shape, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import (
    Results,
    Value,
    ValueType,
    Variable,
    empty,
    parse_value,
)


class FormField(Shape):
    """One line of a form. Late or skipped, its variable is `default`, or empty."""

    type: ValueType = "text"
    label: Name | None = None
    choices: tuple[Name, ...] = ()
    default: str | int | float | None = None
    required: StrictBool = True

    @property
    def unanswered(self) -> Value:
        """The variable's value where nobody answered."""
        return empty(self.type) if self.default is None else self.default

    def fault(self) -> str | None:
        """What contradicts itself: `what; what to do`."""
        if (self.type == "choice") != bool(self.choices):
            return "has choices exactly when its type is choice; change one of the two"
        if self.default is None:
            return None
        try:
            parse_value(self.type, self.default, self.choices)
        except ValueError as error:
            return f"has a default that {error}"
        return None


class Ask(Verb):
    """Short form: `save: over` asks yes or no; with `answers: [a, b]`, one of those.

    Long form: `fields`, each with a type, kept under the field's name.
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
    def request(self, moment: Moment) -> dict[str, Any]:
        form = {name: field.model_dump(mode="json") for name, field in self.form.items()}
        return {**super().request(moment), "form": form}

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending | None:
        return None

    @override
    def answered(self, opened: Opened, values: Mapping[str, Any], moment: Moment) -> Ending:
        unknown = sorted(set(values) - set(self.form))
        if unknown:
            known = ", ".join(self.form)
            raise UserError(f"{unknown[0]!r} is not asked.", f"Asked: {known}.", field=unknown[0])
        said = {name: _said(name, field, values.get(name)) for name, field in self.form.items()}
        return Ending("ok", variables=said)

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Ask {', '.join(self.to) if self.to else 'an operator'}: {self.text}"


def _said(name: str, field: FormField, raw: Any) -> Value:
    label = field.label or name
    if raw is None or raw in ("", []):
        if field.required and field.default is None:
            raise UserError(f"{label} is not answered.", "Write an answer.", field=name)
        return field.unanswered
    try:
        return parse_value(field.type, raw, field.choices)
    except ValueError as error:
        raise UserError(f"{label}: {error}.", field=name) from error
