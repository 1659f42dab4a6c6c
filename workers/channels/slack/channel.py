"""Sends a notice as one message in the partner's Slack channel; Slack's `ok` is the delivery.

By our bot, the message carries the id of the sending in its metadata, and is looked for in the
channel before it is posted again. An incoming webhook of the partner's own workspace can do
neither, so what left without an answer is in doubt there.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.errors import PermanentError
from coalition.rendering.notices.blocks import notice_message
from workers.channels import Sent, hooks
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.posting import METADATA, Place, find

if TYPE_CHECKING:
    from coalition.domain.channels import SlackChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from coalition.rendering.slack.rendered import Rendered
    from workers.context import WorkerContext

LOOK_BACK = timedelta(days=4)
"""Longer than all retries of one sending together."""


def REPEATABLE(channel: SlackChannel) -> bool:  # noqa: N802 - the name every channel has
    """What our bot posts can be found again; what a hook posts cannot."""
    return channel.channel is not None


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: SlackChannel,
    effect: str,
) -> Sent:
    """Post the notice, once.

    Raises:
        TransientError: Slack has trouble, is out of reach, or wants us to wait.
        PermanentError: Slack says no, or none is configured; for a hook, as `hooks.post`.
        LeaseLost: another worker has the effect; nothing has left.
    """
    message = notice_message(cleared.content)
    if channel.hook is not None:
        body = {**message.arguments, "unfurl_links": False, "unfurl_media": False}
        return await hooks.post(ctx, channel.hook, json.dumps(body, ensure_ascii=False).encode())
    return await _by_bot(ctx, Place(channel.channel or ""), message, effect)


async def _by_bot(ctx: WorkerContext, place: Place, message: Rendered, effect: str) -> Sent:
    known = None
    if ctx.repeated:
        known = await find(ctx, place, "effect", effect, ctx.now() - LOOK_BACK)
    if known is not None:
        return Sent("delivered", {"slack": "ok", "ts": known, "known": True})
    await ctx.hand_over()
    call = client(ctx).chat_postMessage(
        channel=place.channel,
        metadata={"event_type": METADATA, "event_payload": {"effect": effect, "anchor": ""}},
        unfurl_links=False,
        unfurl_media=False,
        **message.arguments,
    )
    try:
        answer = await carried_out(ctx, "chat.postMessage", call)
    except SlackRefused as error:
        remedy = f"Check the channel id {place.channel} and invite Tocsin to that channel."
        raise PermanentError(str(error), fallback=remedy) from error
    return Sent("delivered", {"slack": "ok", "ts": str(answer["ts"])})
