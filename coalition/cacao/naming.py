"""Foreign names and texts as our format takes them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from coalition.cacao.words import REFERENCE

MAX_ID = 40
MAX_NAME = 120
_CUT = "\n[…] It goes on in the CACAO document that is kept below, under `cacao`."


class Names:
    """Gives each thing a name of its own: a-z, 0-9 and `_` (or `-`), at most 40."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._next: dict[str, int] = {}

    def name(self, wish: str, otherwise: str) -> str:
        """A name like `wish`, or like `otherwise` where nothing of it is left."""
        plain = _plain(wish) or otherwise
        found, number = plain, self._next.get(plain, 2)
        while found in self.taken:
            suffix = f"_{number}"
            found, number = plain[: MAX_ID - len(suffix)] + suffix, number + 1
        self._next[plain] = number
        self.taken.add(found)
        return found


def _plain(wish: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", wish[:200]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", ascii_).lstrip("_0123456789")[:MAX_ID].rstrip("_")


def slug(wish: str, otherwise: str) -> str:
    """A playbook's name: as a name, with `-`."""
    return (_plain(wish) or otherwise).replace("_", "-")


def one_line(raw: Any, otherwise: str) -> str:
    """One printable line of at most 120 letters."""
    text = raw if isinstance(raw, str) else ""
    text = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if len(text) > MAX_NAME:
        text = text[: MAX_NAME - 1].rstrip() + "…"
    return text or otherwise


def readable(
    raw: Any, name_of: Callable[[str], str | None] = lambda _name: None, *, limit: int = 2500
) -> str:
    """A text for people: `__name__:value` becomes `{{name}}`, and nothing else is replaced."""
    text = raw if isinstance(raw, str) else "" if raw is None else json.dumps(raw)
    # A half of a surrogate pair cannot be written to any file.
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n")
    text = "".join(one if one.isprintable() or one in "\n\t" else " " for one in text).strip()
    text = re.sub(r"(?<=\{)(?=\{)|(?<=\})(?=\})", " ", text)  # no names of ours in it
    if len(text) > limit:
        text = text[:limit].rstrip() + _CUT
    return REFERENCE.sub(lambda match: _filled(match.group(1), match.group(), name_of), text)


def _filled(variable: str, written: str, name_of: Callable[[str], str | None]) -> str:
    name = name_of(variable)
    return written if name is None else f"{{{{{name}}}}}"
