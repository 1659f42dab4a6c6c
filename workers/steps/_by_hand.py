"""A task for something that is still done by hand; the question for its result opens with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.commands import AddTask
from workers.steps._scene import (
    command_fields,
    incident_of,
    require_label,
    source_of,
    task_of,
)

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

THEN = "Then tell the playbook what came of it: /playbook answer, or the board."


async def put_on_list(ctx: WorkerContext, run: Run, step: OpenStep, what: str) -> dict[str, Any]:
    """Put `what` on the incident's list, for its lead; any operator may do it."""
    incident = await incident_of(ctx, run)
    require_label(ctx, run, incident)
    lead = incident.lead
    fields = command_fields(ctx, run, step)
    source = source_of(run, step)
    await ctx.execute(AddTask(**fields, text=f"{what} {THEN}", assignee=lead, source=source))
    return {"task": task_of(await incident_of(ctx, run), source).task, "people": []}


def labels(targets: list[dict[str, Any]]) -> str:
    """Whom the playbook means, as it calls them."""
    return ", ".join(target["label"] for target in targets)
