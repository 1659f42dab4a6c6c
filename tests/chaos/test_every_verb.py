"""Kill -9 in the middle of every verb, twice, and everything is as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coalition.adapters.redis_server import RedisServer
from coalition.application.verify import verify
from tests.chaos.quiet import quiet
from tests.chaos.ward import ROUSED, Ward
from tests.verbs.test_call import Desk
from workers import steps

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as running:
        yield running


def die(ward: Ward, url: str, folder: Path, origin: str, moment: str) -> None:
    """Let a worker come to the moment in every verb, and be killed there."""
    given = [sys.executable, "-m", "tests.chaos.dying", url, str(folder), origin, moment]
    log = folder / f"{moment}.log"
    with log.open("wb") as said:
        worker = subprocess.Popen(given, cwd=REPOSITORY, stdout=said, stderr=said)
    roused: set[str] = set()
    deadline = time.monotonic() + 60
    while worker.poll() is None:
        ward.rouse_who_waits(roused)
        if time.monotonic() > deadline:
            worker.kill()
            worker.wait()
            pytest.fail(f"never came to the middle of every verb:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)  # between looks
    assert worker.returncode == -signal.SIGKILL, log.read_text()[-3000:]


def finish(ward: Ward) -> None:
    """Let a worker in good health do the rest."""
    roused: set[str] = set()
    deadline = time.monotonic() + 60

    def done() -> bool:
        ward.rouse_who_waits(roused)
        left = [verb for verb in ward.books if not ward.settled(verb)]
        assert time.monotonic() < deadline, f"nobody went on with {left}"
        return not left and quiet(ward.tocsin)

    ward.drain(done)


@pytest.mark.timeout(180)
def test_a_worker_killed_in_the_middle_of_every_verb_leaves_each_done_exactly_once(
    server: RedisServer, desk: Desk, tmp_path: Path
) -> None:
    folders = [tmp_path / "killed", tmp_path / "whole"]
    for folder in folders:
        folder.mkdir()
    killed, whole = folders
    with Ward(server.url, killed, desk.origin) as ward:
        assert set(ward.books) == {*steps.VERBS, *ROUSED}
        for verb in ward.books:
            ward.begin(verb)
        for moment in ("begun", "reported"):
            die(ward, server.url, killed, desk.origin, moment)
        finish(ward)
        asked = [headers["webhook-id"] for headers, _ in desk.asked]
        assert len(asked) > 1
        assert len(set(asked)) == 1, "a repeated call must be recognisable as one"
        found = {verb: ward.happened(verb) for verb in ward.books}
        assert verify(ward.tocsin.log) == []
    ward.tocsin.redis.flushall()
    with Ward(server.url, whole, desk.origin) as ward:
        for verb in ward.books:
            ward.begin(verb)
        finish(ward)
        for verb in ward.books:
            assert found[verb] == ward.happened(verb), verb
            assert ward.run(verb).steps["it"].outcome in (None, "ok"), verb
