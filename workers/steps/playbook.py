"""`playbook`. Success: the other playbook runs; the step goes on until that has ended.

It is started in the name of whoever started this run, with the content that was pinned when the
outermost run began. Failure: it was not pinned, an input does not fit, the incident is over.
Output: `run`, the id of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError
from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import CancelRun, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Parent, key
from workers.steps._scene import incident_of

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Start the playbook as a run of its own."""
    wanted = step.request
    pinned = run.pins.get(wanted["playbook"])
    if pinned is None:
        raise PermanentError(
            f"{wanted['playbook']} was not in force when {run.run} began.",
            fallback="Run it by hand: /playbook run; then skip this step.",
        )
    incident = await incident_of(ctx, run)
    child = child_of(run.run, step.step, step.attempt)
    await ctx.execute(
        StartRun(
            id=f"{child}:start",
            at=ctx.now(),
            actor=run.started_by,
            run=child,
            incident=run.incident,
            playbook=pinned,
            name=wanted["playbook"],
            inputs=wanted["inputs"],
            facts=facts_of(incident),
            parent=Parent(run=run.run, step=step.step, attempt=step.attempt),
            pins=run.pins,
        )
    )
    now: Run = await ctx.read("run", run.run)
    started: Run = await ctx.read("run", child)
    if key(step.step, step.attempt) not in now.open and not started.over:
        # Cancelled or late while this was under way: the policy found nothing to cancel yet.
        reason = f"{run.run} does not wait for it any more"
        cancel = {"id": f"{child}:cancel", "at": ctx.now(), "actor": SYSTEM, "run": child}
        await ctx.execute(CancelRun(**cancel, reason=reason))
    return {"run": child}


def child_of(run: str, step: str, attempt: int) -> str:
    """Id of the run that a step starts."""
    return f"{run}-{step}-{attempt}"
