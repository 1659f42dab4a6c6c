"""`python -m sandbox` as a supervisor starts it."""

import json
import signal
import smtplib
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sandbox.__main__ import main
from sandbox.app import example_seed
from tests.sandbox.partners.serving import call

REPOSITORY = Path(__file__).parents[3]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_it_prints_its_addresses_serves_and_stops_quietly(tmp_path: Path) -> None:
    port_file = tmp_path / "ports.json"
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(example_seed() | {"hub_url": "http://127.0.0.1:1", "speed": 10}))
    process = start("--seed", str(seed), "--port-file", str(port_file))
    try:
        told = first_line(process)
        assert json.loads(port_file.read_text()) == told
        assert told["pid"] == process.pid
        assert call("GET", f"{told['url']}/_control/state").json["ok"]
        assert call("GET", f"{told['url']}/partners/").json["speed"] == 10
        assert call("POST", f"{told['slack_api_url']}auth.test",
                    Authorization=f"Bearer {told['bot_token']}").json["ok"]  # fmt: skip
        assert call("POST", told["webhooks"]["lv"], {}).status == 401
        host, port = told["smtp"].removeprefix("smtp://").split(":")
        with smtplib.SMTP(host, int(port), timeout=10) as smtp:
            assert smtp.noop()[0] == 250
        with urllib.request.urlopen(f"{told['url']}/_control/events", timeout=10) as feed:  # noqa: S310
            assert feed.readline().startswith(b": following")
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
    finally:
        process.kill()
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_seed_or_port_that_cannot_be_used_ends_with_2_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    for content, words in (("{", "not JSON"), ("[]", "JSON object"), ('{"x": 1}', "unknown field")):
        broken.write_text(content)
        assert main(["--port", "0", "--smtp-port", "0", "--seed", str(broken)]) == 2
        assert words in capsys.readouterr().err
    assert main(["--seed", str(tmp_path / "absent.json")]) == 2
    assert "absent.json" in capsys.readouterr().err
