"""The processes `tocsin worker` and `tocsin relay`."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from coalition.application.comms import schedule_checks
from coalition.application.presence import BEAT_SECONDS
from coalition.bootstrap import assemble
from coalition.domain.errors import TransientError
from workers import process
from workers.queue import RqDrainQueue

if TYPE_CHECKING:
    from redis import Redis
    from rq import SimpleWorker

    from coalition.bootstrap import Tocsin
    from coalition.settings import Settings

MAIL_ENDS_SECONDS = 5.0
"""How long a worker that stops waits for the mail in hand; what is cut off is seen to again."""


def run_worker(settings: Settings) -> None:
    """Run a stock RQ SimpleWorker on the drain queue until told to stop.

    The drain keeps its own leases, so RQ's heartbeat during a job (SimpleWorker has none) does
    not matter; see docs/decisions/0003-drain-jobs.md.
    """
    tocsin = assemble(settings)
    process.use(tocsin)
    stop = threading.Event()
    name = f"{socket.gethostname()}-{os.getpid()}"
    threading.Thread(target=_beat, args=(tocsin, name, stop), daemon=True).start()
    mail = _watch_for_mail(tocsin, stop)
    worker = worker_on(tocsin.redis, tocsin.keys.queue)
    try:
        worker.work(logging_level="WARNING")
    finally:
        stop.set()
        tocsin.presence.leave("worker", name)
        if mail is not None:
            mail.join(MAIL_ENDS_SECONDS)


def _watch_for_mail(tocsin: Tocsin, stop: threading.Event) -> threading.Thread | None:
    """Look for partners' mail beside the work, where a place for it is set."""
    settings = tocsin.settings
    if settings.mail_drop is None and settings.imap_url is None:
        return None
    from workers.inbound.watching import Watcher, sources  # noqa: PLC0415 - an idle worker is small

    watcher = Watcher(tocsin, sources(settings), stop)
    thread = threading.Thread(target=watcher.run, name="mail", daemon=True)
    thread.start()
    return thread


def worker_on(redis: Redis, queue: str) -> SimpleWorker:
    """A stock worker on one queue that runs drains and nothing else."""
    import rq  # noqa: PLC0415 - `tocsin --help` must not wait for it
    from rq.serializers import JSONSerializer  # noqa: PLC0415

    from workers.rq_job import DrainJob  # noqa: PLC0415

    return rq.SimpleWorker(
        [queue], connection=redis, serializer=JSONSerializer, job_class=DrainJob, name=None
    )


def _beat(tocsin: Tocsin, name: str, stop: threading.Event) -> None:
    while True:
        # A beat that fails is no matter: the next will tell, and being absent meanwhile is true.
        with contextlib.suppress(TransientError):
            tocsin.presence.beat("worker", name)
        if stop.wait(BEAT_SECONDS):
            return


def run_relay(settings: Settings) -> None:
    """Run a relay until told to stop."""
    from workers.relay import Relay  # noqa: PLC0415

    tocsin = assemble(settings)
    stop = threading.Event()

    def heard(_number: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, heard)
    signal.signal(signal.SIGINT, heard)
    schedule_checks(tocsin)
    queue = RqDrainQueue(tocsin.redis, tocsin.keys.queue, tocsin.ledger)
    Relay(tocsin, queue, stop).run()
