"""A signed POST whose answer is read, for our own systems; notices use channels/webhook."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from coalition.domain.errors import PermanentError
from workers.channels.webhook.channel import TIMEOUT, judge, no_answer, pause_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.context import WorkerContext


async def post_json(
    ctx: WorkerContext, url: str, body: bytes, signed: Mapping[str, str], largest: int
) -> bytes:
    """The body of a 2xx answer, of at most `largest` bytes.

    Raises:
        TransientError: no connection, no answer in time, 408, 425, 429 or 5xx.
        PermanentError: a redirect, a refusal, a target or certificate we do not accept, or a
            larger answer.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json", **signed}
    where = urlsplit(url).netloc
    try:
        async with ctx.http.post(
            url, data=body, headers=headers, allow_redirects=False, timeout=TIMEOUT
        ) as response:
            said = response.headers.get("Retry-After")
            judge(response.status, where, pause_of(said, ctx.now()) if said else None)
            answer = bytearray()
            async for chunk in response.content.iter_chunked(8192):
                answer += chunk
                if len(answer) > largest:
                    raise PermanentError(f"{where} answered with more than {largest} bytes.")
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
        no_answer(error, where)
    return bytes(answer)
