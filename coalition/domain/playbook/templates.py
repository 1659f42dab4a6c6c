"""`{{name}}`: plain replacement, once, and nothing else.

No expressions, no filters, no code: a value that itself contains braces is not looked at again.
(A sandboxed template language still rendered `'a'*10**8` to 100 MB when it was tried.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

NAME = r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39})?"
NAME_PATTERN = f"^{NAME}$"
_REFERENCE = re.compile(r"\{\{ *(" + NAME + r") *\}\}")


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[str, ...]:
    """The names that the text asks for, in order, each once."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text)))


def fault_in(text: str) -> str | None:
    """What is wrong with the braces of a text: `what; what to write`, or None."""
    rest = _REFERENCE.sub("", text)
    for brace in ("{{", "}}"):
        at = rest.find(brace)
        if at >= 0:
            near = rest[max(0, at - 10) : at + 20].replace("\n", " ")
            return f"has {brace} without a plain name near {near!r}; write it like {{{{name}}}}"
    return None


def sole_name(text: str) -> str | None:
    """The name, where the whole text is one `{{name}}`."""
    match = _REFERENCE.fullmatch(text.strip())
    return match.group(1) if match else None


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """The text with every `{{name}}` replaced by `value_of(name)`."""
    if "{{" not in text:
        return text
    return _REFERENCE.sub(lambda match: value_of(match.group(1)), text)
