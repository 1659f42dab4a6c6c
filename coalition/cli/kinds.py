"""What a file is, by its name alone: nothing is loaded or opened for it."""

from __future__ import annotations

from pathlib import Path

CACAO = frozenset({".json"})


def is_cacao(path: Path) -> bool:
    """Whether a file is called as CACAO files are."""
    return path.suffix.lower() in CACAO
