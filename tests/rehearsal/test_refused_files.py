"""A playbook file that was changed for the worse: ops hear of it, and the last valid one stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from coalition.adapters.memory_log import MemoryDocuments
from coalition.adapters.memory_store import ManualClock, MemoryStore
from coalition.adapters.playbook_files import PlaybookFolder
from coalition.application.playbook_shelf import Shelf
from coalition.bootstrap import assemble_memory
from coalition.observability import catalogue
from coalition.observability.metrics import measure
from coalition.settings import load_settings
from tests.domain.cast import COALITION

GOOD = "playbook: one\ntitle: T\ntlp: clear\nsteps:\n  - {id: a, do: close}\n"


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    known = path.stat()
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns + 1))  # two edits within one tick


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.yaml"
    write(path, GOOD)
    return path


def test_the_last_valid_content_stays_and_the_log_names_the_file_once(file: Path) -> None:
    folder = PlaybookFolder(file.parent)
    shelf = Shelf(MemoryDocuments(MemoryStore(ManualClock())), folder)
    before = shelf.named("one").content_hash
    assert shelf.refused() == []
    with capture_logs() as logs:
        write(file, GOOD.replace("do: close", "do: clse SECRET"))
        assert shelf.named("one").content_hash == before
        assert shelf.refused() == ["one.yaml:5"]
    refused = [one for one in logs if one["event"] == "playbook_refused"]
    assert refused == [{"event": "playbook_refused", "log_level": "warning", "path": "one.yaml",
                        "count": 1}]  # fmt: skip
    write(file, GOOD.replace("title: T", "title: Mended"))
    assert shelf.named("one").title == "Mended"
    assert shelf.refused() == []


def test_the_metric_counts_refused_files(file: Path) -> None:
    settings = load_settings(playbooks=file.parent, data_dir=file.parent / "data")
    tocsin = assemble_memory(COALITION, ManualClock(), settings)
    assert measure(tocsin)[catalogue.PLAYBOOKS_REFUSED] == 0.0
    write(file, "tlp: puce\n")
    assert measure(tocsin)[catalogue.PLAYBOOKS_REFUSED] == 1.0
