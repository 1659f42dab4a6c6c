"""The coalition file is followed while everything runs; what is wrong changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from coalition.adapters import coalition_watch
from coalition.adapters.coalition_watch import CoalitionFile
from coalition.adapters.memory import ManualClock
from coalition.bootstrap import assemble_memory
from coalition.domain.errors import NotAllowed
from coalition.domain.incident.commands import RaiseWarning
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import canonical
from coalition.observability import catalogue
from coalition.observability.metrics import measure
from tests.domain.cast import COALITION, NOW, coalition, person


def write(path: Path, what: Coalition | str) -> None:
    """Put a file in place of another, as editors do; its time differs even within one tick."""
    text = what if isinstance(what, str) else canonical(what.model_dump(mode="json")).decode()
    before = path.stat().st_mtime_ns if path.exists() else 0
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.utime(new, ns=(before + 1, before + 1))
    new.replace(path)


def without(id: str) -> Coalition:
    members = tuple(
        one.model_copy(update={"status": "suspended"}) if one.id == id else one
        for one in COALITION.members
    )
    return COALITION.model_copy(update={"members": members})


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CoalitionFile:
    monkeypatch.setattr(coalition_watch, "LOOK_SECONDS", 0.0)
    path = tmp_path / "coalition.yaml"
    write(path, COALITION)
    return CoalitionFile(path)


def test_a_member_that_is_suspended_in_the_file_can_do_nothing_from_then_on(
    file: CoalitionFile,
) -> None:
    tocsin = assemble_memory(COALITION, ManualClock(NOW))
    tocsin.source = file.current
    warn = {"what": "Flood", "members": ("lv",), "tlp": Tlp.GREEN, "at": NOW}
    warn["actor"] = person("ee-op")
    tocsin.dispatcher.execute(RaiseWarning(id="1", incident="INC-2026-0001", **warn))
    write(file.path, without("ee"))
    with pytest.raises(NotAllowed, match="suspended"):
        tocsin.dispatcher.execute(RaiseWarning(id="2", incident="INC-2026-0002", **warn))


def test_work_that_has_begun_sees_one_coalition_to_its_end(file: CoalitionFile) -> None:
    tocsin = assemble_memory(COALITION, ManualClock(NOW))
    tocsin.source = file.current
    begun = tocsin.as_now()
    write(file.path, without("lv"))
    assert not tocsin.coalition.member("lv").active
    assert begun.coalition.member("lv").active


@pytest.mark.parametrize("wrong", ["members: [", "members: []\n", ""])
def test_a_file_that_has_become_wrong_changes_nothing_and_says_so_once(
    file: CoalitionFile, wrong: str
) -> None:
    with capture_logs() as logs:
        write(file.path, wrong)
        assert file.current() == COALITION
        assert file.findings()[0].startswith(f"{file.path}:")
        assert file.current() == COALITION
    assert [one["event"] for one in logs] == ["coalition_refused"]
    write(file.path, without("lv"))
    assert not file.current().member("lv").active
    assert file.findings() == ()


def test_a_file_that_is_gone_changes_nothing_and_is_looked_for_again(file: CoalitionFile) -> None:
    file.path.unlink()
    assert file.current() == COALITION
    assert file.findings()
    write(file.path, without("lv"))
    assert not file.current().member("lv").active


def test_an_exercise_does_not_turn_real_without_a_restart(file: CoalitionFile) -> None:
    write(file.path, coalition(exercise=True))
    assert not file.current().exercise
    assert "stop Tocsin and start it again" in file.findings()[0]


def test_the_metric_says_that_the_file_is_refused(file: CoalitionFile) -> None:
    tocsin = assemble_memory(COALITION, ManualClock(NOW))
    assert measure(tocsin)[catalogue.COALITION_REFUSED] == 0.0
    tocsin.source, tocsin._refusals = file.current, file.findings
    write(file.path, "")
    assert measure(tocsin)[catalogue.COALITION_REFUSED] == 1.0
