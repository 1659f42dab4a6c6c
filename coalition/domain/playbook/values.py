"""What a playbook's variables can hold, how it is read from people, and how it is shown.

Values are plain JSON: text, a number, or a list of texts (members by their ids). `yes_no` is the
text `yes` or `no`, a duration is text such as `15m`, so that a condition reads as it is written.
"""

# ruff: noqa: ARG001
# Every entry of the table has the same shape, whether it needs all of it or not.

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from coalition.domain.durations import format_duration, parse_duration
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp, parse_tlp

ValueType = Literal[
    "text", "number", "yes_no", "choice", "duration", "member", "members", "severity", "tlp",
    "list",
]  # fmt: skip
Value = str | int | float | list[str]

MAX_TEXT = 3000
MAX_ITEMS = 500
"""Items of a list, and so rounds of a loop over one."""

_MEMBER = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


class Variable(NamedTuple):
    """What is known of a variable before a run: its type (None: differs) and its choices."""

    type: ValueType | None
    choices: tuple[str, ...] = ()


Results = Mapping[str, tuple[Variable, Value]]
"""What a step leaves behind, by name: what is known of it, and its value if nobody gave one."""

FACTS: dict[str, Variable] = {
    "incident": Variable("text"),
    "title": Variable("text"),
    "severity": Variable("severity"),
    "kind": Variable("text"),
    "tlp": Variable("tlp"),
    "status": Variable("text"),
    "member": Variable("member"),
    "lead": Variable("text"),
    "affected": Variable("members"),
    "participants": Variable("members"),
}
"""What every run knows of its incident, under names that no input may take."""


def parse_value(type_: ValueType, raw: Any, choices: Sequence[str] = ()) -> Value:
    """The value that a person or a file means by `raw`.

    Raises:
        ValueError: `what is wrong; what to write`.
    """
    return _PARSERS[type_](raw, choices)


def show(value: Value) -> str:
    """A value as text: what `{{name}}` is replaced with."""
    return ", ".join(value) if isinstance(value, list) else str(value)


def empty(type_: ValueType) -> Value:
    """The value of something that was asked and not answered."""
    return [] if type_ in {"members", "list"} else ""


def _text(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise ValueError("is not text; write it in quotes")  # noqa: TRY004 # as all the others
    if len(raw) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} letters; shorten it")
    return raw


def _number(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        return float(raw) if "." in raw else int(raw)
    raise ValueError(f"{_cut(raw)} is not a number; write it like 3 or 2.5")


def _yes_no(raw: Any, choices: Sequence[str]) -> Value:
    word = {True: "yes", False: "no"}.get(raw, raw) if isinstance(raw, bool) else raw
    if isinstance(word, str) and word.strip().lower() in {"yes", "no"}:
        return word.strip().lower()
    raise ValueError(f"{_cut(raw)} is neither yes nor no; write yes or no")


def _choice(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, str) and raw in choices:
        return raw
    raise ValueError(f"{_cut(raw)} is not a choice; choose one of {', '.join(choices)}")


def _duration(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, str):
        return format_duration(parse_duration(raw))
    raise ValueError(f"{_cut(raw)} has no unit; write it like 90s, 15m, 4h or 30d")


def _member(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, str) and _MEMBER.fullmatch(raw.strip()):
        return raw.strip()
    raise ValueError(f"{_cut(raw)} is not a member id; write it like ee or lv")


def _members(raw: Any, choices: Sequence[str]) -> Value:
    items = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple):
        raise ValueError(f"{_cut(raw)} is no list of members; write ee, lv")  # noqa: TRY004
    return list(dict.fromkeys(str(_member(item, ())) for item in items))


def _list(raw: Any, choices: Sequence[str]) -> Value:
    items = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or len(items) > MAX_ITEMS:
        raise ValueError(f"{_cut(raw)} is no list of at most {MAX_ITEMS}; write a, b, c")
    return [str(_text(item, ())).strip() for item in items]


def _severity(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, str) and raw.strip().upper() in list(Severity):
        return raw.strip().upper()
    raise ValueError(f"{_cut(raw)} is not a severity; write one of {', '.join(Severity)}")


def _tlp(raw: Any, choices: Sequence[str]) -> Value:
    if isinstance(raw, str):
        return str(parse_tlp(raw))
    raise ValueError(f"{_cut(raw)} is not a TLP label; write one of {', '.join(Tlp)}")


def _cut(raw: Any) -> str:
    return repr(raw)[:60]


_PARSERS = {
    "text": _text,
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "duration": _duration,
    "member": _member,
    "members": _members,
    "severity": _severity,
    "tlp": _tlp,
    "list": _list,
}
