"""The parts of a Tocsin on one machine, as `tocsin up` supervises them."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from coalition.adapters.gnupg_calls import stop_agent
from coalition.adapters.parent_death import ending_with_parent
from coalition.adapters.redis_server import RedisServer
from coalition.cli.supervisor import Process
from coalition.domain.errors import PermanentError

READY_WITHIN_SECONDS = 60.0
_LAST_LINES = 3

# -P: a folder called `bot` where somebody happens to stand must not be taken for ours.
PYTHON = (sys.executable, "-P", "-m")


@dataclass
class Redis:
    """The own server of the data folder, as a part."""

    server: RedisServer
    name: str = "redis"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.server.log_path

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        self.server.start()

    def ended(self) -> int | None:
        """Its exit code once it has ended; None while it runs."""
        return self.server.returncode

    def ask_to_stop(self) -> None:
        """Begin a clean stop."""
        self.server.ask_to_stop()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for its end; it has its own patience, because what it does is write to disk."""
        self.server.stop()


@dataclass
class Agent:
    """The agent that GnuPG starts by itself when mail is sealed; only its end is ours to see to."""

    home: Path
    name: str = "gpg-agent"
    stopped: bool = False

    def start(self) -> None:
        """Nothing: GnuPG starts it when it is needed."""

    def ended(self) -> int | None:
        """Not before we have ended it, as far as we look."""
        return 0 if self.stopped else None

    def ask_to_stop(self) -> None:
        """End it: it stops in the last stage, when nobody is sealing any more."""
        stop_agent(self.home)
        self.stopped = True

    def wait_or_kill(self, deadline: float) -> None:
        """Nothing: it has ended."""


def tocsin(command: str, log: Path | None, name: str = "") -> Process:
    """A `tocsin` command as a part, with the environment as it is now."""
    return Process(name or command, (*PYTHON, "coalition.cli", command), dict(os.environ), log)


@dataclass
class Sandbox(Process):
    """The local workspace with its simulated partners.

    It is another program: once it is ready it prints one line of JSON on stdout,
    `{"addresses": {"workspace": url, …}, "env": {"SLACK_BOT_TOKEN": …, …}}`, and nothing more.
    """

    addresses: dict[str, str] = field(default_factory=dict)
    ready_env: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it and wait until it is ready.

        Raises:
            PermanentError: it ended, or did not say within a minute that it is ready.
        """
        log = self.log.open("ab") if self.log else None
        try:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log or 2,
                start_new_session=True,
                preexec_fn=ending_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
            )
        finally:
            if log:
                log.close()
        line = _first_line(self._process, READY_WITHIN_SECONDS)
        try:
            told = json.loads(line)
            self.addresses, self.ready_env = dict(told["addresses"]), dict(told["env"])
        except (ValueError, KeyError, TypeError) as error:
            message = f"The {self.name} did not come up{self._last_words()}"
            fallback = f"Read {self.log}." if self.log else "What it said stands above."
            raise PermanentError(message, fallback=fallback) from error

    def wait_or_kill(self, deadline: float) -> None:
        """As for any process; also lets go of its stdout."""
        super().wait_or_kill(deadline)
        if self._process and self._process.stdout:
            self._process.stdout.close()

    def _last_words(self) -> str:
        if self.log is None or not self.log.is_file():
            return "."
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return ": " + " / ".join(line.strip() for line in lines[-_LAST_LINES:])


def _first_line(process: subprocess.Popen[bytes], within: float) -> bytes:
    """The first line on stdout; what there is of it when the process ends or time is up."""
    line, deadline = b"", time.monotonic() + within
    if process.stdout is None:
        return line
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            some = process.stdout.read1(1)  # type: ignore[attr-defined]
            if not some:
                break
            line += some
    return line
