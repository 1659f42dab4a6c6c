"""`tocsin endpoint`, `tocsin misp`, and what doctor says of endpoints that are gone."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from coalition.adapters.misp_files import write
from coalition.bootstrap import Tocsin, assemble
from coalition.cli import checks
from coalition.data_files import bundled
from coalition.domain.messages import SYSTEM
from coalition.domain.reach import DisableEndpoint, fingerprint
from coalition.settings import load_settings

Run = Callable[..., subprocess.CompletedProcess[str]]
COALITION = bundled("coalition.example.yaml")


@pytest.fixture
def env(redis_url: str) -> dict[str, str]:
    return {"TOCSIN_REDIS_URL": redis_url, "TOCSIN_COALITION": str(COALITION)}


@pytest.fixture
def gone(redis_url: str, tmp_path: Path) -> Tocsin:
    """A Tocsin that knows of an endpoint of Estonia's that has said it is gone."""
    settings = load_settings(redis_url=redis_url, coalition=COALITION, data_dir=tmp_path / "data")
    tocsin = assemble(settings)
    tocsin.dispatcher.execute(
        DisableEndpoint(
            id="gone-1",
            at=tocsin.clock.now(),
            actor=SYSTEM,
            endpoint=fingerprint("webhook", "https://cert.example/tocsin"),
            member="ee",
            kind="webhook",
            host="cert.example",
            said="it answered 410 Gone",
        )
    )
    tocsin.redis.close()
    return tocsin


def test_an_endpoint_that_is_gone_is_listed_shown_by_doctor_and_enabled_again(
    tocsin: Run, env: dict[str, str], gone: Tocsin
) -> None:
    listed = tocsin("endpoint", "list", env=env)
    assert listed.stdout.startswith("ee  webhook  cert.example  since 2")
    (warned,) = checks._endpoints(gone.settings, gone.coalition)
    assert "410 Gone" in warned.what
    assert "tocsin endpoint enable ee" in warned.remedy
    assert tocsin("endpoint", "enable", "ee", env=env).stdout == "1 of ee enabled.\n"
    assert list(checks._endpoints(gone.settings, gone.coalition)) == []
    again = tocsin("endpoint", "enable", "ee", env=env)
    assert again.returncode == 2
    assert "No endpoint of CERT-EE is disabled." in again.stderr


def test_misp_events_are_listed_and_copied_out_for_one_member(tocsin: Run, tmp_path: Path) -> None:
    event = {"Event": {"uuid": "u-1", "info": "DDoS", "Tag": [{"name": "tlp:amber"}]}}
    write(tmp_path / "data", "ee", "u-1", json.dumps(event).encode())
    write(tmp_path / "data", "no", "u-2", json.dumps(event).encode())
    env = {"TOCSIN_COALITION": str(COALITION)}
    assert len(tocsin("misp", "list", env=env).stdout.splitlines()) == 2
    (one,) = json.loads(tocsin("misp", "list", "ee", "--json", env=env).stdout)
    assert (one["member"], one["tlp"], one["info"]) == ("ee", "TLP:AMBER", "DDoS")
    out = tmp_path / "out"
    tocsin("misp", "export", "ee", "--to", str(out), env=env)
    (copied,) = out.iterdir()
    assert json.loads(copied.read_text()) == event
    assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    assert tocsin("misp", "export", "xx", "--to", str(out), env=env).returncode == 2
