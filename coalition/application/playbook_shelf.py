"""The playbooks in force, and those that runs are pinned to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from coalition.domain.errors import NotFound
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.library import family

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coalition.application.ports import Documents

KEPT = 128


class PlaybookSource(Protocol):
    """Where playbooks are written: a folder of YAML files (adapters/playbook_files.py)."""

    def playbooks(self) -> Sequence[Playbook]:
        """Return the valid playbooks as they are now, in order of their names."""
        ...

    def findings(self) -> Sequence[str]:
        """Return what is wrong with files that were refused: `file:line: field: what`."""
        ...


class Shelf:
    """Edits touch new runs only: a run's playbook is kept under its content hash for good."""

    def __init__(self, documents: Documents, source: PlaybookSource) -> None:
        self._documents = documents
        self._source = source
        self._pinned: Callable[[str], Playbook] = lru_cache(KEPT)(self._load)

    def in_force(self) -> Mapping[str, Playbook]:
        """Return the playbooks that may be started now, by content hash."""
        return {playbook.content_hash: playbook for playbook in self._source.playbooks()}

    def refused(self) -> list[str]:
        """Return `file:line` of the first fault of each file that was refused; no content.

        What such a file said when it was last valid stays in force.
        """
        first: dict[str, str] = {}
        for finding in self._source.findings():
            path, _, rest = finding.partition(":")
            name = path.rpartition("/")[2]
            first.setdefault(name, f"{name}:{rest.partition(':')[0]}")
        return list(first.values())

    def named(self, name: str) -> Playbook:
        """Return a playbook in force by name; raises `NotFound` with the names there are."""
        playbooks = self._source.playbooks()
        for playbook in playbooks:
            if playbook.playbook == name:
                return playbook
        names = ", ".join(playbook.playbook for playbook in playbooks) or "none"
        raise NotFound(f"There is no playbook {name[:60]!r}.", f"There are: {names}.")

    def pin(self, playbook: Playbook) -> str:
        """Keep a playbook for good and return its content hash; before `StartRun`."""
        return self._documents.put(playbook.document)

    def pins(self, playbook: Playbook) -> dict[str, str]:
        """Keep every playbook that this one runs, as they are now; returns hashes by name.

        Raises:
            UserError: one of them is not in force, or they run each other for ever.
        """
        names = {one.playbook: one for one in self._source.playbooks()}
        children = family(playbook, names.get)
        return {name: self.pin(child) for name, child in children.items()}

    def pinned(self, content_hash: str) -> Playbook:
        """Return the playbook that was pinned under this hash; raises `NotFound`."""
        return self._pinned(content_hash)

    def _load(self, content_hash: str) -> Playbook:
        return Playbook.from_document(self._documents.get(content_hash))
