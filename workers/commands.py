"""Handler of effects of kind `command`: a policy wants a command carried out.

Success: the command was carried out, or had been before, or is refused because the world has
moved on (a deadline that no longer matters). Failure: the log does not answer; tried again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.messages import Command

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from workers.context import WorkerContext


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Carry out `payload = {"type": …, "data": …}` with the effect's id and the time of now.

    With `not_before` (ms since 1970), the time is at least that.
    """
    earliest = datetime.fromtimestamp(claim.payload.get("not_before", 0) / 1000, UTC)
    data = {**claim.payload["data"], "id": claim.id, "at": max(ctx.now(), earliest)}
    command = Command.registry[claim.payload["type"]].model_validate(data)
    try:
        done = await ctx.execute(command)
    except UserError as error:
        return {"refused": str(error)}
    return {"version": done.version}
