"""Calls of Slack's Web API, and what its answers mean: again later, or never."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError

from coalition.domain.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from workers.context import WorkerContext

# Slack's own trouble, by its word for it; the same call may work in a moment.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_SERVER_ERROR = 500
_TOO_MANY = 429


class SlackRefused(PermanentError):
    """Slack said no, and will say no again. `code` is its word for it."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack refused {method}: {code}")
        self.code = code


def client(ctx: WorkerContext) -> AsyncWebClient:
    """The Slack client.

    Raises:
        PermanentError: no bot token is configured.
    """
    if ctx.slack is None:
        message = "No Slack is configured, so the room cannot be reached"
        raise PermanentError(message, fallback="Set SLACK_BOT_TOKEN; until then use the board")
    return ctx.slack


async def carried_out(ctx: WorkerContext, method: str, call: Awaitable[Any]) -> dict[str, Any]:
    """The answer of a call.

    Raises:
        TransientError: Slack has trouble, is out of reach, or wants us to wait so many seconds.
        SlackRefused: Slack says no.
    """
    try:
        answer = await call
    except SlackApiError as error:
        await asyncio.to_thread(ctx.tocsin.tallies.add, "slack_failures")
        raise _meaning(method, error) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        await asyncio.to_thread(ctx.tocsin.tallies.add, "slack_failures")
        message = f"Slack is out of reach ({method}: {type(error).__name__})"
        raise TransientError(message) from error
    data: dict[str, Any] = answer.data
    return data


def _meaning(method: str, error: SlackApiError) -> TransientError | PermanentError:
    response: Any = error.response
    code = str(response.get("error", "")) if isinstance(response.data, dict) else ""
    if response.status_code == _TOO_MANY or code == "ratelimited":
        wait = response.headers.get("Retry-After") or response.headers.get("retry-after") or "1"
        return TransientError(f"Slack wants us to wait ({method})", retry_after=float(wait))
    if response.status_code >= _SERVER_ERROR or code in _PASSING or not code:
        return TransientError(f"Slack has trouble ({method}: {code or response.status_code})")
    return SlackRefused(method, code)
