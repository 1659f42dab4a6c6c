"""A rehearsal and the real engine give the same sequence of events for the same answers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.adapters.clock_files import bundled_clocks
from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.domain.messages import Record
from coalition.domain.playbook import Playbook
from coalition.rehearsal.cast import cast
from coalition.rehearsal.script import Script
from coalition.rehearsal.simulate import simulate
from tests.domain_run.random_playbooks import CHILD, OUTSIDE, VERBS, playbooks
from tests.rehearsal.real_engine import RealEngine

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = playbook_paths(ROOT / "playbooks")
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
SEVERITIES = st.sampled_from(["S0", "S2", "S3"])
SIX = cast()
LIBRARY = {CHILD.playbook: CHILD}
EXAMPLES = int(os.environ.get("REHEARSAL_EXAMPLES", "8"))
LONGEST = 1500
"""Records of a story that the real engine is asked to repeat here."""


def told(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    """What was decided in each run, when, by whom, in order."""
    said = [(one.id, one.version, one.at, one.actor.label, one.type, one.data) for one in records]
    return sorted(said, key=lambda one: one[:2])


def compare(playbook: Playbook, script: Script, seed: int | None) -> None:
    rehearsed = simulate(playbook, script, SIX, seed, bundled_clocks(), LIBRARY)
    if len(rehearsed.records) > LONGEST:
        return  # a jump back that nothing ends; the engine's own bound is tried elsewhere
    with TemporaryDirectory() as folder:
        engine = RealEngine(Path(folder), playbook, script, SIX, seed, LIBRARY)
        real = engine.play()
    assert told(rehearsed.run_records) == told(real)
    assert rehearsed.run.model_dump_json() == engine.run.model_dump_json()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
@given(playbooks(), st.integers(0, 1_000_000), SEVERITIES)
def test_any_playbook_goes_in_a_rehearsal_as_it_goes_in_the_engine(
    playbook: Playbook, seed: int, severity: str
) -> None:
    incident = {"severity": severity, "participants": ["ee", "lv", "lt"]}
    script = {"incident": incident, "unreachable": ["lt"] if seed % 3 == 0 else [], "until": "3d"}
    compare(playbook, Script.model_validate(script), seed)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
@given(
    playbooks((*VERBS[:4], *OUTSIDE, *OUTSIDE)),
    st.integers(0, 1_000_000),
    st.sampled_from(["", "rule"]),
)
def test_people_votes_clocks_changes_and_playbooks_within_go_as_in_the_engine(
    playbook: Playbook, seed: int, started_by: str
) -> None:
    incident = {"severity": "S2", "participants": ["ee", "lv", "lt"], "affected": ["lv"]}
    script = {"incident": incident, "started_by": started_by, "until": "5d"}
    compare(playbook, Script.model_validate(script), seed)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@settings(max_examples=2, deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 1_000_000))
def test_every_shipped_playbook_goes_in_a_rehearsal_as_it_goes_in_the_engine(
    path: Path, seed: int
) -> None:
    incident = {"severity": "S3", "affected": ["ee", "lv"], "kind": "ddos"}
    playbook = load_playbook(path)
    inputs = {name: "x" for name, one in playbook.inputs.items() if one.default is None}
    story = {"incident": incident, "inputs": inputs, "until": "30d"}
    compare(playbook, Script.model_validate(story), seed)
