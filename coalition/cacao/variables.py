"""The variables of a foreign playbook: inputs the caller gives, or values set at the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coalition.cacao.graph import steps_of
from coalition.cacao.naming import Names, one_line, readable
from coalition.cacao.words import REFERENCE, VARIABLE
from coalition.domain.playbook.values import MAX_TEXT, Variable

_NUMBERS = frozenset({"integer", "long", "float"})


@dataclass
class Variables:
    """Our name, type and first value of every variable that the document names."""

    names: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    start: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Variable] = field(default_factory=dict)

    def name(self, variable: str) -> str | None:
        """Our name for `__variable__`."""
        return self.names.get(variable)


def variables_of(document: Mapping[str, Any], names: Names) -> Variables:
    """Every variable declared or used anywhere in the document."""
    found = Variables()
    written = _written(document)
    declared = dict(_declared(document.get("playbook_variables")))
    for variable, one in declared.items():
        name = _named(found, variable, names)
        if one.get("external") is True and variable in written:
            given = names.name(f"{name}_given", "given")
            found.inputs[given] = _input(one, name)
            found.start[name] = f"{{{{{given}}}}}"
            found.known[name] = Variable(None)
        elif variable in written:
            _starts(found, name, one)
        else:
            found.inputs[name] = _input(one, name)
            found.known[name] = Variable(found.inputs[name]["type"])
    for variable, one in _others(document):
        if variable not in found.names:
            _starts(found, _named(found, variable, names), one)
    return found


def _named(found: Variables, variable: str, names: Names) -> str:
    found.names[variable] = names.name(variable.strip("_"), "value")
    return found.names[variable]


def _starts(found: Variables, name: str, one: Mapping[str, Any]) -> None:
    if str(one.get("type")) in _NUMBERS:
        found.start[name] = _number(one.get("value")) or 0
        found.known[name] = Variable("number")
    else:
        found.start[name] = readable(one.get("value"))
        found.known[name] = Variable("text")


def _input(one: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = one.get("value")
    number = _number(value) if str(one.get("type")) in _NUMBERS else None
    shape: dict[str, Any] = {"type": "number" if number is not None else "text"}
    if isinstance(one.get("description"), str) and one["description"].strip():
        shape["about"] = one_line(one["description"], name)
    if number is not None:
        shape["default"] = number
    elif value is not None or one.get("external") is not True:
        shape["default"] = readable(value)[:MAX_TEXT]
    return shape


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if number != number or abs(number) >= 1e15:  # noqa: PLR0124, PLR2004  # not a number; too long
        return None
    return int(number) if number.is_integer() else number


def _written(document: Mapping[str, Any]) -> set[str]:
    """The variables that some step gives a value to."""
    given = (step.get("out_args") for step in steps_of(document).values())
    return {one for each in given if isinstance(each, list) for one in each if isinstance(one, str)}


def _declared(declared: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, one in declared.items() if isinstance(declared, dict) else ():
        if VARIABLE.fullmatch(name) and isinstance(one, dict):
            yield name, one


def _others(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    steps = steps_of(document).values()
    for step in steps:
        yield from _declared(step.get("step_variables"))
    for one in sorted(_written(document)):
        if VARIABLE.fullmatch(one):
            yield one, {}
    for step in steps:
        for text in _texts(step):
            for one in REFERENCE.findall(text):
                yield one, {}


def _texts(step: Mapping[str, Any]) -> Iterator[str]:
    layer: list[Any] = [step]
    while layer:
        one = layer.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            layer += one.values()
        elif isinstance(one, list):
            layer += one
