"""Whose an aggregate is, by its id: a run's id begins with that of its incident."""

from __future__ import annotations

import re

_OWNED = re.compile(r"([A-Z]+(?:-[A-Z0-9]+)+)-[a-z].*")


def owner_of(id: str) -> str:
    """`INC-2026-0007` of `INC-2026-0007-r1` and of `INC-2026-0007-r1-step-1`; empty for others."""
    found = _OWNED.fullmatch(id)
    return found.group(1) if found else ""
