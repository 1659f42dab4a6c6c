"""`ask`. Success: it is known who is asked; from there on the question is open in the room.

Failure: a target names nobody known. Output: `people` (delegates; empty: any operator).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.steps._scene import incident_of, people_meant

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Find out who is asked."""
    incident = await incident_of(ctx, run)
    return {"people": list(people_meant(ctx, incident, step.request["to"]))}
