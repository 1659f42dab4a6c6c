"""`report`. Success: a task with its due time is on the list for each report that the law asks for.

Failure: no such clock runs in the country of the member whose incident it is, or the incident is
over. Output: `clock`, `version` (of its text), `aware`, `stages`, `people` (whom to remind).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coalition.adapters.clock_files import bundled_clocks
from coalition.domain.clocks.model import clock_for
from coalition.domain.clocks.running import begun
from coalition.domain.incident.commands import AddTask
from coalition.domain.playbook.targets import Selector
from workers.steps._scene import (
    command_fields,
    first_in,
    incident_of,
    people_meant,
    source_of,
    task_of,
)

if TYPE_CHECKING:
    from coalition.domain.clocks.model import Clock
    from coalition.domain.clocks.running import StageState
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

LEGAL = Selector(label="legal", people="legal").model_dump(mode="json")


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Put each report on the list; people file them."""
    incident = await incident_of(ctx, run)
    wanted = step.request
    member = ctx.tocsin.coalition.member(incident.member)
    clock = clock_for(bundled_clocks(), wanted["clock"], member.country)
    chosen = clock.chosen(tuple(wanted["stages"]))
    written = wanted["aware"]
    aware = datetime.fromisoformat(written).astimezone(UTC) if written else incident.opened_at
    people = people_meant(ctx, incident, wanted["to"] or [LEGAL])
    stages = []
    for stage in begun(clock, chosen, aware):
        source = source_of(run, step).model_copy(update={"step": f"{step.step}.{stage.id}"})
        await ctx.execute(
            AddTask(
                **command_fields(ctx, run, step, f":{stage.id}"),
                text=_text(clock, stage),
                assignee=first_in(ctx, incident, people),
                source=source,
            )
        )
        task = task_of(await incident_of(ctx, run), source)
        stages.append(stage.model_copy(update={"task": task.task}).model_dump(mode="json"))
    about = {"clock": clock.name, "version": clock.version, "aware": aware.isoformat()}
    return {**about, "stages": stages, "people": list(people)}


def _text(clock: Clock, stage: StageState) -> str:
    written = next(one for one in clock.stages if one.id == stage.id)
    start = "becoming aware" if written.after == "aware" else f"the {written.after} is filed"
    law = f"{clock.source}, {written.article}" if written.article else clock.source
    said = f" It says: {'; '.join(written.says)}." if written.says else ""
    return (
        f"{clock.name}: file the {stage.name.lower()} with {clock.to} by "
        f"{stage.due:%Y-%m-%d %H:%M} UTC ({stage.within} after {start}; {law}).{said} "
        "Done means that you have filed it; Tocsin files nothing."
    )
