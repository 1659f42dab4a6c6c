"""`approve`. Success: it is known who may approve; from there on the question is open in the room.

Failure: fewer people than needed hold the role and have not asked for it themselves. Output:
`people` (delegates who may approve), `not_by` (those it is for, who may not).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.playbook.targets import Selector
from workers.steps._scene import incident_of, people_meant

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Find out who may approve."""
    incident = await incident_of(ctx, run)
    wanted, coalition = step.request, ctx.tocsin.coalition
    role = wanted["role"]
    approvers = Selector(label=role).model_dump(mode="json")
    # Of members, those who hold the role are meant; whoever holds a role of the incident is named.
    to = [one | {"people": one["people"] or role} for one in wanted["to"] or [approvers]]
    asked = people_meant(ctx, incident, to)
    barred = {*wanted["not_by"], *people_meant(ctx, incident, wanted["for"])}
    able = [
        person
        for person in asked
        if person not in barred and role in coalition.delegate(person)[1].roles
    ]
    if len(able) < wanted["need"]:
        names = ", ".join(able) or "nobody"
        raise UserError(
            f"It needs {wanted['need']} approvals by others with the role {role}, and of those "
            f"asked only {names} can give one.",
            "Ask more people in the playbook, or give the role in coalition.yaml.",
        )
    return {"people": able, "not_by": sorted(barred)}
