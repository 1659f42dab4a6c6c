"""A rehearsal cannot leak: it runs where no adapter, socket or process can even be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Pydantic and typer reach the standard library's socket module through email; they are loaded
# first, sockets are then made useless, and whatever asks for the module afterwards fails.
WITHOUT = """
import sys, socket
import pydantic.main, pydantic.json_schema, pydantic.networks, typer, ruamel.yaml
import concurrent.futures.process  # check spreads many files over processes; a rehearsal does not
def refuse(*args, **kwargs):
    raise OSError("BLOCKED a socket")
for name in ("socket", "create_connection", "getaddrinfo", "socketpair", "fromfd"):
    setattr(socket, name, refuse)
class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        blocked = {blocked}
        if top in blocked or name in blocked:
            raise ImportError("BLOCKED " + name)
sys.meta_path.insert(0, Refuse())
for name in {blocked}:
    sys.modules.pop(name, None)
"""
NETWORK = ("socket", "_socket", "ssl", "asyncio", "aiohttp", "redis", "rq", "slack_sdk",
           "slack_bolt", "smtplib", "aiosmtplib", "http.client", "urllib.request", "uvicorn",
           "starlette", "httpx", "requests")  # fmt: skip
ADAPTERS = ("coalition.adapters", "coalition.bootstrap", "bot", "workers", "sandbox")

PURE = """
from coalition.domain.playbook import Playbook
from coalition.rehearsal.cast import cast
from coalition.rehearsal.script import Script
from coalition.rehearsal.simulate import simulate
from coalition.rehearsal.timeline import lines
raw = {"playbook": "p", "title": "P", "tlp": "clear", "steps": [
    {"id": "tell", "do": "notify", "to": "all", "text": "hello"},
    {"id": "acks", "do": "wait_for_acks", "of": "tell", "within": "30m"}]}
done = simulate(Playbook.model_validate(raw), Script(otherwise="willing"), cast())
print("\\n".join(lines(done)))
"""


def run(code: str, blocked: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    whole = WITHOUT.replace("{blocked}", repr(blocked)) + code
    command = [sys.executable, "-c", whole]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_rehearsal_runs_where_nothing_that_reaches_out_can_be_imported() -> None:
    done = run(PURE, (*NETWORK, *ADAPTERS))
    assert done.returncode == 0, done.stderr
    assert "The run is completed at t+00:05." in done.stdout


@pytest.mark.parametrize("words", [
    ["simulate", "playbooks/cross-border-ddos.yaml", "--seed", "4"],
    ["simulate", "playbooks/data-leak.yaml", "--members",
     "coalition/data/coalition.example.yaml"],
    ["test", "playbooks/early-warning.test.yaml"],
    ["graph", "playbooks/close-out.yaml", "--svg"],
    ["diff", "playbooks/ransomware.yaml", "playbooks/ransomware-hospital.yaml"],
], ids=lambda words: words[0])  # fmt: skip
def test_the_commands_work_where_the_network_cannot_be_imported(words: list[str]) -> None:
    code = f"from coalition.cli.playbook import app\napp({words!r}, standalone_mode=False)\n"
    done = run(code, NETWORK)
    assert done.returncode == 0, done.stderr


def test_the_block_itself_blocks() -> None:
    assert "BLOCKED socket" in run("import socket", NETWORK).stderr
    assert "BLOCKED coalition.adapters" in run("import coalition.adapters", ADAPTERS).stderr
