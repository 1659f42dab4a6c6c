"""`tocsin verify`: what has been recorded is still what it was, and a change is noticed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coalition.bootstrap import Tocsin, assemble
from coalition.data_files import bundled
from coalition.domain.incident.commands import RaiseWarning
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from coalition.settings import load_settings

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def env(redis_url: str) -> dict[str, str]:
    coalition = str(bundled("coalition.example.yaml"))
    return {"TOCSIN_REDIS_URL": redis_url, "TOCSIN_COALITION": coalition}


@pytest.fixture
def recorded(redis_url: str, tmp_path: Path) -> Tocsin:
    """A Tocsin that has recorded one warning."""
    tocsin = assemble(
        load_settings(
            redis_url=redis_url,
            coalition=bundled("coalition.example.yaml"),
            data_dir=tmp_path / "data",
        )
    )
    tocsin.dispatcher.execute(
        RaiseWarning(
            id="warn-1",
            at=datetime(2007, 4, 27, 20, 0, tzinfo=UTC),
            actor=Actor(kind="delegate", member="ee", delegate="ee-alice", via="cli"),
            incident="INC-2007-0001",
            what="Government sites under DDoS",
            members=("no",),
            tlp=Tlp.GREEN,
        )
    )
    return tocsin


def test_an_untouched_record_is_whole(tocsin: Run, env: dict[str, str], recorded: Tocsin) -> None:
    done = tocsin("verify", env=env)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Every chain is whole.\n"
    recorded.redis.close()


def test_a_changed_record_is_found_and_fails(
    tocsin: Run, env: dict[str, str], recorded: Tocsin
) -> None:
    key = recorded.keys.log("incident", "INC-2007-0001")
    entries: Any = recorded.redis.xrange(key)
    recorded.redis.delete(key)
    for position, fields in entries:
        changed = {
            name: value.replace(b"Government", b"Everybody's") for name, value in fields.items()
        }
        recorded.redis.xadd(key, changed, id=position)
    recorded.redis.close()
    done = tocsin("verify", "--json", env=env)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert found["findings"][0].startswith("incident INC-2007-0001: ")


def test_an_unreachable_redis_is_named_with_what_to_do(tocsin: Run, tmp_path: Path) -> None:
    nowhere = {"TOCSIN_REDIS_URL": f"unix://{tmp_path}/no.sock"}
    coalition = {"TOCSIN_COALITION": str(bundled("coalition.example.yaml"))}
    done = tocsin("verify", env=nowhere | coalition)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Redis does not answer at unix://" in done.stderr
    assert "tocsin up" in done.stderr
