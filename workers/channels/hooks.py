"""Posting to an incoming webhook of a chat (Mattermost, Slack): its whole address is a secret.

A chat does not recognise a repeat. Until the request has left everything may be tried again; a
request that left without an answer is a question, and never answered by a second post.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from coalition.adapters.coalition_file import read_secret
from coalition.domain.errors import PermanentError
from coalition.domain.fields import WebAddress
from workers.channels import Sent
from workers.channels.calling import Request, Unanswered, call

if TYPE_CHECKING:
    from coalition.domain.channels import SecretRef
    from workers.context import WorkerContext

_GATEWAYS = frozenset({502, 504})
"""Said by a proxy on the way: whether the chat got it before, nobody knows."""

_ADDRESS: TypeAdapter[str] = TypeAdapter(WebAddress)


async def post(ctx: WorkerContext, hook: SecretRef, body: bytes) -> Sent:
    """Post, once; `delivered` with a 2xx, `in_doubt` where no answer came.

    Raises:
        TransientError: it was not reached, or says that it could not take it now.
        EndpointGone, PermanentError: as `call`, or the secret holds no address.
        LeaseLost: another worker has the effect; nothing has left.
    """
    url = _address(ctx, hook)
    await ctx.hand_over()
    headers = {"Content-Type": "application/json"}
    try:
        request = Request("POST", url, body, headers, once=True)
        reply = await call(ctx, request, accept=_GATEWAYS)
    except Unanswered as error:
        return Sent("in_doubt", {"host": urlsplit(url).netloc, "reply": str(error)})
    return Sent("in_doubt" if reply.status in _GATEWAYS else "delivered", reply.evidence)


def _address(ctx: WorkerContext, hook: SecretRef) -> str:
    secret = read_secret(hook, ctx.tocsin.settings.coalition.parent).get_secret_value()
    try:
        return _ADDRESS.validate_python(secret.strip())
    except ValidationError:
        place = hook.env or hook.file
        raise PermanentError(
            f"{place} holds no address of an incoming webhook.",
            fallback=f"Write the whole address (https://…) into {place}.",
        ) from None
