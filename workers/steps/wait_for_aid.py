"""`wait_for_aid`. Success: it is known how far the request is; from there on the run is told.

Failure: there is no such request. Output: `aid`, `status`, `offered_by`, `accepted_from`, `offers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.aid.news import news_of
from coalition.domain.errors import PermanentError

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(
    ctx: WorkerContext,
    run: Run,  # noqa: ARG001 - every step is performed alike
    step: OpenStep,
) -> dict[str, Any]:
    """Look how far the request is."""
    aid = await ctx.read("aid", step.request["aid"])
    if aid is None:
        raise PermanentError(
            f"There is no request {step.request['aid']}, which step {step.request['of']} made.",
            fallback="Run `tocsin verify`; look at /aid list.",
        )
    return news_of(aid)
