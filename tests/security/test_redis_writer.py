"""Somebody who can write to Redis, and what a worker does with it: never run what they name."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from workers import main, process
from workers.queue import JOB

NAME = "tocsin-live-drain"


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """A worker takes Ctrl-C and the end of its process for itself; the test run wants them back."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(one) for one in signals]
    yield
    for one, handler in zip(signals, before, strict=True):
        signal.signal(one, handler)


@pytest.fixture(autouse=True)
def _nothing_to_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real job is a word in a file here: whether it ran is what is asked."""
    monkeypatch.setattr("workers.jobs.drain", lambda: 0)
    process.use(None)


def run(real_redis: redis.Redis) -> None:
    """One worker, until the queue is empty."""
    main.worker_on(real_redis, NAME).work(burst=True, logging_level="CRITICAL")


def test_a_job_that_names_another_function_is_not_run(
    real_redis: redis.Redis, tmp_path: Path
) -> None:
    queue = Queue(NAME, connection=real_redis, serializer=JSONSerializer)
    victim = tmp_path / "made-by-a-forged-job"
    forged = queue.enqueue("os.mkdir", str(victim))
    run(real_redis)
    assert not victim.exists()
    assert forged.get_status(refresh=True) == "failed"


def test_the_drain_job_itself_is_run(real_redis: redis.Redis) -> None:
    queue = Queue(NAME, connection=real_redis, serializer=JSONSerializer)
    job = queue.enqueue(JOB, result_ttl=60)
    run(real_redis)
    assert job.get_status(refresh=True) == "finished"


@pytest.mark.parametrize("with_", [{"args": ("x",)}, {"kwargs": {"x": 1}}])
def test_a_drain_job_takes_nothing_along(real_redis: redis.Redis, with_: dict[str, Any]) -> None:
    queue = Queue(NAME, connection=real_redis, serializer=JSONSerializer)
    job = queue.enqueue(JOB, **with_)
    run(real_redis)
    assert job.get_status(refresh=True) == "failed"


@pytest.mark.parametrize("field", ["success_callback_name", "failure_callback_name"])
def test_callbacks_written_into_a_job_are_not_called(
    real_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    called: list[object] = []
    monkeypatch.setattr("os.abort", lambda *given: called.append(given))
    queue = Queue(NAME, connection=real_redis, serializer=JSONSerializer)
    job = queue.enqueue(JOB if field.startswith("success") else "os.getcwd")
    real_redis.hset(job.key, field, "os.abort")
    run(real_redis)
    assert not called


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/taken", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_addresses_written_into_a_job_are_not_called(
    real_redis: redis.Redis, listener: tuple[str, list[str]]
) -> None:
    url, asked = listener
    queue = Queue(NAME, connection=real_redis, serializer=JSONSerializer)
    job: Job = queue.enqueue(JOB)
    hook = {"url": url, "job_status": "finished", "method": "GET", "headers": None, "timeout": 5}
    real_redis.hset(job.key, "webhooks", json.dumps([hook]))
    run(real_redis)
    assert job.get_status(refresh=True) == "finished"
    assert asked == []
