"""`update_incident`. Success: everything named is so, by this step or before it.

Failure: a rule started the run, whoever started it may not do this, or a rule of the incident
refuses it. What came before the refused change has been done, and is not done twice on a retry.
No output.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from workers.steps._named import named_fields
from workers.steps._scene import incident_of, members_meant, require_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Change what is named, in the name of whoever started the run."""
    incident = await incident_of(ctx, run)
    require_label(ctx, run, incident)
    for part, kind, fields in list(_changes(ctx, incident, step)):
        who = named_fields(ctx, run, step, "changes an incident", "Type /incident …", f":{part}")
        await ctx.execute(kind.model_validate({**who, **fields}))
    return {}


def _changes(
    ctx: WorkerContext, incident: Incident, step: OpenStep
) -> Iterator[tuple[str, type[c.IncidentCommand], dict[str, Any]]]:
    wanted = step.request
    reason = wanted["reason"]
    if wanted["raise_tlp"]:
        if Tlp(wanted["raise_tlp"]) < incident.tlp:
            raise UserError(
                f"{incident.number} is {incident.tlp}, and a playbook never lowers a label.",
                "An approver of the member it comes from may: /incident tlp.",
            )
        yield "tlp", c.ChangeTlp, {"tlp": Tlp(wanted["raise_tlp"]), "reason": reason}
    if wanted["affected"]:
        members = members_meant(ctx, incident, wanted["affected"])
        yield "affected", c.AddMembers, {"affected": members}
    if wanted["severity"]:
        severity = Severity(wanted["severity"])
        yield "severity", c.ChangeSeverity, {"severity": severity, "reason": reason}
    if wanted["status"]:
        yield "status", c.ChangeStatus, {"status": wanted["status"]}
    if wanted["update"]:
        seconds = wanted["next_update_seconds"]
        following = timedelta(seconds=seconds) if seconds else None
        yield "update", c.PostUpdate, {"text": wanted["update"], "next_in": following}
    if wanted["note"]:  # last: it would stand there twice if what follows it were refused
        yield "note", c.AddNote, {"text": wanted["note"]}
