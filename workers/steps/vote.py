"""`vote`. Success: the task to hold the vote is on the list, and its result is asked for.

Failure: the incident is over. Output: `task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.steps._by_hand import labels, put_on_list

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Ask a human to hold the vote: ballots are not part of this Tocsin yet."""
    voters, question = labels(step.request["to"]), step.request["text"]
    what = f"Hold a vote by hand among {voters}, one voice each: {question}"
    return await put_on_list(ctx, run, step, what)
