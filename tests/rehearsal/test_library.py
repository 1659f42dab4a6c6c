"""The shipped playbooks: what there must be, rehearsed, drawn, and the docs current."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalition.adapters.clock_files import bundled_clocks
from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.adapters.yaml_source import load_yaml, validate
from coalition.cli.library_page import pages
from coalition.rehearsal.cases import CaseFile, run_case
from coalition.rehearsal.cast import cast
from coalition.rehearsal.simulate import simulate

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "playbooks"
WANTED = {
    "cross-border-ddos", "ransomware-hospital", "supplier-outage", "government-phishing",
    "data-leak", "disinformation", "storm-flood", "health-surge", "comms-check", "early-warning",
    "aid-request", "close-out",
}  # fmt: skip
PATHS = playbook_paths(FOLDER)


def cases_of(path: Path) -> CaseFile:
    found: CaseFile = validate(CaseFile, *load_yaml(path.with_suffix(".test.yaml")))
    return found


def test_everything_that_coalitions_meet_has_a_playbook() -> None:
    assert {load_playbook(path).playbook for path in PATHS} >= WANTED


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_case_of_every_shipped_playbook_goes_as_expected(path: Path) -> None:
    playbook = load_playbook(path)
    cases = cases_of(path).cases
    assert len(cases) >= 3
    for index, case in enumerate(cases):
        found = list(run_case(case, ("cases", index), playbook, None, bundled_clocks()))
        assert found == [], case.name


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_step_of_every_shipped_playbook_runs_in_some_case(path: Path) -> None:
    """So that no branch ships that nobody has ever seen go."""
    playbook = load_playbook(path)
    ran: set[str] = set()
    for case in cases_of(path).cases:
        rehearsal = simulate(playbook, case, cast(case.members), clocks=bundled_clocks())
        ran |= set(rehearsal.run.steps)
    # What happens when nothing can be sent is the same everywhere and tried once per playbook.
    unseen = {id for id in playbook.outline.by_id if id not in ran}
    by_failure = {
        step.id
        for node in playbook.outline.nodes.values()
        for name, block in node.step.blocks
        if name == "if_fails"
        for step in block
    }
    assert unseen - by_failure == set()


def test_the_page_of_the_library_and_its_drawings_are_current() -> None:
    renew = "run: python -m coalition.cli.library_page playbooks docs"
    for name, text in pages(FOLDER).items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, f"{name}: {renew}"
    drawn = {path.name for path in (ROOT / "docs" / "graphs").glob("*.svg")}
    assert drawn == {f"{path.stem}.svg" for path in PATHS}
