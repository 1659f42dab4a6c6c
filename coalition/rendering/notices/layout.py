"""Plain text in columns: paragraphs, lists and rows of at most `WIDTH` letters."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH = 78
INDENT = "  "


def block(text: str) -> Iterator[str]:
    """The paragraphs of a text, indented; a line break in it stays one."""
    for paragraph in text.splitlines():
        yield from wrap(paragraph, INDENT)


def bullets(items: Iterable[str]) -> Iterator[str]:
    """One item after the other, each with a dash."""
    for item in items:
        yield from wrap(f"- {item}", INDENT, hanging=INDENT * 2)


def rows(pairs: Sequence[tuple[str, str]], indent: str = INDENT) -> Iterator[str]:
    """Names in one column, what they are in the next."""
    width = max((len(name) for name, _ in pairs), default=0) + 2
    for name, value in pairs:
        yield from wrap(f"{name:<{width}}{value}", indent, hanging=indent + " " * width)


def wrap(paragraph: str, indent: str, *, hanging: str | None = None) -> Iterator[str]:
    """A paragraph broken between words; what has no space in it is never broken."""
    wrapped = textwrap.wrap(
        paragraph,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from wrapped or [""]
