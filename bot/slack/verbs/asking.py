"""Values that a playbook asks for: typed as `name=value`, or as fields of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.slack.verbs.base import SEVERITY_CHOICES, TLP_CHOICES, Call
from coalition.domain.errors import UserError
from coalition.rendering.slack.fields import Field, Kind
from coalition.rendering.slack.text import one_line

if TYPE_CHECKING:
    from coalition.domain.members import Coalition

INPUT = "in-"
"""Prefix of the block ids of asked values, so that none can be taken for a field of the verb."""

_PAIR = re.compile(r"(?:^|\s)([A-Za-z_][A-Za-z0-9_]{0,39})=")
_CHOICES = {
    "yes_no": (("yes", "Yes"), ("no", "No")),
    "severity": SEVERITY_CHOICES,
    "tlp": TLP_CHOICES,
}


_HINTS = {"number": "A number, such as 3 or 2.5", "duration": "Such as 90s, 15m, 4h or 30d"}


def pairs(text: str) -> dict[str, str]:
    """`over=yes note=all is quiet` -> {over: yes, note: all is quiet}.

    Raises:
        UserError: for text before the first `name=`.
    """
    if not text.strip():
        return {}
    found = list(_PAIR.finditer(text))
    if not found or text[: found[0].start()].strip():
        message = f"{text.strip()[:40]!r} is not of the form name=value."
        raise UserError(message, "Write for example over=yes.")
    ends = [pair.start() for pair in found[1:]] + [len(text)]
    return {
        pair.group(1): text[pair.end() : end].strip() for pair, end in zip(found, ends, strict=True)
    }


def given_values(call: Call, typed_in: str) -> dict[str, Any]:
    """The values given: those of the form, and those typed in field `typed_in`."""
    values: dict[str, Any] = dict(pairs(call.given.text(typed_in)))
    for name, given in call.given.values.items():
        if name.startswith(INPUT):
            several = len(given) > 1
            values[name.removeprefix(INPUT)] = list(given) if several else given[0]
    return values


def as_fields(asked: Mapping[str, Mapping[str, Any]], coalition: Coalition) -> tuple[Field, ...]:
    """Fields for what is asked: name -> {type, label or about, choices, default, required}."""
    alone = len(asked) == 1
    return tuple(_field(name, one, coalition, alone=alone) for name, one in asked.items())


def _field(name: str, asked: Mapping[str, Any], coalition: Coalition, *, alone: bool) -> Field:
    kind, choices = _element(asked, coalition)
    default, type_ = asked.get("default"), str(asked.get("type", "text"))
    named = "Your answer" if alone else name.replace("_", " ")
    label = asked.get("label") or asked.get("about") or named
    required = asked.get("required")
    return Field(
        f"{INPUT}{name}",
        one_line(str(label))[:150],
        kind,
        required=(default is None) if required is None else bool(required) and default is None,
        hint=f"Without an answer: {default}" if default is not None else _HINTS.get(type_, ""),
        choices=choices,
    )


def _element(
    asked: Mapping[str, Any], coalition: Coalition
) -> tuple[Kind, tuple[tuple[str, str], ...]]:
    kind = asked.get("type", "text")
    if kind == "choice":
        return "choice", tuple((one, one) for one in asked.get("choices", ()))
    if kind in _CHOICES:
        return "choice", _CHOICES[kind]
    if kind in ("member", "members"):
        members = tuple((one.id, f"{one.name} ({one.id})") for one in coalition.active)
        return "choice" if kind == "member" else "members", members
    if kind == "text":
        return "text", ()
    return "line", ()
