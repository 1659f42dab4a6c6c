"""`task`. Success: the task is on the incident's list; the step goes on until it is done.

Failure: the incident is over, or its label is below the playbook's. Output: `task` (its number).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import AddTask
from workers.steps._scene import (
    command_fields,
    incident_of,
    people_meant,
    require_label,
    source_of,
)

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
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
            assignee=_assignee(ctx, incident, step),
            source=source_of(run, step),
        )
    )
    for task in (await incident_of(ctx, run)).tasks.values():
        if task.source == source_of(run, step):
            return {"task": task.task}
    raise PermanentError(
        f"The task of step {step.step} is not in {incident.number} although it was added.",
        fallback="Run `tocsin verify`; do what the step says by hand.",
    )


def _assignee(ctx: WorkerContext, incident: Incident, step: OpenStep) -> str | None:
    """The first of those meant who takes part; nobody is better than somebody outside."""
    for person in people_meant(ctx, incident, step.request["to"]):
        if ctx.tocsin.coalition.delegate(person)[0].id in incident.participants:
            return person
    return None
