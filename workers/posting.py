"""A signed POST whose answer is read, for our own systems; notices use workers/channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.channels.calling import Request, call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.context import WorkerContext


async def post_json(
    ctx: WorkerContext, url: str, body: bytes, signed: Mapping[str, str], largest: int
) -> bytes:
    """The body of a 2xx answer, of at most `largest` bytes.

    Raises:
        TransientError, PermanentError: as `call`.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json", **signed}
    reply = await call(ctx, Request("POST", url, body, headers, largest))
    return reply.body
