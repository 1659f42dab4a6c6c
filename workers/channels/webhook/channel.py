"""Sends a notice as a signed POST; the partner's 2xx is the delivery."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from coalition.adapters.coalition_file import read_secret
from coalition.domain.errors import PermanentError
from coalition.rendering.notices.standard_webhooks import BadSecret, sign
from coalition.rendering.notices.webhook import body as render
from workers.channels import Sent
from workers.channels.calling import Request, call

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from coalition.domain.channels import SecretRef, WebhookChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from workers.context import WorkerContext

REPEATABLE = True
"""Receivers recognise a repeat by its webhook-id, so nothing is asked before the bytes leave."""


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: WebhookChannel,
    effect: str,
) -> Sent:
    """POST the notice; returns with the partner's 2xx.

    Raises:
        TransientError, EndpointGone, PermanentError: as `call`; or there is no secret.
    """
    now = ctx.now()
    body = render(cleared.content, now)
    headers = _headers(ctx, channel, effect, now, body)
    reply = await call(ctx, Request("POST", channel.url, body, headers))
    return Sent("delivered", reply.evidence)


def _headers(
    ctx: WorkerContext, channel: WebhookChannel, effect: str, now: datetime, body: bytes
) -> dict[str, str]:
    """Signed with the secret, and with the old one while that still stands in the file."""
    folder = _folder(ctx.tocsin.settings.coalition)
    signed: dict[str, str] = {}
    for place in (channel.secret, channel.old_secret):
        if place is not None:
            headers = _signed(place, folder, effect, now, body)
            both = " ".join((signed.get("webhook-signature", ""), headers["webhook-signature"]))
            signed = {**headers, "webhook-signature": both.strip()}
    return {"Content-Type": "application/json", **signed}


def _signed(
    place: SecretRef, folder: Path, effect: str, now: datetime, body: bytes
) -> dict[str, str]:
    try:
        return sign(read_secret(place, folder).get_secret_value(), effect, now, body)
    except BadSecret as error:
        name = place.env or place.file
        remedy = f"Mend {name}, and agree on the new secret with the partner."
        raise PermanentError(f"{name}: {error}.", fallback=remedy) from None


@lru_cache(maxsize=8)
def _folder(coalition_file: Path) -> Path:
    return coalition_file.parent
