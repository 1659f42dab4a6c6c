"""A drain: a short-lived event loop that claims due effects and carries them out side by side.

RQ starts it and supervises the process; the ledger decides who does what. A slow partner holds
one place in the window, never the others. What a dead drain held comes back after its lease
(`LEASE_MS`), so recovery does not wait for RQ (docs/decisions/0003-drain-jobs.md).
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from coalition.application.ports import Claim, Outcome
from coalition.domain.errors import PermanentError, TocsinError, TransientError
from workers.running import LeaseLost, Running
from workers.schedule import retry_after, schedule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coalition.bootstrap import Tocsin
    from workers.context import Handler

log = structlog.get_logger(__name__)

LEASE_MS = 5_000
BEAT_S = 1.0
LISTEN_MS = 200
WINDOW = 256
CLAIM = 24
"""Effects taken at once: few enough that the workers share what has just become due."""
LINGER_S = 10.0
SLICE_S = 300.0
FINISH_S = 20.0


@dataclass
class Drain:
    """`await Drain(tocsin, handlers).run()` until nothing is due or the slice is over."""

    tocsin: Tocsin
    handlers: Mapping[str, Handler]
    window: int = WINDOW
    linger: float = LINGER_S
    slice: float = SLICE_S
    stopping: Callable[[], bool] = lambda: False
    done: int = 0
    _token: str = field(default_factory=lambda: uuid.uuid4().hex)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ended: list[Outcome] = field(default_factory=list)
    _recording: bool = False

    async def run(self) -> int:
        """Carry out what is due; returns how many effects have ended."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(8, thread_name_prefix="drain"))
        self._kick, self._flush_wanted = asyncio.Event(), asyncio.Event()
        self._over = threading.Event()
        self._running = Running(self.tocsin)
        listener = threading.Thread(target=self._listen, args=(loop,), daemon=True)
        listener.start()
        helpers = [asyncio.create_task(self._beat()), asyncio.create_task(self._flush())]
        try:
            await self._work()
            await self._wind_down()
        finally:
            self._over.set()
            for task in [*helpers, *self._tasks.values()]:
                task.cancel()
            await asyncio.gather(*helpers, *self._tasks.values(), return_exceptions=True)
            await self._running.close()
            await asyncio.to_thread(listener.join)
        return self.done

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Kick the loop when something is planned (in a thread: the Redis client blocks)."""
        while not self._over.is_set():
            try:
                self.tocsin.ledger.wait(LISTEN_MS)
            except TransientError:
                self._over.wait(0.5)
            if not self._over.is_set():
                loop.call_soon_threadsafe(self._kick.set)

    async def _work(self) -> None:
        started = busy = time.monotonic()
        while not self.stopping() and time.monotonic() - started < self.slice:
            self._kick.clear()
            free = self.window - len(self._tasks)
            limit = min(free, CLAIM)
            claims = await self._claim(limit) if limit > 0 else []
            for claim in claims:
                self._start(claim)
            if self._tasks:
                busy = time.monotonic()
            elif time.monotonic() - busy > self.linger:
                return
            if limit > 0 and len(claims) == limit:
                continue  # there may be more
            await self._sleep(can_claim=limit > 0)

    async def _sleep(self, *, can_claim: bool) -> None:
        """Wait for a kick, the next due effect, or half a second to look around."""
        timeout = 0.5
        if can_claim:
            try:
                due = await asyncio.to_thread(self.tocsin.ledger.next_due)
            except TransientError:
                due = None
            if due is not None:
                timeout = min(timeout, max(due, 0.001))
        try:
            await asyncio.wait_for(self._kick.wait(), timeout)
        except TimeoutError:
            return

    async def _claim(self, limit: int) -> list[Claim]:
        try:
            return await asyncio.to_thread(self.tocsin.ledger.claim, self._token, limit, LEASE_MS)
        except TransientError as error:
            log.warning("claim_failed", error=type(error).__name__)
            return []

    def _start(self, claim: Claim) -> None:
        task = asyncio.create_task(self._perform(claim, self._token))
        self._tasks[claim.id] = task
        task.add_done_callback(lambda _: self._finished(claim.id))

    def _finished(self, effect: str) -> None:
        full = len(self._tasks) >= self.window
        self._tasks.pop(effect, None)
        if full or not self._tasks:
            self._kick.set()

    async def _perform(self, claim: Claim, token: str) -> None:
        handler = self.handlers.get(claim.kind)
        bound = structlog.contextvars.bind_contextvars(effect=claim.id, kind=claim.kind)
        try:
            if handler is None:
                msg = f"no handler for effects of kind {claim.kind}"
                raise PermanentError(msg)  # noqa: TRY301 - one place decides what errors mean
            detail = await handler(self._running.context(claim, token), claim)
            self._end(Outcome(claim, "done", detail, report=schedule_of(claim.kind).report_done))
        except LeaseLost:
            log.info("lease_lost", attempt=claim.attempt)
        except TransientError as error:
            await self._again(claim, token, error)
        except TocsinError as error:
            self._fail(claim, error)
        except Exception as error:
            log.exception("effect_crashed", attempt=claim.attempt)
            await self._again(claim, token, error)
        finally:
            structlog.contextvars.reset_contextvars(**bound)

    async def _again(self, claim: Claim, token: str, error: Exception) -> None:
        delay = retry_after(claim, error, random.random())  # noqa: S311 - jitter
        if delay is None:
            self._fail(claim, error)
            return
        due = self.tocsin.clock.now() + timedelta(seconds=delay)
        what = f"{type(error).__name__}: {_words(error)}"[:500]
        try:
            await asyncio.to_thread(self.tocsin.ledger.postpone, token, claim.id, due, what)
        except TransientError:
            log.warning("postpone_failed", attempt=claim.attempt)  # the lease will give it back

    def _fail(self, claim: Claim, error: Exception) -> None:
        fallback = getattr(error, "fallback", "")
        detail: dict[str, Any] = {"error": _words(error), "error_class": type(error).__name__}
        if fallback:
            detail["fallback"] = fallback
        log.warning("effect_failed", attempt=claim.attempt, error=type(error).__name__)
        self._end(Outcome(claim, "failed", detail))

    def _end(self, outcome: Outcome) -> None:
        self._ended.append(outcome)
        self._flush_wanted.set()

    async def _flush(self) -> None:
        """Record outcomes as they come; those that come during one call go with the next."""
        while True:
            await self._flush_wanted.wait()
            self._flush_wanted.clear()
            batch, self._ended = self._ended, []
            if not batch:
                continue
            self._recording = True
            try:
                ended = await asyncio.to_thread(self.tocsin.ledger.finish, self._token, batch)
                self.done += len(ended)
            except TransientError:
                self._ended = batch + self._ended
                await asyncio.sleep(0.2)
                self._flush_wanted.set()
            self._recording = False

    async def _beat(self) -> None:
        """Renew the lease; when it is lost, drop everything: another drain has it now."""
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                alive = await asyncio.to_thread(self.tocsin.ledger.heartbeat, self._token, LEASE_MS)
            except TransientError:
                continue
            if not alive and self._tasks:
                log.warning("lease_lost", count=len(self._tasks))
                for task in self._tasks.values():
                    task.cancel()
                self._ended.clear()
            if not alive:
                self._token = uuid.uuid4().hex

    async def _wind_down(self) -> None:
        """Let what is under way end, record it, and give the rest back at once."""
        deadline = time.monotonic() + FINISH_S
        while (self._tasks or self._ended or self._recording) and time.monotonic() < deadline:
            self._flush_wanted.set()
            await asyncio.sleep(0.01)
        for task in self._tasks.values():
            task.cancel()
        try:
            await asyncio.to_thread(self.tocsin.ledger.release, self._token)
        except TransientError:
            log.warning("release_failed")  # the lease ends by itself


def _words(error: Exception) -> str:
    """What we say of an error. The text of one that is not ours may quote the content."""
    return str(error) if isinstance(error, TocsinError) else "an error that was not foreseen"
