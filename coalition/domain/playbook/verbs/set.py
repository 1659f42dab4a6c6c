"""`set`: variables get values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import StrictFloat, StrictInt
from typing_extensions import override

from coalition.domain.playbook.behaviour import BareVerb, Beginning, Ending, Moment
from coalition.domain.playbook.shapes import Id, OptionalText
from coalition.domain.playbook.templates import sole_name
from coalition.domain.playbook.values import Results, Value, ValueType, Variable


class Set(BareVerb):
    """`values: {phase: contained, hours: 3, again: "{{over}}"}`. Happens at once."""

    word = "set"

    do: Literal["set"]
    values: dict[Id, OptionalText | StrictInt | StrictFloat]

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.values:
            yield "values", "is empty; write at least one name with its value"

    @property
    @override
    def saves(self) -> Results:
        return {name: (Variable(_type(value)), "") for name, value in self.values.items()}

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        for name, value in self.values.items():
            if isinstance(value, str):
                yield f"values.{name}", value, "any"

    @override
    def begin(self, moment: Moment) -> Beginning:
        given = {name: self._value(value, moment) for name, value in self.values.items()}
        return Beginning(end=Ending("ok", variables=given))

    def _value(self, written: str | float, moment: Moment) -> Value:
        if not isinstance(written, str):
            return written
        name = sole_name(written)  # then numbers stay numbers and lists lists
        return moment.text(written) if name is None else moment.value(name)

    @property
    @override
    def sentence(self) -> str:
        said = ", ".join(f"{name} to {value}" for name, value in self.values.items())
        return self.about or f"Set {said}"


def _type(written: str | float) -> ValueType | None:
    """None where the value is another variable's, whatever that is."""
    if not isinstance(written, str):
        return "number"
    return None if sole_name(written) else "text"
