"""`wait_for_aid`. Success: the task to follow the request up is on the list, and asked for.

Failure: the incident is over. Output: `task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.steps._by_hand import put_on_list

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Ask a human to follow up the request."""
    what = f"Follow up the request for aid of step {step.request['of']}: {step.request['text']}"
    return await put_on_list(ctx, run, step, what)
