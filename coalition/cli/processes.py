"""The long-running processes, one command each.

They are found by name, as jobs are: `coalition` imports neither `bot` nor `workers`.
"""

from __future__ import annotations

import importlib
import signal
from typing import Any

from coalition.cli.output import say


def bot() -> None:
    """Run the bot: Slack listeners, partner pages, board."""
    _run("bot.main:run", needs_slack=True)


def worker() -> None:
    """Run a worker: it carries out effects. Start as many as you like."""
    _run("workers.main:run_worker")


def relay() -> None:
    """Run a relay: it turns events and timers into work. Start as many as you like."""
    _run("workers.main:run_relay")


def redis() -> None:
    """Run the Redis of the data folder until stopped; nothing where TOCSIN_REDIS_URL is set."""
    from coalition.settings import load_settings

    settings = load_settings()
    if settings.redis_url is not None:
        _wait_for_the_end("TOCSIN_REDIS_URL is set: nothing to run here; waiting to be stopped.")
        return
    from coalition.adapters.redis_server import RedisServer

    with RedisServer(settings.data_dir) as server:
        _wait_for_the_end(f"Redis runs at {server.url} (process {server.pid}); Ctrl-C stops it.")


def _wait_for_the_end(text: str) -> None:
    # Blocked only now, because a child inherits it and Redis must hear SIGTERM; and before we say
    # that we can be stopped, because then we must be able to.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    say(text)
    signal.sigwait(ends)


def _run(entry: str, *, needs_slack: bool = False) -> None:
    from coalition.observability import setup_logging
    from coalition.settings import load_settings

    setup_logging()
    settings = load_settings()
    if needs_slack:
        settings.require_slack()
    module, _, name = entry.partition(":")
    run: Any = getattr(importlib.import_module(module), name)
    run(settings)
