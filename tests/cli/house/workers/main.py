"""Stands in for workers and relay: says its pid to Redis, then works until it is told to stop."""

import os
import signal
from typing import Any

from redis import Redis


def _work(settings: Any, kind: str) -> None:
    client = Redis.from_url(settings.redis_url.get_secret_value())
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    client.rpush(kind, os.getpid())
    signal.sigwait({signal.SIGTERM})
    client.rpush("stopped", kind)


def run_worker(settings: Any) -> None:
    _work(settings, "worker")


def run_relay(settings: Any) -> None:
    _work(settings, "relay")
