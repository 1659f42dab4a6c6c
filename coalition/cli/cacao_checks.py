"""`tocsin playbook check` of CACAO files: the same findings as importing them gives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coalition.cli.kinds import is_cacao
from coalition.cli.output import result, say

if TYPE_CHECKING:
    from coalition.cacao.importing import Imported

GOOD = frozenset({"ok", "warnings"})


def judged(paths: Iterable[Path]) -> dict[Path, Imported]:
    """What each CACAO file among the paths comes to."""
    documents = [path for path in paths if is_cacao(path)]
    if not documents:  # most often; what reads them takes a while to load
        return {}
    from coalition.cacao.importing import import_
    from coalition.cli.cacao_files import read_bytes

    now = datetime.now(UTC)
    return {path: import_(read_bytes(path), now) for path in documents}


def tell(documents: dict[Path, Imported]) -> None:
    """Print the findings, and what each document comes to."""
    for path, found in documents.items():
        for one in found.findings:
            result(f"{path}: {one.line}")
        say(f"{path}: {found.status}.")


def faults(documents: dict[Path, Imported]) -> int:
    """How many findings keep a document from being run."""
    return sum(one.broken for found in documents.values() for one in found.findings)


def plain(documents: dict[Path, Imported]) -> list[dict[str, Any]]:
    """As programs read it."""
    return [
        {
            "file": str(path),
            "ok": found.status in GOOD,
            "playbook": found.data["playbook"] if found.data else None,
            **found.as_json(),
        }
        for path, found in documents.items()
    ]
