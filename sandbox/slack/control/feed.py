"""`GET events`: the change feed as server-sent events."""

import json
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from sandbox.slack.control.common import Asked
from sandbox.slack.errors import ControlError

HEARTBEAT = 15.0


async def events(asked: Asked) -> Response:
    """Changes from now on, or from after the one named."""
    world, given = asked.world, asked.body
    reader = world.person(given["user"]).id if given.get("user") else None
    types = set(str(given["types"]).split(",")) if given.get("types") else None
    told = asked.request.headers.get("last-event-id") or given.get("after")
    try:
        after = world.changes.seq if told is None else int(told)
    except ValueError as error:
        raise ControlError("bad_number", "after must be a number") from error

    async def stream() -> AsyncIterator[str]:
        yield f": following from {after}\n\n"
        async for change in world.changes.follow(after, HEARTBEAT):
            if change is None:
                yield ": still here\n\n"
            elif change.visible_to(reader) and (types is None or change.type in types):
                data = json.dumps(change.to_json())
                yield f"id: {change.seq}\nevent: {change.type}\ndata: {data}\n\n"

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)
