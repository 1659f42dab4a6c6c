"""`request_aid`. Success: the request is written and submitted, in the name of a person.

Failure: a rule started the run, the text names no need, nobody else could approve it, or the
incident is over. Output: `aid`, `status` and `asked`, as they are then.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coalition.application.aid_steps import drafted
from coalition.domain.aid.news import news_of
from workers.steps._named import named_fields
from workers.steps._scene import incident_of

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Write the request once, whatever happens to this worker."""
    who = named_fields(ctx, run, step, "asks for help", "Type /aid request")
    incident = await incident_of(ctx, run)
    aid = await asyncio.to_thread(_number, ctx, who["id"])
    await ctx.execute(drafted(step, incident, aid, who))
    return news_of(await ctx.read("aid", aid))


def _number(ctx: WorkerContext, command: str) -> str:
    """The id this command led to before, or the next one."""
    log = ctx.tocsin.log
    if before := log.carried_out(command):
        return before.id
    return f"AID-{ctx.now().year}-{log.next_number('aid'):04d}"
