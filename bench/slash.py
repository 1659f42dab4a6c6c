"""Slash acknowledgement, beside a bare Bolt handler that only acknowledges.

Both run as processes behind uvicorn and get the same signed requests over HTTP. Ours checks who
asks, decides, and appends to the log (AOF always) before it answers.
Target: p99 at most five times the bare handler's, and under 50 ms.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from bench.common import Figure, percentile, report
from coalition.adapters.coalition_file import load_coalition
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer
from coalition.bootstrap import over_redis
from coalition.domain.incident.commands import OpenIncident
from coalition.domain.messages import Actor
from coalition.settings import load_settings
from sandbox.app import build
from sandbox.scenarios import load
from sandbox.slack import Server

SECRET = "bench-signing-secret"  # noqa: S105 - of this run alone
INCIDENT = "INC-2026-0001"


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


class Typist:
    """Sends signed slash commands over one kept connection, as Slack does."""

    def __init__(self, port: int, channel: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.verifier = SignatureVerifier(SECRET)
        self.channel = channel

    def type(self, number: int) -> float:
        """Type a note; returns milliseconds until the acknowledgement."""
        body = urlencode(
            {
                "command": "/incident",
                "text": f"note Second bank reports outages, line {number} --incident {INCIDENT}",
                "user_id": "U0ALICE",
                "user_name": "alice",
                "team_id": "T0SANDBOX",
                "channel_id": self.channel,
                "channel_name": "duty-officers",
                "trigger_id": f"{time.monotonic_ns()}.bench",
                "api_app_id": "A0TOCSIN",
                "response_url": "http://127.0.0.1:9/none",
            }
        )
        stamp = str(int(time.time()))
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": self.verifier.generate_signature(timestamp=stamp, body=body) or "",
        }
        started = time.perf_counter()
        self.connection.request("POST", "/slack/events", body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        milliseconds = (time.perf_counter() - started) * 1000
        assert answer.status == 200, (answer.status, said[:200])
        assert b"Not done" not in said, said[:300]
        return milliseconds


@contextlib.contextmanager
def house() -> Iterator[tuple[int, int, str]]:
    """Ours and the bare handler as processes over one workspace: both ports, and a channel."""
    with tempfile.TemporaryDirectory() as place, RedisServer(Path(place)) as redis:
        folder = Path(place)
        ours_port, bare_port = free_port(), free_port()
        scenario = load("estonia-2007", "http://127.0.0.1:9")
        workspace = Server(build(scenario.seed(f"http://127.0.0.1:{ours_port}", None)))
        (folder / "coalition.yaml").write_text(scenario.coalition_text, encoding="utf-8")
        env = (
            os.environ
            | scenario.secrets
            | {
                "TOCSIN_COALITION": str(folder / "coalition.yaml"),
                "TOCSIN_DATA_DIR": str(folder),
                "TOCSIN_REDIS_URL": redis.url,
                "TOCSIN_PORT": str(ours_port),
                "SLACK_API_URL": f"{workspace.url}/api/",
                "SLACK_BOT_TOKEN": workspace.world.app.bot_token,
                "SLACK_SIGNING_SECRET": SECRET,
            }
        )
        open_incident(folder, redis.url)
        with workspace, both(env, bare_port):
            wait_for(ours_port)
            wait_for(bare_port)
            yield ours_port, bare_port, next(iter(workspace.world.channels))


@contextlib.contextmanager
def both(env: dict[str, str], bare_port: int) -> Iterator[None]:
    """The two processes, ended afterwards."""
    commands = [
        [sys.executable, "-m", "coalition.cli", "bot"],
        [sys.executable, "-m", "bench.bare_bolt", str(bare_port)],
    ]
    processes = [subprocess.Popen(c, env=env, stderr=subprocess.DEVNULL) for c in commands]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.wait(20)


def open_incident(folder: Path, redis_url: str) -> None:
    """The incident that notes are typed into."""
    settings = load_settings(
        data_dir=folder, coalition=folder / "coalition.yaml", redis_url=redis_url
    )
    hub = over_redis(settings, load_coalition(settings.coalition), connect(redis_url))
    hub.dispatcher.execute(
        OpenIncident(
            id="open",
            at=datetime.now(UTC),
            incident=INCIDENT,
            title="Bench",
            severity="S2",
            tlp="TLP:GREEN",
            actor=Actor(kind="delegate", member="ee", delegate="ee-alice"),
            invite=("lv", "lt", "fi", "no", "si"),
        )
    )


def main() -> int:
    """Print p50 and p99 of both."""
    count = 200 if "--quick" in sys.argv else 1_000
    with house() as (ours_port, bare_port, channel):
        ours, bare = Typist(ours_port, channel), Typist(bare_port, channel)
        for number in range(50):
            ours.type(-number)
            bare.type(-number)
        pairs = [(ours.type(n), bare.type(n)) for n in range(count)]
    mine, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
    p50 = percentile(mine, 0.5) / percentile(theirs, 0.5)
    p99 = percentile(mine, 0.99) / percentile(theirs, 0.99)
    detail = f"ours {percentile(mine, 0.99):.1f} ms, bare {percentile(theirs, 0.99):.1f} ms"
    return report(
        [
            Figure(
                "slash ack p50 : bare Bolt",
                p50,
                5.0,
                False,
                f"ours {percentile(mine, 0.5):.1f} ms, bare {percentile(theirs, 0.5):.1f} ms",
            ),
            Figure("slash ack p99 : bare Bolt", p99, 5.0, False, detail),
            Figure("slash ack p99 : 50 ms", percentile(mine, 0.99) / 50, 1.0, False, detail),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
