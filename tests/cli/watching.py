"""What the tests of `tocsin up` and `tocsin demo` look at, from outside."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import redis

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
Eventually = Callable[..., None]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def addresses_of(process: subprocess.Popen[str]) -> dict[str, str]:
    """The addresses that `up` prints once everything is ready."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    while "board" not in found:
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        what, _, url = line.strip().partition("\t")
        found[what] = url
    return found


def ask(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", "/told")
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def pids(client: redis.Redis, kind: str) -> list[int]:
    found: Any = client.lrange(kind, 0, -1)
    return [int(pid) for pid in found]


def stopped(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, str]:
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    return process.returncode, err
