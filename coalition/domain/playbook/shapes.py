"""The kinds of text that stand in a playbook, and what the checker must know of each field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from coalition.domain.durations import parse_duration
from coalition.domain.playbook.conditions import parse_condition
from coalition.domain.playbook.templates import fault_in, sole_name
from coalition.domain.playbook.values import MAX_TEXT, ValueType

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TARGET = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_DURATION_PATTERN = r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$|^\{\{ *[a-z][a-z0-9_.]* *\}\}$"


class Shape(BaseModel):
    """A frozen part of a playbook; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


@dataclass(frozen=True, slots=True)
class Fills:
    """Marks a field whose `{{name}}`s are replaced when the step begins."""

    wants: ValueType | Literal["any"] = "any"


@dataclass(frozen=True, slots=True)
class IsCondition:
    """Marks a field that is a condition."""


@dataclass(frozen=True, slots=True)
class NamesStep:
    """Marks a field that names an earlier step of one of these verbs."""

    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IsTarget:
    """Marks a field that says who: members who can be sent to, or people who can be asked."""

    reach: Literal["members", "people"]


@dataclass(frozen=True, slots=True)
class IsBlock:
    """Marks a field that holds steps."""


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{text[:40]!r} does not fit; use a-z, 0-9 and _, starting with a letter, at most 40"
        )
    return text


def _template(text: str) -> str:
    fault = fault_in(text)
    if fault:
        raise ValueError(fault)
    if len(text) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} letters; shorten it")
    return text


def _filled_in(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write what people are to read")
    return text


def _duration(raw: Any) -> Any:
    if not isinstance(raw, str):
        # Pydantic takes a ValueError alone as a finding.
        raise ValueError(f"{raw!r} has no unit; write it like 15m or 4h")  # noqa: TRY004
    if sole_name(raw) is None and not parse_duration(raw):
        raise ValueError("is no time at all; write something longer, such as 15m")
    return raw.strip()


def _count(raw: Any) -> Any:
    if isinstance(raw, int) and not isinstance(raw, bool):
        if raw < 1:
            raise ValueError("is less than one; write 1 or more, or all")
        return raw
    if isinstance(raw, str) and (raw == "all" or sole_name(raw) is not None):
        return raw
    raise ValueError(f"{raw!r} is not a number of members; write it like 3, or all")


def _condition(text: str) -> str:
    parse_condition(text)
    return text


def _one_or_more(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


def _targets(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("is empty; name a role, a member, affected, participants or all")
    for name in names:
        if sole_name(name) is None and not _TARGET.fullmatch(name):
            raise ValueError(
                f"{name[:40]!r} is not a target; name a role, a member, affected, "
                "participants or all"
            )
    return names


def _items(raw: Any) -> Any:
    if isinstance(raw, str) and sole_name(raw) is not None:
        return raw
    plain = isinstance(raw, list | tuple) and all(
        isinstance(one, str | int | float) and not isinstance(one, bool) and "{{" not in str(one)
        for one in raw
    )
    if not plain or not raw:
        raise ValueError("is no list; write [a, b], or {{name}} of a list or of members")
    return raw


def _steps_in(raw: Any) -> Any:
    if isinstance(raw, list | tuple) and not raw:
        raise ValueError("is empty; write at least one step")
    return raw


_NAMES_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
)

Id = Annotated[
    str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"})
]
"""A step, role or variable: a-z, 0-9, _."""

OptionalText = Annotated[str, AfterValidator(_template), Fills()]
Text = Annotated[
    str,
    AfterValidator(_template),
    AfterValidator(_filled_in),
    Fills(),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
"""What people read, with `{{name}}`s."""

Time = Annotated[
    str,
    BeforeValidator(_duration),
    Fills("duration"),
    WithJsonSchema({"type": "string", "pattern": _DURATION_PATTERN, "examples": ["30m"]}),
]
"""`30m`, or `{{name}}` of a duration."""

Count = Annotated[
    int | str,
    BeforeValidator(_count),
    Fills("number"),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}),
]
"""`3`, `all`, or `{{name}}` of a number."""

Items = Annotated[
    str | tuple[str | int | float, ...],
    BeforeValidator(_items),
    Fills("list"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
            ]
        }
    ),
]
"""`[a, b]`, or `{{name}}` of a list or of members."""

SomeSteps = BeforeValidator(_steps_in)
"""Marks a block that must not be empty."""

ConditionText = Annotated[str, AfterValidator(_condition), IsCondition()]

Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_more), _NAMES_SCHEMA]
"""One name, or a list of names."""

Members = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_more),
    AfterValidator(_targets),
    IsTarget("members"),
    _NAMES_SCHEMA,
]
"""Who is told."""

People = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_more),
    AfterValidator(_targets),
    IsTarget("people"),
    _NAMES_SCHEMA,
]
"""Who is asked."""


@lru_cache(maxsize=4096)
def marked(model: type[BaseModel], kind: type[Any]) -> tuple[tuple[str, str, Any], ...]:
    """The fields that carry a mark of this kind: (attribute, name in the file, mark)."""
    found: list[tuple[str, str, Any]] = []
    for attribute, field in model.model_fields.items():
        # In `Time | None` the marks are inside the union.
        inner = [m for arg in get_args(field.annotation) for m in getattr(arg, "__metadata__", ())]
        found += [
            (attribute, field.alias or attribute, mark)
            for mark in (*field.metadata, *inner)
            if isinstance(mark, kind)
        ]
    return tuple(found)
