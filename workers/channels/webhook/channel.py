"""Sends a notice as a signed POST; the partner's 2xx is the delivery.

Nothing of the reply's body is read or kept: it is the partner's text, it may be endless, and it
may quote the notice, which would then stand in a log with a lower ceiling.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import aiohttp

from coalition.adapters.coalition_file import read_secret
from coalition.domain.errors import PermanentError, TransientError
from coalition.rendering.notices.standard_webhooks import BadSecret, sign
from coalition.rendering.notices.webhook import body as render
from workers.channels import Sent

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from coalition.domain.channels import WebhookChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice
    from workers.context import WorkerContext

REPEATABLE = True
"""Receivers recognise a repeat by its webhook-id, so nothing is asked before the bytes leave."""

TIMEOUT = aiohttp.ClientTimeout(total=15)
LONGEST_PAUSE = 3600.0
"""Seconds. A longer Retry-After would outlast every acknowledgement deadline."""

_GONE = 410
_PASSING = {408, 425, 429}


async def send(
    ctx: WorkerContext, cleared: Cleared[OutwardNotice], channel: WebhookChannel, effect: str
) -> Sent:
    """POST the notice; returns with the partner's 2xx.

    Raises:
        TransientError: no connection, no answer in time, 408, 425, 429 or 5xx.
        PermanentError: a redirect, any other refusal, a target or certificate we do not accept.
    """
    now = ctx.now()
    body = render(cleared.content, now)
    headers = _headers(ctx, channel, effect, now, body)
    where = urlsplit(channel.url).netloc
    started = time.monotonic()
    try:
        async with ctx.http.post(
            channel.url, data=body, headers=headers, allow_redirects=False, timeout=TIMEOUT
        ) as response:
            status = response.status
            said = response.headers.get("Retry-After")
            pause = pause_of(said, now) if said else None
            response.close()
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
        no_answer(error, where)
    judge(status, where, pause)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Sent("delivered", {"status": status, "host": where, "ms": milliseconds})


def _headers(
    ctx: WorkerContext, channel: WebhookChannel, effect: str, now: datetime, body: bytes
) -> dict[str, str]:
    secret = read_secret(channel.secret, _folder(ctx.tocsin.settings.coalition)).get_secret_value()
    try:
        signed = sign(secret, effect, now, body)
    except BadSecret as error:
        place = channel.secret.env or channel.secret.file
        remedy = f"Mend {place}, and agree on the new secret with the partner."
        raise PermanentError(f"{place}: {error}.", fallback=remedy) from None
    return {"Content-Type": "application/json", **signed}


@lru_cache(maxsize=8)
def _folder(coalition_file: Path) -> Path:
    return coalition_file.parent


def no_answer(error: Exception, where: str) -> NoReturn:
    """Names the class of what went wrong; the error's own text may hold the whole address."""
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        raise PermanentError(
            f"{where} offers no TLS connection that can be trusted ({what}).",
            fallback="Ask the partner to renew its certificate.",
        ) from error
    if isinstance(error, aiohttp.InvalidURL):
        raise PermanentError(f"{where} is not an address that can be reached ({what}).") from error
    if isinstance(error, TimeoutError):
        raise TransientError(f"{where} did not answer within {TIMEOUT.total:.0f} s.") from error
    raise TransientError(f"{where} could not be reached ({what}).") from error


def judge(status: int, where: str, pause: float | None) -> None:
    """Return for a 2xx; raise `TransientError` or `PermanentError` for everything else."""
    kind = status // 100
    if kind == 2:  # noqa: PLR2004 - the 2xx class
        return
    if kind == 5 or status in _PASSING:  # noqa: PLR2004 - the 5xx class
        raise TransientError(f"{where} answered {status}.", retry_after=pause)
    if kind == 3:  # noqa: PLR2004 - the 3xx class
        what, remedy = "redirects are never followed", "Write the final address into the file."
    elif status == _GONE:
        what = "the endpoint is disabled for good"
        remedy = "Ask the partner for its new endpoint and change the coalition file."
    else:
        what, remedy = "it refused the notice", "Ask the partner why; check address and secret."
    raise PermanentError(f"{where} answered {status}: {what}.", fallback=remedy)


def pause_of(header: str, now: datetime) -> float | None:
    """Seconds of a Retry-After, which is a number or a date; None where it says nothing usable."""
    value = header.strip()
    if value.isascii() and value.isdigit() and len(value) <= 9:  # noqa: PLR2004
        return min(float(value), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(until - now.timestamp(), 0.0), LONGEST_PAUSE)
