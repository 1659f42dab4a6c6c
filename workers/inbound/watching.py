"""Looks for mail while a worker runs: one worker of all, by lease, in a thread of its own."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from typing import TYPE_CHECKING

import structlog

from coalition.domain.errors import TransientError
from coalition.domain.mailbox import parse_mailbox
from workers.inbound.mailbox import Mailbox
from workers.inbound.maildrop import MailDrop
from workers.inbound.mime import NotAMail
from workers.inbound.taking import Taker

if TYPE_CHECKING:
    from coalition.application.tallies import MailTally
    from coalition.bootstrap import Tocsin
    from coalition.settings import Settings
    from workers.inbound.sources import Source, Waiting

log = structlog.get_logger(__name__)

LEASE_SECONDS = 15
"""How soon another worker looks when the one that did has died. A mail may take longer, and then
two may see to it at once: whatever follows from a mail follows once."""

ASK_SECONDS = 5.0
"""How long an answer about the lease is gone by: a part of it."""

TRIES = 10
"""A mail at which that many attempts have ended without a result is left to people."""

LACKING_AT_MOST = 3
REST_SECONDS = 0.25
AFTER_TROUBLE_SECONDS = 15.0


def sources(settings: Settings) -> list[Source]:
    """Where this Tocsin looks for mail; empty where nothing is set."""
    found: list[Source] = []
    if settings.mail_drop is not None:
        found.append(MailDrop(settings.mail_drop))
    if settings.imap_url is not None:
        found.append(Mailbox(parse_mailbox(settings.imap_url.get_secret_value())))
    return found


class Watcher:
    """`run()` looks until `stop` is set. Any number may run; whoever holds the lease looks."""

    def __init__(self, tocsin: Tocsin, places: list[Source], stop: threading.Event) -> None:
        self._tocsin = tocsin
        self._due = dict.fromkeys(places, 0.0)
        self._stop = stop
        self._taker = Taker(tocsin)
        self._name = uuid.uuid4().hex
        self._held = False
        self._ask_again = 0.0

    def run(self) -> None:
        """Look, rest, look again."""
        while self._due and not self._stop.wait(REST_SECONDS):
            try:
                if self._holds():
                    self.look()
            except TransientError:
                self._stop.wait(REST_SECONDS)  # Redis is away; it is told of elsewhere
            except Exception:
                log.exception("mail_loop_crashed")
                self._stop.wait(AFTER_TROUBLE_SECONDS)
        try:
            self._tocsin.mail_memory.leave(self._name)
        except TransientError:
            log.warning("mail_lease_kept")  # it ends by itself

    def look(self) -> None:
        """One look into every place whose time has come."""
        for place, due in list(self._due.items()):
            if time.monotonic() < due or self._stop.is_set():
                continue
            try:
                pause = place.every if self._look_into(place) else AFTER_TROUBLE_SECONDS
            except TransientError as error:
                log.warning("mail_waits", kind=type(place).__name__, error=type(error).__name__)
                pause = AFTER_TROUBLE_SECONDS
            self._due[place] = time.monotonic() + max(pause, place.every)

    def _look_into(self, place: Source) -> bool:
        """Whether every mail there was seen to; what one of them lacks does not stop the others."""
        lacking = 0
        for one in place.waiting():
            if self._stop.is_set() or lacking == LACKING_AT_MOST or not self._holds():
                return False
            try:
                self.see_to(one)
            except TransientError as error:
                log.warning("mail_waits", kind=type(place).__name__, error=type(error).__name__)
                lacking += 1
        return lacking == 0

    def _holds(self) -> bool:
        """Whether this is the one who looks; Redis is asked now and then, not at every look."""
        now = time.monotonic()
        if now >= self._ask_again:
            self._held = self._tocsin.mail_memory.watch(self._name, LEASE_SECONDS)
            self._ask_again = now + ASK_SECONDS
        return self._held

    def see_to(self, waiting: Waiting) -> None:
        """One mail, once: whatever is in it, the next one is looked at after it.

        Raises:
            TransientError: something that it needs is away; it goes on waiting.
        """
        memory = self._tocsin.mail_memory
        try:
            raw = waiting.read()
        except NotAMail:
            self._count("mail_trouble")
            waiting.set_aside(trouble=True)
            return
        if raw is None:
            return
        digest = hashlib.sha256(raw).hexdigest()
        if memory.seen(digest):
            waiting.set_aside(trouble=False)
            return
        kind = self._kind(raw, memory.tried(digest))
        if kind is None:
            return
        memory.remember(digest)
        self._count(kind)
        waiting.set_aside(trouble=kind in {"mail_trouble", "mail_unclear", "mail_unrelated"})

    def _kind(self, raw: bytes, attempt: int) -> MailTally | None:
        """What it was; None: it ended in an error that was not foreseen, and is tried again."""
        if attempt > TRIES:
            log.error("mail_left_to_people", attempt=attempt, size=len(raw))
            return "mail_trouble"
        try:
            return self._taker.take(raw)
        except NotAMail:
            return "mail_trouble"
        except TransientError:
            raise
        except Exception:
            log.exception("mail_crashed", attempt=attempt, size=len(raw))
            return None

    def _count(self, kind: MailTally) -> None:
        log.info("mail_in", kind=kind)
        self._tocsin.tallies.add(kind)
