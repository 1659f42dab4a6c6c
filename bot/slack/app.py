"""The Bolt app: what Slack sends is parsed, carried out as one command, and acknowledged.

`process_before_response=True`: the acknowledgement goes out after the command is stored, never
before. Where storing fails, events are answered with 500, so that Slack sends them again, and
people are told that nothing was recorded.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.slack.desk import Desk, public
from bot.slack.listeners import actions, commands, events, shortcuts, views
from coalition.domain.errors import PermanentError, TransientError
from coalition.rendering.slack.modals import done_modal
from coalition.rendering.slack.replies import not_recorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.bootstrap import Tocsin

LISTENERS = 32
"""Threads. Bolt's own default is five, which ten incidents at once would fill."""

TIMEOUT_SECONDS = 3
"""A call from a listener that takes longer comes too late: the trigger is gone by then."""

log = structlog.get_logger(__name__)


def build_slack_app(tocsin: Tocsin) -> App:
    """The app with all its listeners; the token is tried at once.

    Raises:
        PermanentError: Slack refuses the token.
        TransientError: Slack cannot be reached.
    """
    settings = tocsin.settings
    settings.require_slack()
    token = settings.slack_bot_token
    secret = settings.slack_signing_secret
    try:
        app = App(
            client=web_client(settings.slack_api_url, token.get_secret_value() if token else ""),
            # Without one (Socket Mode) nobody can sign: an empty secret would let anybody.
            signing_secret=secret.get_secret_value() if secret else secrets.token_hex(),
            process_before_response=True,
            listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
            logger=logging.getLogger("slack_bolt.tocsin"),
        )
    except OSError as error:
        message = f"Slack cannot be reached at {settings.slack_api_url}"
        raise TransientError(message) from error
    except (BoltError, SlackClientError) as error:
        message = f"Slack did not accept SLACK_BOT_TOKEN at {settings.slack_api_url}"
        fallback = "Check the token on the page “OAuth & Permissions” of the Slack app"
        raise PermanentError(message, fallback=fallback) from error
    desk = Desk(tocsin)
    for listeners in (commands, actions, views, shortcuts, events):
        listeners.register(app, desk)
    app.error(_not_recorded(desk))
    return app


def web_client(base_url: str, token: str) -> WebClient:
    """A client that waits and tries again when Slack says "too many" or fails once."""
    client = WebClient(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    client.retry_handlers.append(ServerErrorRetryHandler(max_retry_count=1))
    return client


def _not_recorded(desk: Desk) -> Callable[..., BoltResponse]:
    """What is answered when a listener fails: people are told, events come again."""

    def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        kind = body.get("type") or ("slash_command" if "command" in body else "unknown")
        log.error("slack_not_recorded", kind=kind, exc_info=error)
        # What the store does not take it cannot count either; asking it once more would take the
        # rest of the three seconds, and nobody would be told anything.
        if not isinstance(error, TransientError):
            desk.tocsin.tallies.add("slack_failures")
        told = public(not_recorded(), desk.coalition).content
        if "command" in body:
            answer: dict[str, Any] = {"response_type": "ephemeral", **told.arguments}
            return BoltResponse(status=200, body=answer)
        if kind == "view_submission":
            view = done_modal("Not recorded", told)
            answer = {"response_action": "update", "view": view}
            return BoltResponse(status=200, body=answer)
        return BoltResponse(status=500, body="")

    return failed
