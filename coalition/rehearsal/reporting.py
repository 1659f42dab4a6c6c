"""`report`: a legal clock, with a task for each report that the law asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coalition.domain.clocks.model import clock_for
from coalition.domain.clocks.running import begun
from coalition.domain.incident.commands import AddTask
from coalition.domain.playbook.targets import Selector
from coalition.rehearsal import desk

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from coalition.rehearsal.desk import Place

LEGAL = Selector(label="legal", people="legal").model_dump(mode="json")


def report(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Put each report on the list; people file them."""
    incident, wanted = place.incident(run.incident), step.request
    country = place.coalition.member(incident.member).country
    clock = clock_for(place.clocks, wanted["clock"], country)
    chosen = clock.chosen(tuple(wanted["stages"]))
    written = wanted["aware"]
    aware = datetime.fromisoformat(written).astimezone(UTC) if written else incident.opened_at
    asked = desk.people(place, run, wanted["to"] or [LEGAL])
    stages = []
    for stage in begun(clock, chosen, aware):
        part = f".{stage.id}"
        place.execute(
            AddTask(
                **desk.about(place, run, step, f":{stage.id}"),
                text=f"{clock.name}: {stage.name} by {stage.due:%Y-%m-%d %H:%M} UTC",
                assignee=desk.first_here(place, run, asked),
                source=desk.source(run, step, part),
            )
        )
        task = desk.task_number(place, run, step, part)
        stages.append(stage.model_copy(update={"task": task}).model_dump(mode="json"))
    about = {"clock": clock.name, "version": clock.version, "aware": aware.isoformat()}
    return {**about, "stages": stages, "people": list(asked)}
