"""`tocsin up`: the whole house, kept running and stopped in order.

Bot, workers and sandbox are stand-ins (tests/cli/house) that show what they have been told; the
command line, the supervisor and Redis are the real ones.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import redis

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import socket_url
from tests.cli.watching import Eventually, Run, Start, addresses_of, alive, ask, pids, stopped

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_up_starts_everything_and_stops_everything(
    start: Start, tmp_path: Path, eventually: Eventually
) -> None:
    process = start("up", "--workers", "3")
    addresses = addresses_of(process)
    assert addresses["workspace"] == "http://127.0.0.1:9"
    bot = ask(addresses["board"])
    told = bot["told"]
    assert told["TOCSIN_REDIS_URL"] == socket_url(tmp_path / "data")
    assert told["SLACK_BOT_TOKEN"] == "xoxb-sandbox"
    assert told["TOCSIN_PORT"] in addresses["board"]
    arguments = told["EE_ARGUMENTS"].split()
    assert arguments[arguments.index("--hub") + 1] + "/board" == addresses["board"]
    assert Path(arguments[arguments.index("--manifest") + 1]).name == "manifest.json"
    client = connect(told["TOCSIN_REDIS_URL"])
    eventually(lambda: len(pids(client, "worker")) == 3 and len(pids(client, "relay")) == 1)
    everyone = [bot["pid"], *pids(client, "worker"), *pids(client, "relay")]
    everyone.append(int(client.info("server")["process_id"]))
    client.close()
    code, narration = stopped(process)
    assert code == 0
    assert "Stopping" in narration
    assert not any(alive(pid) for pid in everyone)


def test_redis_is_stopped_last_so_that_the_workers_can_say_goodbye(
    start: Start, tmp_path: Path, eventually: Eventually
) -> None:
    process = start("up")
    addresses_of(process)
    client = connect(socket_url(tmp_path / "data"))
    eventually(lambda: len(pids(client, "worker")) == 2 and pids(client, "relay"))
    assert stopped(process, signal.SIGTERM)[0] == 0
    again = start("up")
    addresses_of(again)
    goodbyes: Any = client.lrange("stopped", 0, -1)
    client.close()
    assert sorted(goodbyes) == [b"relay", b"worker", b"worker"]
    stopped(again)


def test_whatever_is_killed_starts_again(
    start: Start, tmp_path: Path, eventually: Eventually
) -> None:
    process = start("up", "--workers", "1")
    addresses = addresses_of(process)
    client = connect(socket_url(tmp_path / "data"))
    eventually(lambda: pids(client, "worker") and pids(client, "relay"))
    bot = ask(addresses["board"])["pid"]
    for victim in (bot, *pids(client, "worker"), *pids(client, "relay")):
        os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(pids(client, "worker")) == 2 and len(pids(client, "relay")) == 2, 30)

    def bot_is_back() -> bool:
        try:
            return bool(ask(addresses["board"])["pid"] != bot)
        except OSError:
            return False

    eventually(bot_is_back, 30)
    server = int(client.info("server")["process_id"])
    os.kill(server, signal.SIGKILL)

    def redis_is_back() -> bool:
        try:
            return int(client.info("server")["process_id"]) != server
        except redis.RedisError:
            return False

    eventually(redis_is_back, 30)
    assert len(pids(client, "worker")) >= 2, "what was acknowledged is still there"
    client.close()
    code, narration = stopped(process)
    assert code == 0
    for name in ("bot", "relay", "worker-1", "redis"):
        assert f"{name} ended (killed by SIGKILL); it starts again in" in narration


def test_nobody_outlives_a_killed_supervisor(
    start: Start, tmp_path: Path, eventually: Eventually
) -> None:
    process = start("up", "--workers", "1")
    addresses = addresses_of(process)
    client = connect(socket_url(tmp_path / "data"))
    eventually(lambda: pids(client, "worker") and pids(client, "relay"))
    everyone = [
        ask(addresses["board"])["pid"],
        *pids(client, "worker"),
        *pids(client, "relay"),
        int(client.info("server")["process_id"]),
    ]
    client.close()
    process.kill()
    eventually(lambda: not any(alive(pid) for pid in everyone), 30)


def test_a_second_up_on_the_same_folder_is_refused(start: Start, tocsin: Run) -> None:
    first = start("up")
    addresses_of(first)
    second = tocsin("up")
    assert second.returncode == 1
    assert "already runs on" in second.stderr
    assert "TOCSIN_DATA_DIR" in second.stderr
    assert first.poll() is None, "the first one does not mind"
    assert stopped(first)[0] == 0


def test_what_is_set_wins_over_what_the_sandbox_says(
    start: Start, tmp_path: Path, redis_url: str
) -> None:
    process = start("up", env={"TOCSIN_REDIS_URL": redis_url, "TOCSIN_PRIVATE_TARGETS": "::1/128"})
    told = ask(addresses_of(process)["board"])["told"]
    assert told["TOCSIN_REDIS_URL"] == redis_url
    assert told["TOCSIN_PRIVATE_TARGETS"] == "::1/128"
    assert not (tmp_path / "data" / "redis").exists()
    assert stopped(process)[0] == 0


def test_a_faulty_coalition_file_is_told_before_the_bot_starts(tocsin: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("coalition: {name: X}\n", encoding="utf-8")
    done = tocsin("up", env={"TOCSIN_COALITION": str(tmp_path / "bad.yaml")})
    assert done.returncode == 2
    assert "bad.yaml:1: members: is missing; add it" in done.stderr
