"""The quick way through a YAML file: libyaml (C) for files as people ordinarily write them.

ruamel.yaml reads YAML 1.2 and words what is wrong, in Python, at 10 ms a file. libyaml reads the
same at a thirtieth of that, but by the rules of YAML 1.1 in places, and it must not be trusted with
a hostile file (composing in C overflows the stack of deeply nested ones). So this module reads
events, decides what values mean by the 1.2 core schema itself, and gives up (`None`) on everything
that is wrong, unusual, or known to be read differently. Whoever calls it then takes the careful
way. `tests/config/test_yaml_two_ways.py` holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]

DEEPEST = 100
"""Levels of nesting that an ordinary file stays below."""

_CORE = "tag:yaml.org,2002:"
# Python itself refuses to write or read numbers of thousands of digits (CVE-2020-10735).
_LONGEST_NUMBER = 64
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

# What YAML 1.1 and 1.2, or the two libraries, do not read alike.
_UNUSUAL = re.compile(
    r"[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"  # tabs …
    r"|(?m:^|[\s\[{,-])\?"  # a key after a question mark
    r"|\n +\n"  # an empty line of blanks, before or in a block of text
    r"|[|>][-+]?[0-9#]"  # a block of text that says how deep it is indented
    r"|:[\[{'\"]|['\"}\]]:\S"  # a colon that touches what follows
)


class _UnusualError(Exception):
    """The careful way is to read this file."""


def scalar(text: str, *, quoted: bool) -> str | int | float | bool | None:
    """The 1.2 core schema, whatever version the file claims: quoted is text, so is the unknown."""
    if quoted:
        return text
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in {"true", "True", "TRUE"} or text in {"false", "False", "FALSE"}:
        return text.lower() == "true"
    return _number(text)


def _number(text: str) -> str | int | float:
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def read_plain(text: str, most: int) -> tuple[Any, Lines] | None:
    """The data of an ordinary file of at most `most` values, and the line of each, from 1.

    `None` for every other file, be it wrong or only unusual.
    """
    if not yaml.__with_libyaml__ or _UNUSUAL.search(text):
        return None
    from yaml._yaml import CParser  # noqa: PLC0415 - is not there without libyaml

    try:
        return _Events(CParser(text).get_event, most).document()
    except (_UnusualError, yaml.YAMLError):
        return None


class _Events:
    """Plain data out of libyaml's events."""

    def __init__(self, following: Callable[[], Any], most: int) -> None:
        self._next = following
        self._left = most
        self.lines: Lines = {}

    def document(self) -> tuple[Any, Lines]:
        self._next()  # the stream
        start = self._next()
        if not isinstance(start, yaml.DocumentStartEvent) or start.explicit:
            raise _UnusualError
        data = self._value(self._next(), ())
        if self._next().explicit or not isinstance(self._next(), yaml.StreamEndEvent):
            raise _UnusualError
        return data, self.lines

    def _value(self, event: Any, path: Path_) -> Any:
        self._left -= 1
        plain = not isinstance(event, yaml.AliasEvent) and event.anchor is None
        if not plain or event.tag is not None or len(path) > DEEPEST or self._left <= 0:
            raise _UnusualError
        if path not in self.lines:
            self._note(path, event)
        if isinstance(event, yaml.ScalarEvent):
            if not path and event.style in {"|", ">"}:
                raise _UnusualError  # a file that is one block: is a line with # part of it?
            return scalar(event.value, quoted=bool(event.style))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _note(self, path: Path_, event: Any) -> None:
        self.lines[path] = event.start_mark.line + 1

    def _sequence(self, path: Path_) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            if isinstance(event, yaml.ScalarEvent) and not event.value and not event.style:
                raise _UnusualError  # nothing after a dash: on which line is nothing?
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
                raise _UnusualError
            key = event.value
            if key in found or not (key or event.style):
                raise _UnusualError
            below = (*path, key)
            self._note(below, event)
            found[key] = self._value(self._next(), below)
        return found
