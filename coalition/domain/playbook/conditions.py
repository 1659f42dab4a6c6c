"""Conditions: `scrubbing = 'granted' AND acks >= 3`, read by a parser of our own.

    condition  := and ("OR" and)*
    and        := not ("AND" not)*
    not        := "NOT" not | "(" condition ")" | comparison
    comparison := name ("=" | "!=" | "<" | "<=" | ">" | ">=") ('text' | number)

The right side is always a literal, because that is all a STIX comparison (CACAO's conditions) can
say. Texts compare exactly; order is defined for numbers, durations, severities and TLP labels.
"""

from __future__ import annotations

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from typing_extensions import override

from coalition.domain.durations import parse_duration
from coalition.domain.incident.words import Severity
from coalition.domain.labels import parse_tlp
from coalition.domain.playbook.templates import NAME
from coalition.domain.playbook.values import Value, show

MAX_LENGTH = 1000
MAX_DEPTH = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<word>(?:AND|OR|NOT)\b)|(?P<name>" + NAME + r")"
    r"|(?P<op><=|>=|!=|=|<|>)|(?P<bracket>[()])"
    r"|(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,10})?)|'(?P<text>[^']*)')",
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Unorderable(ValueError):
    """The two sides have no order."""


class Condition(ABC):
    """What is either true or not, once its names have values."""

    __slots__ = ()

    @abstractmethod
    def holds(self, value_of: Callable[[str], Value]) -> bool:
        """Whether it is true. Raises `Unorderable`, and whatever `value_of` raises."""

    @abstractmethod
    def comparisons(self) -> Iterator[Comparison]:
        """Yield the comparisons in it, from left to right."""


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """`name op literal`."""

    name: str
    op: str
    literal: str | int | float

    @override
    def holds(self, value_of: Callable[[str], Value]) -> bool:
        return compare(value_of(self.name), self.op, self.literal, self.name)

    @override
    def comparisons(self) -> Iterator[Comparison]:
        yield self


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The opposite."""

    inner: Condition

    @override
    def holds(self, value_of: Callable[[str], Value]) -> bool:
        return not self.inner.holds(value_of)

    @override
    def comparisons(self) -> Iterator[Comparison]:
        yield from self.inner.comparisons()


@dataclass(frozen=True, slots=True)
class Both(Condition):
    """AND."""

    left: Condition
    right: Condition

    @override
    def holds(self, value_of: Callable[[str], Value]) -> bool:
        return self.left.holds(value_of) and self.right.holds(value_of)

    @override
    def comparisons(self) -> Iterator[Comparison]:
        yield from self.left.comparisons()
        yield from self.right.comparisons()


@dataclass(frozen=True, slots=True)
class Either(Condition):
    """OR."""

    left: Condition
    right: Condition

    @override
    def holds(self, value_of: Callable[[str], Value]) -> bool:
        return self.left.holds(value_of) or self.right.holds(value_of)

    @override
    def comparisons(self) -> Iterator[Comparison]:
        yield from self.left.comparisons()
        yield from self.right.comparisons()


@lru_cache(maxsize=1024)
def parse_condition(text: str) -> Condition:
    """The condition that `text` says.

    Raises:
        ValueError: `what is wrong, at which column; what to write`.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"is longer than {MAX_LENGTH} letters; split it into nested ifs")
    parser = _Parser(text)
    found = parser.either(0)
    if parser.kind:
        parser.fail("expected AND, OR or the end")
    return found


def compare(left: Value, op: str, right: str | float, name: str) -> bool:
    """Whether `left op right`; numbers by value, everything else as its text.

    Raises:
        Unorderable: for `<`, `<=`, `>`, `>=` between things that have no order.
    """
    if op in {"=", "!="}:
        return _COMPARE[op](*_alike(left, right))
    for order in (_as_number, _as_duration, _as_severity, _as_label):
        pair = order(left), order(right)
        if pair[0] is not None and pair[1] is not None:
            return _COMPARE[op](*pair)
    raise Unorderable(
        f"{name} {op} {right!r} has no order, because {name} is {show(left)!r}; "
        "compare numbers, durations, severities or TLP labels"
    )


def _alike(left: Value, right: str | float) -> tuple[Any, Any]:
    numbers = _as_number(left), _as_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers
    return show(left), str(right)


def _as_number(value: Value) -> float | None:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", value):
        return float(value)
    return None


def _as_duration(value: Value) -> Any:
    try:
        return parse_duration(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_severity(value: Value) -> int | None:
    return Severity(value).rank if isinstance(value, str) and value in list(Severity) else None


def _as_label(value: Value) -> int | None:
    try:
        return parse_tlp(value).rank if isinstance(value, str) else None
    except ValueError:
        return None


class _Parser:
    """Recursive descent over the tokens; `kind` is empty at the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.start = 0
        self.kind = self.token = ""
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.at :]
        self.start = self.at + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.kind = self.token = ""
            return
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.fail("cannot be read")
        self.kind = str(match.lastgroup)
        self.token = str(match.group(self.kind))
        self.at = match.end()

    def fail(self, what: str) -> NoReturn:
        rest = self.text[self.start : self.start + 20]
        found = f", found {rest!r}" if rest else ""
        raise ValueError(
            f"{what} at letter {self.start + 1}{found}; "
            "write it like scrubbing = 'granted' AND acks >= 3"
        )

    def takes(self, kind: str, token: str) -> bool:
        if (self.kind, self.token) == (kind, token):
            self.advance()
            return True
        return False

    def either(self, depth: int) -> Condition:
        left = self.both(depth)
        while self.takes("word", "OR"):
            left = Either(left, self.both(depth))
        return left

    def both(self, depth: int) -> Condition:
        left = self.negated(depth)
        while self.takes("word", "AND"):
            left = Both(left, self.negated(depth))
        return left

    def negated(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than {MAX_DEPTH}; split it into nested ifs")
        if self.takes("word", "NOT"):
            return Not(self.negated(depth + 1))
        if self.takes("bracket", "("):
            inner = self.either(depth + 1)
            if not self.takes("bracket", ")"):
                self.fail("expected )")
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        name = self.expect({"name"}, "expected a name")
        op = self.expect({"op"}, "expected one of = != < <= > >=")
        kind = self.kind
        literal = self.expect({"text", "number"}, "expected 'text' in quotes or a number")
        if kind == "text":
            return Comparison(name, op, literal)
        return Comparison(name, op, float(literal) if "." in literal else int(literal))

    def expect(self, kinds: set[str], what: str) -> str:
        if self.kind not in kinds:
            self.fail(what)
        token = self.token
        self.advance()
        return token
