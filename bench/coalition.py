"""A coalition of any size, a receiver for it, and a Tocsin on a server of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.receiver import SECRET
from coalition.adapters.coalition_file import read_coalition
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.incident.commands import IssueNotice, OpenIncident
from coalition.domain.members import Coalition
from coalition.domain.messages import Actor
from coalition.settings import Settings, load_settings

OPERATOR = Actor(kind="delegate", member="m0", delegate="m0-ann", via="bench")


def _member(number: int, url: str) -> dict[str, Any]:
    delegate = {
        "id": f"m{number}-ann",
        "name": "Ann",
        "slack": f"U0BENCH{number}",
        "roles": ["operator"],
    }
    channel = {
        "kind": "webhook",
        "url": url,
        "secret": {"env": "BENCH_SECRET"},
        "ceiling": "TLP:AMBER",
    }
    return {
        "id": f"m{number}",
        "name": f"CERT {number}",
        "country": "EE",
        "timezone": "Europe/Tallinn",
        "languages": ["en"],
        "status": "active",
        "trust": "T3",
        "duty_phone": "+372 555 0100",
        "delegates": [delegate],
        "channels": [channel],
    }


DEAD = "http://127.0.0.1:1"  # nobody listens there


def members(port: int, count: int, slow_every: int = 0, dead_every: int = 0) -> Coalition:
    """`count` members with one webhook each, besides m0, who asks."""

    def member(number: int) -> dict[str, Any]:
        if dead_every and number % dead_every == 0:
            return _member(number, f"{DEAD}/w/m{number}")
        kind = "slow" if slow_every and number % slow_every == 0 else "w"
        return _member(number, f"http://127.0.0.1:{port}/{kind}/m{number}")

    deadlines = {f"S{n}": "4h" for n in range(5)}
    text = json.dumps(
        {
            "coalition": {"name": "Bench", "exercise": False},
            "charter": {
                "quorum": "2/3",
                "activation_sunset": "30d",
                "vote_window": "24h",
                "silence_window": "48h",
                "ack_deadline": deadlines,
            },
            "members": [member(number) for number in range(count + 1)],
        }
    )
    return read_coalition(text, Path())


@contextlib.contextmanager
def receiver() -> Iterator[int]:
    """The receiver as a process of its own; yields its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.receiver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


@contextlib.contextmanager
def tocsin(coalition: Coalition) -> Iterator[Tocsin]:
    """Tocsin over our own embedded server, append-only with fsync always."""
    os.environ["BENCH_SECRET"] = SECRET
    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder)) as server:
        settings = load_settings(
            data_dir=Path(folder), private_targets="127.0.0.1/32", redis_url=server.url
        )
        yield over_redis(settings, coalition, connect(server.url))


def url_of(settings: Settings) -> str:
    """The URL of the server that `tocsin` brought."""
    assert settings.redis_url is not None
    return settings.redis_url.get_secret_value()


def issue(hub: Tocsin, incident: str, to: tuple[str, ...]) -> None:
    """Open an incident and issue a notice to these members."""
    now = datetime.now(UTC)
    hub.dispatcher.execute(
        OpenIncident(
            id=f"open-{incident}",
            at=now,
            actor=OPERATOR,
            incident=incident,
            title="Bench",
            severity="S2",
            tlp="TLP:GREEN",
            invite=to,
        )
    )
    hub.dispatcher.execute(
        IssueNotice(
            id=f"notice-{incident}",
            at=now,
            actor=OPERATOR,
            incident=incident,
            kind="alert",
            to=to,
            text="Flood against two banks since 03:40 UTC. Sources attached.",
            ask="Please filter at the border and confirm.",
        )
    )
