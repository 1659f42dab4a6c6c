"""One answer of `tocsin doctor`."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["ok", "note", "warn", "fail"]


class Finding(NamedTuple):
    """One answer: how bad, about what, what is the case, what to do."""

    level: Level
    subject: str
    what: str
    remedy: str = ""
