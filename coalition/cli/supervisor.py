"""Keeps processes running: starts them in order, restarts what crashes, stops all in order.

Generic: it knows commands, not what they do. It runs in the main thread of one process and waits
for signals and deaths, never in a busy loop.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Protocol, Self

from coalition.adapters.parent_death import ending_with_parent
from coalition.cli.output import WRONG_USE
from coalition.domain.errors import PermanentError

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 10.0
STEADY_AFTER_SECONDS = 30.0  # what has run this long starts again without a wait
STOP_WITHIN_SECONDS = 10.0

_TICK_SECONDS = 1.0
_ASK_SECONDS = 0.1  # between two questions to `until`
_POLL_SECONDS = 0.02


class Part(Protocol):
    """Something the supervisor keeps running."""

    name: str

    def start(self) -> None:
        """Start it (again)."""

    def ended(self) -> int | None:
        """Its exit code once it has ended (0 if it never ran); None while it runs."""

    def ask_to_stop(self) -> None:
        """Ask it to end; returns at once."""

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic), then kill it."""


@dataclass
class Process:
    """A command as a part. Its output goes to `log` (appended), or to our stderr without one."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it (again)."""
        target = self.log.open("ab") if self.log else None
        try:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=target or 2,
                stderr=target or 2,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops in order
                preexec_fn=ending_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
            )
        finally:
            if target:
                target.close()

    def ended(self) -> int | None:
        """Its exit code once it has ended (0 if it never ran); None while it runs."""
        return self._process.poll() if self._process else 0

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic), then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass
class _Watched:
    part: Part
    stage: int
    restart: bool
    started: float = 0.0
    wait: float = FIRST_WAIT_SECONDS
    due: float | None = None  # when it is started again; None while it runs


class Supervisor:
    """Use as a context manager: leaving it stops everything, the highest stage first.

    Signals are heard from construction on: the first SIGINT or SIGTERM ends `watch`, the second
    kills what is still running.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._watched: list[_Watched] = []
        self._stopping = 0
        self._starting = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._old: dict[int, Any] = {}
        self._old_wakeup = -1

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            self._old[number] = signal.signal(number, self._heard)
        self._old_wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._stop_all()
        finally:
            signal.set_wakeup_fd(self._old_wakeup)
            for number, handler in self._old.items():
                signal.signal(number, handler)
            os.close(self._reader)
            os.close(self._writer)

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked us to stop."""
        return self._stopping > 0

    def add(self, part: Part, *, stage: int, restart: bool = True) -> None:
        """Start a part and keep it. `restart=False`: its end is the end of all.

        KeyboardInterrupt when a signal asks us to stop while it starts.

        Parts of one stage are stopped together, and before those of a lower stage.
        """
        watched = _Watched(part, stage, restart)
        self._watched.append(watched)
        self._start(watched)

    def watch(self, until: Callable[[], bool] | None = None) -> None:
        """Keep everything running until asked to stop, or until `until` is true.

        Raises:
            PermanentError: a part that may not be restarted ended, or one says by its exit code
                (2, wrong use) that starting it again is useless.
        """
        with suppress(KeyboardInterrupt):  # asked to stop during a restart
            while not self.stopping and not (until and until()):
                self._tend()
                self._sleep(_ASK_SECONDS if until else _TICK_SECONDS)

    def _tend(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.due is not None:
                if now >= watched.due:
                    self._start(watched)
                continue
            code = watched.part.ended()
            if code is not None:
                self._deal_with_end(watched, code, now)

    def _deal_with_end(self, watched: _Watched, code: int, now: float) -> None:
        name, how = watched.part.name, _how(code)
        if not watched.restart or code == WRONG_USE:
            log = getattr(watched.part, "log", None)
            where = f"Read {log}." if log else "What it said stands above."
            raise PermanentError(f"{name} ended ({how}).", fallback=where)
        if now - watched.started > STEADY_AFTER_SECONDS:
            watched.wait = FIRST_WAIT_SECONDS
        self._say(f"{name} ended ({how}); it starts again in {watched.wait:.1f} s.")
        watched.due = now + watched.wait
        watched.wait = min(watched.wait * 2, LONGEST_WAIT_SECONDS)

    def _start(self, watched: _Watched) -> None:
        watched.due = None
        watched.started = time.monotonic()
        self._starting = True
        try:
            watched.part.start()
        finally:
            self._starting = False

    def _sleep(self, longest: float) -> None:
        """Until a signal (a child's death is one), a restart that is due, or `longest`."""
        now = time.monotonic()
        waits = [watched.due - now for watched in self._watched if watched.due is not None]
        with selectors.DefaultSelector() as selector:
            selector.register(self._reader, selectors.EVENT_READ)
            if selector.select(max(0.0, min([longest, *waits]))):
                os.read(self._reader, 4096)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGCHLD:
            return
        self._stopping += 1
        if self._starting:  # a part may take a minute to come up; nobody waits that long
            raise KeyboardInterrupt

    def _stop_all(self) -> None:
        for stage in sorted({watched.stage for watched in self._watched}, reverse=True):
            parts = [watched.part for watched in self._watched if watched.stage == stage]
            for part in parts:
                part.ask_to_stop()
            deadline = time.monotonic() + STOP_WITHIN_SECONDS
            while any(part.ended() is None for part in parts) and time.monotonic() < deadline:
                if self._stopping > 1:
                    deadline = 0.0
                self._sleep(_POLL_SECONDS)
            for part in parts:
                part.wait_or_kill(deadline)
        self._watched.clear()


def _how(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
