"""`escalate`. Success: the silent are tried on their next channel, and the alarm is raised.

The alarm's words stay out of an incident whose label is below the playbook's.

Failure: the incident is over (for the next channel; an alarm can always be raised), or a target
names nobody known. Output: `silent` (members that had not answered when the step began).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.commands import EscalateRecipients, RaiseAlarm
from workers.steps._scene import command_fields, incident_of, people_meant, stricter_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Try the next channel of the silent; alarm the people named."""
    wanted = step.request
    silent = tuple(wanted["silent"])
    if wanted["notice"] is not None:
        fields = command_fields(ctx, run, step, ":next-channel")
        command = EscalateRecipients(**fields, notice=wanted["notice"], members=silent)
        await ctx.execute(command)
    if wanted["to"]:
        incident = await incident_of(ctx, run)
        await ctx.execute(_alarm(ctx, incident, run, step))
    return {"silent": list(silent)}


def _alarm(ctx: WorkerContext, incident: Incident, run: Run, step: OpenStep) -> RaiseAlarm:
    coalition = ctx.tocsin.coalition
    people = people_meant(ctx, incident, step.request["to"])
    names = ", ".join(coalition.delegate(person)[1].name for person in people)
    text = step.request["text"]
    if label := stricter_label(ctx, run, incident):  # an alarm rings all the same
        text = f"step {step.step} of {run.run} calls for you; its words are {label}: see the board."
    homes = dict.fromkeys(coalition.delegate(person)[0].id for person in people)
    return RaiseAlarm(
        **command_fields(ctx, run, step, ":alarm"),
        subject=f"escalate:{run.run}:{step.step}:{step.attempt}",
        text=f"{names}: {text}" if names else text,
        fallback=phones(step.request["silent"] or homes, coalition),
    )


def phones(members: Iterable[str], coalition: Coalition) -> str:
    """Whom to phone: the silent; where nobody is, the members of those alarmed."""
    known = (coalition.member(id) for id in members)
    numbers = "; ".join(f"{member.name} {member.duty_phone}" for member in known)
    return f"Phone {numbers}." if numbers else "Phone the member whose incident this is."
