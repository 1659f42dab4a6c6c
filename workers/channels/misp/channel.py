"""Sends a notice as a MISP event: the file always, the partner's server where one is named.

A file alone is `sent`: it lies ready to be fetched or imported, and nobody has it yet. What the
server has taken is `delivered`.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

from coalition.adapters.misp_files import write
from coalition.domain.errors import PermanentError
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.model import OutwardNotice
from workers.channels import Sent
from workers.channels.misp.server import Server

if TYPE_CHECKING:
    from coalition.domain.audiences import ToChannel
    from coalition.domain.channels import MispChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import ThinNotice
    from workers.context import WorkerContext

REPEATABLE = True
"""The event is known by its UUID, the file by its name."""


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: MispChannel,
    effect: str,  # noqa: ARG001 - every channel is called alike
) -> Sent:
    """Write the event's file, then push it where the entry names a server.

    Raises:
        TransientError: the disk or the server does not take it now.
        EndpointGone, PermanentError: as `Server.put`; or only a link may be sent here.
    """
    notice, member = cleared.content, cast("ToChannel", cleared.audience).member
    if not isinstance(notice, OutwardNotice):
        raise PermanentError("a MISP event without its content is no use; nothing was sent")
    event = misp_event(notice, channel.sharing_group)
    uuid = str(json.loads(event)["Event"]["uuid"])
    data_dir = ctx.tocsin.settings.data_dir
    place = await asyncio.to_thread(write, data_dir, member, uuid, event)
    evidence: dict[str, object] = {"file": place.as_posix()}
    if channel.url is None or channel.key is None:
        return Sent("sent", evidence)
    pushed = await Server(ctx, channel.url, channel.key).put(uuid, event)
    return Sent("delivered", {**evidence, **pushed})
