"""`remind`. Success: reminders to the silent are recorded, or nobody is silent.

Failure: the incident is over. No output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.commands import RemindRecipients
from workers.steps._scene import command_fields

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Ask the silent again, on the channel last used."""
    fields = command_fields(ctx, run, step)
    await ctx.execute(RemindRecipients(**fields, notice=step.request["notice"]))
    return {}
