"""The relay: turns what has happened into work wanted, fires timers, gives back what the dead held.

Any number may run. Each outbox entry is held by one relay until it is acknowledged, which is
after its effects stand in the ledger; a relay that dies in between is relieved after
`RECLAIM_MS`, and planning twice wants the same effects, once.
"""

from __future__ import annotations

import json
import threading
import uuid
from typing import TYPE_CHECKING, Any

import structlog

from coalition.application.aggregates import PASS_TIMER
from coalition.application.aid_review import reviews
from coalition.application.policies import react
from coalition.application.pools import seed_pools
from coalition.application.presence import BEAT_SECONDS
from coalition.application.wanted import command_effect
from coalition.domain.errors import TransientError, UserError
from coalition.domain.messages import Record
from workers.outcomes import follow_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.application.ports import Effect, Entry
    from coalition.bootstrap import Tocsin
    from workers.queue import DrainQueue

log = structlog.get_logger(__name__)

BATCH = 200
RECLAIM_MS = 3_000
REAP_EVERY_S = 0.5


class Relay:
    """`run()` works until `stop` is set; three loops in threads of one process."""

    def __init__(self, tocsin: Tocsin, queue: DrainQueue, stop: threading.Event) -> None:
        self.tocsin = tocsin
        self.queue = queue
        self.stop = stop
        self.name = uuid.uuid4().hex[:12]
        self._seeded = ""  # content hash of the coalition file that the pools have heard of
        self.reviewed = ""  # content hash of the coalition file that missions were reviewed for

    def run(self) -> None:
        """Block until stopped."""
        loops = [self._outbox_loop, self.timer_loop, self._reaper_loop]
        threads = [threading.Thread(target=self._keep, args=(loop,)) for loop in loops]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.tocsin.presence.leave("relay", self.name)

    def _keep(self, loop: Callable[[], None]) -> None:
        """Run one loop; when Redis is away, wait and go on."""
        while not self.stop.is_set():
            try:
                loop()
            except TransientError as error:
                log.warning("relay_waits", error=type(error).__name__, loop=loop.__name__)
                self.stop.wait(0.5)
            except Exception:
                log.exception("relay_loop_crashed", loop=loop.__name__)
                self.stop.wait(1.0)

    def _outbox_loop(self) -> None:
        while not self.stop.is_set():
            self.see_to(self.tocsin.outbox.read(self.name, BATCH, 500))

    def timer_loop(self) -> None:
        """Fire what is due, sleep until the next is."""
        while not self.stop.is_set():
            if not self.tocsin.timers.fire(BATCH):
                self.tocsin.timers.wait(500)

    def _reaper_loop(self) -> None:
        beats = 0
        while not self.stop.wait(REAP_EVERY_S):
            self.see_to(self.tocsin.outbox.reclaim(self.name, RECLAIM_MS, BATCH))
            back = self.tocsin.ledger.reap()
            if back:
                log.warning("effects_taken_back", count=back)
            self.review()
            self.queue.ensure()
            if beats % int(BEAT_SECONDS / REAP_EVERY_S) == 0:
                self.tocsin.presence.beat("relay", self.name)
                self._seed()
            beats += 1

    def _seed(self) -> None:
        """Let the pools know of a coalition file that is new in force."""
        now = self.tocsin.coalition.content_hash
        if now != self._seeded:
            seed_pools(self.tocsin)
            self._seeded = now

    def review(self) -> None:
        """Once the coalition file says something new, look at every mission in the field."""
        says = self.tocsin.coalition.content_hash
        if says != self.reviewed:
            self.tocsin.ledger.plan(reviews(self.tocsin))
            self.reviewed = says

    def see_to(self, entries: list[Entry]) -> None:
        """Plan what these entries call for, then acknowledge them."""
        if not entries:
            return
        effects: list[Effect] = []
        seen: list[str] = []
        outcomes: list[dict[str, Any]] = []
        for entry in entries:
            try:
                if entry.kind == "records":
                    effects += self._of_records(entry)
                elif entry.kind == "timer":
                    effects.append(timer_effect(json.loads(entry.body)))
                else:
                    outcomes += json.loads(entry.body)
            except (KeyError, ValueError, UserError):
                # Set aside loudly: it stays pending, is tried again, and shows as relay lag.
                log.exception("entry_not_understood", status=entry.kind, count=1)
                continue
            seen.append(entry.position)
        effects += follow_up(self.tocsin, outcomes, entries[0].position)
        if effects:
            self.tocsin.ledger.plan(effects)
            self.queue.ensure()
        self.tocsin.outbox.ack(seen)

    def _of_records(self, entry: Entry) -> list[Effect]:
        effects: list[Effect] = []
        for data in json.loads(entry.body):
            effects += react(Record.model_validate(data), self.tocsin.view)
        return effects


def timer_effect(timer: dict[str, Any]) -> Effect:
    """Return the effect that tells an aggregate its timer is due.

    `due` goes with it: the server said that the time has come, so a worker whose clock is behind
    must not take the timer for an early one, which would be lost.
    """
    aggregate, id, name, due = timer["aggregate"], timer["id"], timer["name"], timer["due"]
    command = PASS_TIMER[aggregate]
    effect = f"timer-{aggregate}-{id}-{name}-{due}"
    wanted = command_effect(effect, command, timer=name, **{aggregate: id})
    wanted.payload["not_before"] = due
    return wanted
