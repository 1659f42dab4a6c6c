"""The jobs that RQ runs, named by string (`workers.jobs.drain`). Renaming one is a migration."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any

from workers.process import current, settle

if TYPE_CHECKING:
    from types import FrameType


def drain() -> int:
    """Carry out due effects until none is left or the slice is over; returns how many ended."""
    from workers.drain import Drain  # noqa: PLC0415 - an idle worker stays small
    from workers.handlers import HANDLERS  # noqa: PLC0415

    settle()
    stop = threading.Event()
    with _StopSignals(stop):
        work = Drain(current(), HANDLERS, stopping=stop.is_set)
        return asyncio.run(work.run())


class _StopSignals:
    """RQ waits for the job to end when it is told to stop; the job has to hear of it too."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.getsignal(number)
                signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()
        before = self._before[number]
        if callable(before):
            before(number, frame)

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            if signal.getsignal(number) == self._heard:
                signal.signal(number, before)
