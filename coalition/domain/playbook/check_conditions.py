"""Conditions that cannot mean what they say: no order, or a choice that is never taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coalition.domain.playbook.conditions import Comparison, parse_condition
from coalition.domain.playbook.values import Variable, parse_value

_ORDERED = {"number", "duration", "severity", "tlp"}
_CLOSED = {"yes_no", "choice", "number", "duration", "severity", "tlp"}


def condition_problems(
    text: str, known: Mapping[str, Variable]
) -> Iterator[tuple[str, str | None]]:
    """Yield (name, problem); a problem of None says that the name is unknown."""
    for one in parse_condition(text).comparisons():
        variable = known.get(one.name)
        if variable is None:
            yield one.name, None
            continue
        problem = comparison_problem(one, variable)
        if problem:
            yield one.name, problem


def comparison_problem(one: Comparison, variable: Variable | None) -> str | None:
    """What is wrong with comparing a variable so, or None."""
    type_ = variable.type if variable else None
    if variable is None or type_ is None:
        return None
    if one.op not in {"=", "!="} and type_ not in _ORDERED:
        return f"{one.name} is a {type_} and has no order; compare it with = or !="
    if type_ not in _CLOSED:
        return None
    try:
        # An empty text is what an unanswered question gives.
        if one.literal != "":
            parse_value(type_, one.literal, variable.choices)
    except ValueError as error:
        return f"compares {one.name} with {one.literal!r}, which {_without_subject(error, one)}"
    return None


def _without_subject(error: ValueError, one: Comparison) -> str:
    return str(error).removeprefix(repr(one.literal)).strip()
