"""The process `tocsin bot`: web pages, and Slack by Socket Mode or signed HTTP."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from bot.slack.app import LISTENERS, build_slack_app
from bot.web.app import build_app
from coalition.bootstrap import assemble
from coalition.domain.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from coalition.bootstrap import Tocsin
    from coalition.settings import Settings

PATIENCE_SECONDS = 60.0
"""How long to wait for Slack at the start: everything may be starting at once."""

CLOSING_SECONDS = 5
"""How long open pages and requests are given when the process is asked to stop."""

T = TypeVar("T")

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    """Serve until told to stop (SIGINT, SIGTERM).

    Raises:
        ConfigError: the coalition file is wrong, or the credentials for Slack are missing.
        PermanentError: Slack refuses the token; or Redis or Slack stays away.
    """
    mode = settings.require_slack()
    tocsin = assemble(settings)
    slack = patiently(lambda: build_slack_app(tocsin))
    web = build_app(tocsin, slack if mode == "http" else None)
    config = uvicorn.Config(
        web,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    socket = patiently(lambda: _connected(tocsin, slack)) if mode == "socket" else None
    log.info("bot_started", kind=mode, port=settings.port)
    # The first recommendation has three seconds, and loading the solver takes one of them.
    Thread(target=import_module, args=("scipy.optimize",), daemon=True).start()
    try:
        asyncio.run(_serve(uvicorn.Server(config)))
    finally:
        if socket is not None:
            socket.close()  # type: ignore[no-untyped-call]


async def _serve(server: uvicorn.Server) -> None:
    """Serve, with as many threads for Slack's requests as there are listeners."""
    threads = ThreadPoolExecutor(LISTENERS, thread_name_prefix="bot")
    asyncio.get_running_loop().set_default_executor(threads)
    await server.serve()


def _connected(tocsin: Tocsin, slack: App) -> SocketModeHandler:
    """An open Socket Mode connection; it reconnects by itself from here on."""
    token = tocsin.settings.slack_app_token
    handler = SocketModeHandler(
        slack, token.get_secret_value() if token else "", concurrency=LISTENERS
    )
    try:
        handler.connect()  # type: ignore[no-untyped-call]
    except (SlackClientError, OSError) as error:
        handler.close()  # type: ignore[no-untyped-call]
        message = f"Slack opened no Socket Mode connection at {tocsin.settings.slack_api_url}"
        if isinstance(error, OSError):
            raise TransientError(message) from error
        fallback = "Check SLACK_APP_TOKEN: it needs the scope connections:write"
        raise PermanentError(message, fallback=fallback) from error
    return handler


def patiently(attempt: Callable[[], T], patience_seconds: float = PATIENCE_SECONDS) -> T:
    """Try until it works, the other side refuses, or the patience ends.

    Raises:
        PermanentError: refused, or out of reach for all that time.
    """
    end = time.monotonic() + patience_seconds
    pause = 0.2
    while True:
        try:
            return attempt()
        except TransientError as error:
            if time.monotonic() + pause > end:
                fallback = "Check SLACK_API_URL and the network, then start again"
                raise PermanentError(str(error), fallback=fallback) from error
            log.warning("slack_out_of_reach", delay_seconds=pause)
        time.sleep(pause)
        pause = min(pause * 2, 5.0)
