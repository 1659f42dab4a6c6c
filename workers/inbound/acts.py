"""Acts of mutual aid in a signed mail: `aid: deploy` on the first line, `mission: 1` below it.

What belongs to an act stands as `name: value`; everything else written is its text. A cost line is
`line: personnel; Four people; 3500.00 EUR; <SHA-256 of the receipt>`, with `; not eligible` where
the sender bears it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.application.aid_acting import ACTS
from coalition.domain.errors import UserError
from coalition.domain.money import minor_units
from workers.inbound.reading import own_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_BY_MAIL = frozenset({"offer", "revise", "terms"})
"""Offers and terms are answered to a notice, where each word has its place."""

_ACT = re.compile(r"aid\s*:\s*([a-z_]{2,20})", re.IGNORECASE)
_FIELD = re.compile(r"([a-z_]{2,20})\s*:\s*(.*\S)\s*", re.IGNORECASE)
_AMOUNT = re.compile(r"([0-9.]{1,16})\s*([A-Z]{3})")
_NUMBERS = frozenset({"offer", "mission"})
_COST_PARTS = 4


class Ordered(NamedTuple):
    """An act, and the fields of its command."""

    word: str
    fields: dict[str, Any]


def begins(text: str) -> bool:
    """Whether a mail means to be an act rather than an answer."""
    return _begun(_written(text)) is not None


def ordered(text: str) -> Ordered:
    """The act that a mail begins with.

    Raises:
        UserError: it begins with none, or cannot be read.
    """
    lines = _written(text)
    begun = _begun(lines)
    word = begun[1].lower() if begun else ""
    known = [name for name in ACTS if name not in NOT_BY_MAIL]
    if word not in known:
        raise UserError(f"{word!r} is no act that a mail can order.", f"Known: {', '.join(known)}.")
    return Ordered(word, _fields(word, lines[1:]))


def _written(text: str) -> list[str]:
    return [line.strip() for line in own_lines(text) if line.strip()]


def _begun(lines: list[str]) -> re.Match[str] | None:
    return _ACT.fullmatch(lines[0]) if lines else None


def _fields(word: str, lines: Iterable[str]) -> dict[str, Any]:
    names = set(ACTS[word].model_fields) | {"line"}
    found: dict[str, Any] = {}
    rest: list[str] = []
    for line in lines:
        matched = _FIELD.fullmatch(line)
        name = matched[1].lower() if matched else ""
        if matched is None or name not in names:
            rest.append(line)
        elif name == "line":
            found.setdefault("lines", []).append(_cost(matched[2]))
        else:
            found[name] = _value(word, name, matched[2])
    if rest and "text" in names:
        found["text"] = "\n".join(filter(None, (found.get("text", ""), *rest)))
    return found


def _value(word: str, name: str, said: str) -> Any:
    if name in _NUMBERS:
        return _number(name, said)
    if name == "guests":
        return [one.strip() for one in said.split(",") if one.strip()]
    if name == "lines" and word == "query":
        return [_number(name, one.strip()) for one in said.split(",")]
    return said


def _number(name: str, said: str) -> int:
    if said.isascii() and said.isdigit() and len(said) <= 6:  # noqa: PLR2004 - up to 999999
        return int(said)
    raise UserError(f"{name} is {said[:40]!r}.", "Write a whole number.", field=name)


def _cost(said: str) -> dict[str, Any]:
    parts = [part.strip() for part in said.split(";")]
    amount = _AMOUNT.fullmatch(parts[2]) if len(parts) >= _COST_PARTS else None
    if amount is None:
        example = "personnel; Four people; 3500.00 EUR; the SHA-256 of the receipt"
        raise UserError(f"{said[:60]!r} is no cost line.", f"Write it like: {example}.")
    return {
        "kind": parts[0].lower(),
        "text": parts[1],
        "amount": minor_units(amount[1], amount[2]),
        "currency": amount[2],
        "evidence": parts[3],
        "eligible": "not eligible" not in parts[_COST_PARTS:],
    }
