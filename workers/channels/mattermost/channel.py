"""Sends a notice as one post in a Mattermost channel; the server's 200 is the delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices.mattermost import mattermost
from workers.channels import hooks

if TYPE_CHECKING:
    from coalition.domain.channels import MattermostChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from workers.channels import Sent
    from workers.context import WorkerContext

REPEATABLE = False


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: MattermostChannel,
    effect: str,
) -> Sent:
    """Post the notice.

    Raises:
        TransientError, EndpointGone, PermanentError, LeaseLost: as `hooks.post`.
    """
    return await hooks.post(ctx, channel.hook, mattermost(cleared.content, effect))
