"""Sends a notice as STIX 2.1 objects; the delivery is that the partner's collection has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from coalition.domain.errors import PermanentError
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.stix import bundle
from workers.channels import Sent
from workers.channels.taxii.collection import Collection

if TYPE_CHECKING:
    from coalition.domain.channels import TaxiiChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import ThinNotice
    from workers.context import WorkerContext

REPEATABLE = True
"""Objects are known by id and version."""


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: TaxiiChannel,
    effect: str,  # noqa: ARG001 - every channel is called alike
) -> Sent:
    """Add the bundle's objects; `sent` while the server is still at it, then `delivered`.

    Raises:
        TransientError, EndpointGone, PermanentError: as `Collection.add`; or only a link may be
            sent here.
    """
    notice = cleared.content
    if not isinstance(notice, OutwardNotice):
        raise PermanentError("STIX objects without content are no use; nothing was sent")
    evidence = await Collection(ctx, channel).add(json.loads(bundle(notice))["objects"])
    return Sent("delivered" if evidence["taxii"] == "complete" else "sent", evidence)
