"""`handover`. Success: the first of those meant who can lead leads, and has the note.

Failure: a rule started the run, or nobody meant takes part as an operator. Output: `lead`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AssignLead
from workers.steps._named import named_fields
from workers.steps._scene import incident_of, people_meant, require_label

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Hand the lead over in the name of whoever started the run."""
    incident = await incident_of(ctx, run)
    require_label(ctx, run, incident)
    people = people_meant(ctx, incident, step.request["to"])
    for person in people:
        member, delegate = ctx.tocsin.coalition.delegate(person)
        if member.id in incident.participants and "operator" in delegate.roles:
            who = named_fields(ctx, run, step, "hands the lead over", "Type /incident lead")
            await ctx.execute(
                AssignLead(**who, delegate=person, handover_note=step.request["note"])
            )
            return {"lead": person}
    names = ", ".join(people) or "nobody"
    raise UserError(
        f"Of those meant ({names}) none is an operator of a member that takes part.",
        "Type /incident lead @person, then skip this step.",
    )
