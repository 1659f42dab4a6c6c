"""Conditions: CACAO's STIX comparisons to ours and back.

STIX: `__count__:value >= 3 AND __state__:value = 'open'`. Ours: `count >= 3 AND state = 'open'`.
Both allow only a literal on the right. What the one can say and the other cannot raises
ValueError, and the import makes it a question for a human.

stix2-patterns was looked at and left: a parser generated for a grammar ten times as large, which
would still have to be translated; what CACAO playbooks really hold is this.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from coalition.domain.playbook.conditions import (
    Both,
    Comparison,
    Condition,
    Either,
    Not,
    parse_condition,
)

MAX_LENGTH = 1000
_TOKEN = re.compile(
    r"\s*(?:(?P<word>(?:AND|OR|NOT|IN)\b)"
    r"|(?P<bool>(?:true|false|TRUE|FALSE|True|False)\b)"
    r"|(?P<name>__[A-Za-z][A-Za-z0-9_-]{0,199}?__(?::value)?(?![A-Za-z0-9_:-]))"
    r"|(?P<op><=|>=|!=|<>|==|=|<|>)|(?P<bracket>[(),])"
    r"|(?P<number>[-+]?[0-9]{1,15}(?:\.[0-9]{1,10})?(?![\w.]))"
    r"|'(?P<text>(?:[^'\\]|\\['\\])*)')"
)
_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def to_ours(text: str, name_of: Callable[[str], str | None]) -> str:
    """Our condition for a STIX one; `name_of` gives our name for `__a_variable__`.

    Raises:
        ValueError: what cannot be said in ours.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"is longer than {MAX_LENGTH} letters")
    tokens = _tokens(text.strip().removeprefix("[").removesuffix("]"))
    said = " ".join(_Reader(tokens, name_of).either())
    parse_condition(said)
    return said


def to_stix(text: str, variable_of: Callable[[str], str]) -> str:
    """The STIX comparison for one of ours; `variable_of` gives `__a_variable__` for a name."""
    return _stix(parse_condition(text), variable_of, negated=False)


def _stix(one: Condition, variable_of: Callable[[str], str], *, negated: bool) -> str:
    if isinstance(one, Not):
        return _stix(one.inner, variable_of, negated=not negated)
    if isinstance(one, Both | Either):
        # A negation moves inwards, because STIX has NOT only inside a comparison.
        word = "AND" if isinstance(one, Both) is not negated else "OR"
        left = _stix(one.left, variable_of, negated=negated)
        right = _stix(one.right, variable_of, negated=negated)
        return f"({left}) {word} ({right})" if word == "AND" else f"({left} {word} {right})"
    if not isinstance(one, Comparison):
        raise TypeError(f"{type(one).__name__} is no condition that CACAO can say")
    op = _NEGATED[one.op] if negated else one.op
    literal = one.literal
    if isinstance(literal, str):
        escaped = literal.replace("\\", "\\\\").replace("'", "\\'")
        return f"{variable_of(one.name)}:value {op} '{escaped}'"
    return f"{variable_of(one.name)}:value {op} {literal}"


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ValueError(f"cannot be read at {text[at : at + 20].strip()!r}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens; gives the words of our condition."""

    def __init__(self, tokens: list[tuple[str, str]], name_of: Callable[[str], str | None]) -> None:
        self.tokens = tokens
        self.name_of = name_of
        self.depth = 0

    def either(self) -> list[str]:
        said = self.joined()
        if self.tokens and not self.depth:
            raise ValueError(f"goes on with {self.tokens[0][1]!r}")
        return said

    def joined(self) -> list[str]:
        said = self.single()
        while self.tokens and self.tokens[0] in {("word", "AND"), ("word", "OR")}:
            said = [*said, self.tokens.pop(0)[1], *self.single()]
        return said

    def single(self) -> list[str]:
        if self.takes("word", "NOT"):
            return ["NOT", "(", *self.single(), ")"]
        if self.takes("bracket", "("):
            self.depth += 1
            if self.depth > 20:  # noqa: PLR2004  # as deep as our own parser reads
                raise ValueError("is nested too deeply")
            inner = self.either()
            self.depth -= 1
            if not self.takes("bracket", ")"):
                raise ValueError("has a bracket that is not closed")
            return ["(", *inner, ")"]
        return self.comparison()

    def comparison(self) -> list[str]:
        name = self.name()
        negated = self.takes("word", "NOT")
        if self.takes("word", "IN"):
            said = self.one_of(name)
        else:
            op = self.expect("op", "a comparison such as =")
            said = [name, {"==": "=", "<>": "!="}.get(op, op), self.literal()]
        return ["NOT", "(", *said, ")"] if negated else said

    def one_of(self, name: str) -> list[str]:
        self.expect("bracket", "a list in brackets")
        said = ["(", name, "=", self.literal()]
        while self.takes("bracket", ","):
            said += ["OR", name, "=", self.literal()]
        self.expect("bracket", "the end of the list")
        return [*said, ")"]

    def name(self) -> str:
        found = self.expect("name", "a variable such as __count__:value")
        ours = self.name_of(found.removesuffix(":value"))
        if ours is None:
            raise ValueError(f"uses {found}, which is not a variable")
        return ours

    def literal(self) -> str:
        kind, token = self.tokens.pop(0) if self.tokens else ("", "")
        if kind == "number":
            return token.removeprefix("+")
        if kind == "bool":
            return f"'{token.lower()}'"
        if kind == "text":
            plain = re.sub(r"\\(['\\])", r"\1", token)
            if "'" in plain:
                raise ValueError("compares with a text that has a quote in it")
            return f"'{plain}'"
        raise ValueError(f"needs a text in quotes or a number instead of {token or 'the end'!r}")

    def takes(self, kind: str, token: str) -> bool:
        if self.tokens and self.tokens[0] == (kind, token):
            self.tokens.pop(0)
            return True
        return False

    def expect(self, kind: str, what: str) -> str:
        found = self.tokens.pop(0) if self.tokens else ("", "")
        if found[0] != kind:
            raise ValueError(f"needs {what} instead of {found[1] or 'the end'!r}")
        return found[1]
