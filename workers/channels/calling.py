"""One HTTP request to a partner, and what its answer means: it has it, again later, or never.

For every channel that speaks HTTP. Of an answer nothing is read or kept unless the channel asks
for it: it is the partner's text, it may be endless, and it may quote the notice, which would then
stand in a log with a lower ceiling.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import aiohttp

from coalition.domain.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workers.context import WorkerContext

TIMEOUT = aiohttp.ClientTimeout(total=15)
CONNECTING_SHARE = 2 / 3
"""Of the time, for a request that may not be repeated: a timer of its own for the connection tells
a request that never left from one that may have arrived."""

LONGEST_PAUSE = 3600.0
"""Seconds. A longer Retry-After would outlast every acknowledgement deadline."""

_GONE = 410
_PASSING = {408, 425, 429}
_CONNECTING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class EndpointGone(PermanentError):
    """The endpoint says that it is gone for good (410); nothing is to be sent there again."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} answered 410: the endpoint is disabled for good.",
            fallback="Ask the partner for its new endpoint and change the coalition file.",
        )
        self.host = host


class Unanswered(TransientError):
    """The request may have arrived: it had left, and no answer came back."""


class Request(NamedTuple):
    """What is sent. `largest`: how many bytes of the answer are read; with 0, none.

    `once`: the other side does not recognise a repeat.
    """

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    largest: int = 0
    once: bool = False


class Reply(NamedTuple):
    """What came back. `evidence` is what a receipt may say of it: status, host, milliseconds."""

    status: int
    body: bytes
    evidence: dict[str, object]


_quiet: WeakKeyDictionary[aiohttp.ClientSession, dict[str, float]] = WeakKeyDictionary()
"""Until when (monotonic) an address has asked to be left alone, for each drain's session."""


async def call(
    ctx: WorkerContext, request: Request, *, accept: frozenset[int] = frozenset()
) -> Reply:
    """The answer to one request: a 2xx, or a status of `accept`.

    An address that asked for a pause (Retry-After) is not asked again before, by anybody.

    Raises:
        Unanswered: the request had left, and no answer came in time.
        TransientError: no connection, 408, 425, 429 or 5xx.
        EndpointGone: 410.
        PermanentError: a redirect, any other refusal, a target or certificate we do not accept,
            or a larger answer than allowed.
    """
    where = _host(request.url)
    quiet = _quiet.setdefault(ctx.http, {})
    _keep_quiet(quiet, request.url, where)
    started = time.monotonic()
    try:
        async with ctx.http.request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            timeout=_patience() if request.once else TIMEOUT,
        ) as response:
            status = response.status
            said = response.headers.get("Retry-After")
            pause = pause_of(said, ctx.now()) if said else None
            body = await _read(response, request.largest, where) if request.largest else b""
            response.close()
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
        no_answer(error, where)
    if status not in accept:
        if pause:
            quiet[request.url] = time.monotonic() + pause
        judge(status, where, pause)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Reply(status, body, {"status": status, "host": where, "ms": milliseconds})


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    return urlsplit(url).netloc


def _patience() -> aiohttp.ClientTimeout:
    total = TIMEOUT.total or 0
    return aiohttp.ClientTimeout(total=total, sock_connect=total * CONNECTING_SHARE)


def _keep_quiet(quiet: dict[str, float], url: str, where: str) -> None:
    until = quiet.get(url)
    if until is None:
        return
    left = until - time.monotonic()
    if left > 0:
        raise TransientError(f"{where} asked for a pause.", retry_after=left)
    del quiet[url]


async def _read(response: aiohttp.ClientResponse, largest: int, where: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > largest:
            raise PermanentError(f"{where} answered with more than {largest} bytes.")
    return bytes(body)


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
    if isinstance(error, _CONNECTING):
        raise TransientError(f"{where} could not be reached ({what}).") from error
    if isinstance(error, TimeoutError):
        raise Unanswered(f"{where} did not answer within {TIMEOUT.total:.0f} s.") from error
    raise Unanswered(f"{where} could not be reached ({what}).") from error


def judge(status: int, where: str, pause: float | None) -> None:
    """Return for a 2xx; raise `TransientError` or `PermanentError` for everything else."""
    kind = status // 100
    if kind == 2:  # noqa: PLR2004 - the 2xx class
        return
    if kind == 5 or status in _PASSING:  # noqa: PLR2004 - the 5xx class
        raise TransientError(f"{where} answered {status}.", retry_after=pause)
    if status == _GONE:
        raise EndpointGone(where)
    if kind == 3:  # noqa: PLR2004 - the 3xx class
        what, remedy = "redirects are never followed", "Write the final address into the file."
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
