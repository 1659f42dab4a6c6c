"""Performs playbook steps that need the outside: one module per verb.

Effects of kind `step.perform` carry `{run, step, attempt}`. What the step wants stands in the
run's state, so nothing of its content is ever a job argument. Whatever is done here has an id
made from (run, step, attempt): performed twice after a crash, it is done once.

Success: the verb's module did its part and the run was told. Failure that a person must settle
(refused by the gate, incident closed, nobody meant) is told to the run, which follows `if_fails`
or asks for a decision; everything else is retried, and reported as failed when retries are used
up (by the outcome's policy).
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, UserError
from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import ReportStep
from coalition.domain.run.state import key

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

VERBS = {
    module.name: importlib.import_module(f"{__name__}.{module.name}")
    for module in pkgutil.iter_modules(__path__)
    if not module.name.startswith("_")
}
"""Every verb that needs the outside, with its module; each has `perform(ctx, run, step)`."""


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Perform one step, unless that attempt is over already, and report to the run."""
    run: Run | None = await ctx.read("run", claim.payload["run"])
    name = key(claim.payload["step"], claim.payload["attempt"])
    step = run.open.get(name) if run is not None else None
    if run is None or step is None or step.performed:
        return {"skipped": "this attempt is not open any more"}
    try:
        output = await VERBS[step.verb].perform(ctx, run, step)
    except UserError as error:
        return await _failed(ctx, run, step, str(error))
    except PermanentError as error:
        return await _failed(ctx, run, step, f"{error} {error.fallback}".strip())
    await _report(ctx, run, step, ok=True, output=output)
    return {"reported": "performed"}


async def _failed(ctx: WorkerContext, run: Run, step: OpenStep, error: str) -> dict[str, Any]:
    await _report(ctx, run, step, ok=False, error=error)
    return {"reported": "failed"}


async def _report(ctx: WorkerContext, run: Run, step: OpenStep, **what: Any) -> None:
    await ctx.execute(
        ReportStep(
            id=f"{run.run}:{step.step}:{step.attempt}:report",
            at=ctx.now(),
            actor=SYSTEM,
            run=run.run,
            step=step.step,
            attempt=step.attempt,
            **what,
        )
    )
