"""Playbook data as YAML text that people read and our reader reads back the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

HEADER = "# yaml-language-server: $schema=./playbook.schema.json\n"

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./+-]*(?<! )")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDE = 90
_LONG = 1000  # in quotes every quote and backslash in it would be doubled
_SPECIAL = re.compile("[\x7f-\x9f\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def to_yaml(data: dict[str, Any]) -> str:
    """The text of a playbook."""
    return HEADER + "\n".join(_mapping(data, 0)) + "\n"


def _mapping(data: dict[str, Any], level: int) -> Iterator[str]:
    indent = "  " * level
    for key, value in data.items():
        name = _scalar(key)
        if isinstance(value, str) and _is_block(value):
            yield f"{indent}{name}: |-"
            yield from (f"{indent}  {line}".rstrip() for line in value.split("\n"))
        elif isinstance(value, dict | list) and value and not _fits(value, level):
            yield f"{indent}{name}:"
            yield from _inside(value, level + 1)
        else:
            yield f"{indent}{name}: {_flow(value)}"


def _inside(value: dict[str, Any] | list[Any], level: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _mapping(value, level)
        return
    indent = "  " * level
    for one in value:
        if isinstance(one, dict | list) and one and not _fits(one, level):
            lines = list(_inside(one, level + 1))
            yield f"{indent}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield f"{indent}- {_flow(one)}"


def _fits(value: Any, level: int) -> bool:
    """Whether a value is small enough to stand on one line."""
    inner = value.values() if isinstance(value, dict) else value
    if len(value) > 6 or any(isinstance(one, dict | list) for one in inner):  # noqa: PLR2004
        return False
    return len(_flow(value)) + 2 * level < _WIDE


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        inner = (f"{_scalar(key)}: {_flow(one)}" for key, one in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flow(one) for one in value)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    # `: ` and ` #` cannot occur: neither sign is among the plain ones.
    return value if plain else _quoted(value)


def _quoted(value: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return _SPECIAL.sub(lambda one: f"\\u{ord(one.group()):04x}", text)


def _is_block(value: str) -> bool:
    """Whether a text of several lines, or a very long one, reads better as a block."""
    return (
        ("\n" in value or len(value) > _LONG)
        and not value.startswith((" ", "\n", "\t"))
        and not value.endswith("\n")
        and all(line == line.rstrip() for line in value.split("\n"))
        and all(one == "\n" or (one.isprintable() and not _SPECIAL.match(one)) for one in value)
    )
