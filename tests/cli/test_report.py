"""`tocsin report`: for a named reader, through the gate."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coalition.bootstrap import assemble
from coalition.data_files import bundled
from coalition.domain.incident.commands import RaiseWarning
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from coalition.settings import load_settings

Run = Callable[..., subprocess.CompletedProcess[str]]
INCIDENT = "INC-2007-0001"


@pytest.fixture
def env(redis_url: str, tmp_path: Path) -> dict[str, str]:
    """One warning at TLP:GREEN by Estonia to Norway."""
    coalition = bundled("coalition.example.yaml")
    tocsin = assemble(
        load_settings(redis_url=redis_url, coalition=coalition, data_dir=tmp_path / "data")
    )
    tocsin.dispatcher.execute(
        RaiseWarning(
            id="warn-1",
            at=datetime(2007, 4, 27, 20, 0, tzinfo=UTC),
            actor=Actor(kind="delegate", member="ee", delegate="ee-alice", via="cli"),
            incident=INCIDENT,
            what="Government sites under DDoS",
            members=("no",),
            tlp=Tlp.GREEN,
        )
    )
    return {"TOCSIN_REDIS_URL": redis_url, "TOCSIN_COALITION": str(coalition)}


def test_a_reader_who_may_see_it_gets_it_with_the_label_before_and_after(
    tocsin: Run, env: dict[str, str]
) -> None:
    done = tocsin("report", INCIDENT, "--for", "no-bjorn", env=env)
    assert done.returncode == 0
    assert "Government sites under DDoS" in done.stdout
    assert done.stdout.startswith("**TLP:GREEN**")
    assert done.stdout.rstrip().endswith("**TLP:GREEN**")
    told = json.loads(tocsin("report", INCIDENT, "--for", "no-bjorn", "--json", env=env).stdout)
    assert (told["tlp"], told["withheld"]) == ("TLP:GREEN", 0)


def test_who_may_not_see_it_and_what_does_not_exist_are_answered_alike(
    tocsin: Run, env: dict[str, str]
) -> None:
    stranger = tocsin("report", "INC-2007-0002", "--for", "no-bjorn", env=env)
    assert (stranger.returncode, stranger.stdout) == (2, "")
    assert "There is no incident" in stranger.stderr
    nobody = tocsin("report", INCIDENT, "--for", "xx-nobody", env=env)
    assert nobody.returncode == 2
    assert "xx-nobody" in nobody.stderr
