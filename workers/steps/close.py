"""`close`. Success: the incident is closed, by this step or by somebody before it.

Failure: it needs cause or lessons that were not given, or no person stands behind the run (it was
started by a rule; closing is a named person's act), or its label is below the playbook's. No
output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import CloseIncident
from workers.steps._scene import command_fields, incident_of, require_label

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Close the incident in the name of whoever started the run."""
    incident = await incident_of(ctx, run)
    if incident.over:
        return {}
    require_label(ctx, run, incident)
    if run.started_by.kind != "delegate":
        raise UserError(
            f"{run.run} was started by a rule, and only a person closes an incident.",
            f"Type /incident close {run.incident}, then skip this step.",
        )
    actor = run.started_by.model_copy(update={"via": "playbook"})
    fields = command_fields(ctx, run, step) | {"actor": actor}
    wanted = step.request
    await ctx.execute(CloseIncident(**fields, cause=wanted["cause"], lessons=wanted["lessons"]))
    return {}
