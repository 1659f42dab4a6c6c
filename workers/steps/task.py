"""`task`. Success: the task is on the incident's list; the step goes on until it is done.

Failure: the incident is over, or its label is below the playbook's. Output: `task` (its number).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.commands import AddTask
from workers.steps._scene import (
    command_fields,
    first_in,
    incident_of,
    people_meant,
    require_label,
    source_of,
    task_of,
)

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Put the task on the list and say which it is."""
    incident = await incident_of(ctx, run)
    require_label(ctx, run, incident)
    await ctx.execute(
        AddTask(
            **command_fields(ctx, run, step),
            text=step.request["text"],
            assignee=first_in(ctx, incident, people_meant(ctx, incident, step.request["to"])),
            source=source_of(run, step),
        )
    )
    return {"task": task_of(await incident_of(ctx, run), source_of(run, step)).task}
