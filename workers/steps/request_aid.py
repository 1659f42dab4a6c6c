"""`request_aid`. Success: the task to ask for aid is on the list, and the answer is asked for.

Failure: the incident is over. Output: `task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.steps._by_hand import labels, put_on_list

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Ask a human to ask for aid: it commits a member, so a named person must do it."""
    whom, needed = labels(step.request["to"]), step.request["text"]
    return await put_on_list(ctx, run, step, f"Ask {whom} for aid, in your own name: {needed}")
