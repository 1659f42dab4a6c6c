"""What the verbs share: the incident a run is for, and ids made from (run, step, attempt)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, UserError
from coalition.domain.incident.commands import NoticeSource
from coalition.domain.messages import Actor
from coalition.domain.playbook.targets import Scene, Selector, resolve_members, resolve_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.state import Incident, Task
    from coalition.domain.labels import Tlp
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

PLAYBOOK = Actor(kind="system", via="playbook")
"""Acts for a playbook where no named person is needed."""


async def incident_of(ctx: WorkerContext, run: Run) -> Incident:
    """The run's incident as it is now. Raises `PermanentError` where there is none."""
    incident: Incident | None = await ctx.read("incident", run.incident)
    if incident is None:
        raise PermanentError(
            f"{run.run} is for {run.incident}, which does not exist.",
            fallback="Stop the run; run the playbook in the right incident.",
        )
    return incident


def stricter_label(ctx: WorkerContext, run: Run, incident: Incident) -> Tlp | None:
    """The playbook's label where it is stricter than the incident's, else None.

    What a step writes into the incident is shown under the incident's label from then on.
    """
    label = ctx.tocsin.playbooks.pinned(run.playbook).words_tlp
    return label if label > incident.tlp else None


def require_label(ctx: WorkerContext, run: Run, incident: Incident) -> None:
    """Raise `UserError` where the playbook's words may not stand in the incident."""
    if label := stricter_label(ctx, run, incident):
        raise UserError(
            f"The words of this step are {label} and {incident.number} is {incident.tlp}: they "
            "may not stand in it.",
            f"Raise the label (/incident tlp {label}) and retry, or do it by hand and skip.",
        )


def command_fields(ctx: WorkerContext, run: Run, step: OpenStep, part: str = "") -> dict[str, Any]:
    """`id`, `at`, `actor` and `incident` of a command for the incident; `part` keeps two apart."""
    return {
        "id": f"{run.run}:{step.step}:{step.attempt}{part}",
        "at": ctx.now(),
        "actor": PLAYBOOK,
        "incident": run.incident,
    }


def source_of(run: Run, step: OpenStep) -> NoticeSource:
    """The step as the incident remembers it."""
    return NoticeSource(run=run.run, step=step.step, attempt=step.attempt)


def members_meant(
    ctx: WorkerContext, incident: Incident, targets: Sequence[dict[str, Any]]
) -> tuple[str, ...]:
    """Ids of the members that a request's targets mean now. Raises `NotFound`."""
    selectors = [Selector.model_validate(one) for one in targets]
    return resolve_members(selectors, _scene(ctx, incident))


def people_meant(
    ctx: WorkerContext, incident: Incident, targets: Sequence[dict[str, Any]]
) -> tuple[str, ...]:
    """Ids of the delegates that a request's targets mean now. Raises `NotFound`."""
    selectors = [Selector.model_validate(one) for one in targets]
    return resolve_people(selectors, _scene(ctx, incident))


def task_of(incident: Incident, source: NoticeSource) -> Task:
    """The task that a step has put on the list."""
    for task in incident.tasks.values():
        if task.source == source:
            return task
    raise PermanentError(
        f"The task of step {source.step} is not in {incident.number} although it was added.",
        fallback="Run `tocsin verify`; do what the step says by hand.",
    )


def first_in(ctx: WorkerContext, incident: Incident, people: Sequence[str]) -> str | None:
    """The first of these people who takes part; nobody is better than somebody outside."""
    for person in people:
        if ctx.tocsin.coalition.delegate(person)[0].id in incident.participants:
            return person
    return None


def _scene(ctx: WorkerContext, incident: Incident) -> Scene:
    return Scene(
        coalition=ctx.tocsin.coalition,
        member=incident.member,
        affected=incident.affected,
        participants=incident.participants,
        lead=incident.lead,
        roles=incident.roles,
    )
