"""What performing a step needs of the place where it happens: incident, people, commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from coalition.application.signals import signal_of
from coalition.domain.aid.news import news_of
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import NoticeSource
from coalition.domain.messages import Actor, Command, Record
from coalition.domain.playbook.targets import Scene, Selector, resolve_members, resolve_people
from coalition.domain.run.facts import facts_of
from coalition.domain.run.results import signal_of_end
from coalition.domain.run.state import key

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid.state import Aid
    from coalition.domain.clocks.model import Clock
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import OpenStep, Run

PLAYBOOK = Actor(kind="system", via="playbook")
"""Acts for a playbook where no named person is needed."""


class Performed(NamedTuple):
    """How performing a step went."""

    ok: bool
    output: Mapping[str, Any] = {}
    error: str = ""


class Place(Protocol):
    """Where a step is performed."""

    coalition: Coalition
    clocks: tuple[Clock, ...]
    at: datetime

    def incident(self, id: str) -> Incident:
        """The incident as it is now."""
        ...

    def run(self, id: str) -> Run:
        """The run as it is now."""
        ...

    def aid(self, id: str) -> Aid:
        """The request for aid as it is now."""
        ...

    def aids_of(self, incident: str) -> list[Aid]:
        """The requests for aid of an incident, as they are now."""
        ...

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """What was recorded of an aggregate as its version."""
        ...

    def playbook_of(self, run: Run) -> Playbook:
        """The playbook that a run is pinned to."""
        ...

    def execute(self, command: Command) -> None:
        """Carry out a command; raises `UserError` when it is refused."""
        ...


def about(place: Place, run: Run, step: OpenStep, part: str = "") -> dict[str, Any]:
    """`id`, `at`, `actor` and `incident` of a command; `part` keeps two apart."""
    return {
        "id": f"{run.run}:{step.step}:{step.attempt}{part}",
        "at": place.at,
        "actor": PLAYBOOK,
        "incident": run.incident,
    }


def named(
    place: Place, run: Run, step: OpenStep, what: str, do: str, part: str = ""
) -> dict[str, Any]:
    """As `about`, in the name of whoever started the run. Raises `UserError` for a rule."""
    if run.started_by.kind != "delegate":
        raise UserError(
            f"{run.run} was started by a rule, and only a person {what}.",
            f"{do}, then skip this step.",
        )
    actor = run.started_by.model_copy(update={"via": "playbook"})
    return {**about(place, run, step, part), "actor": actor}


def source(run: Run, step: OpenStep, part: str = "") -> NoticeSource:
    """The step as the incident remembers it."""
    return NoticeSource(run=run.run, step=f"{step.step}{part}", attempt=step.attempt)


def people(place: Place, run: Run, targets: Iterable[Any]) -> tuple[str, ...]:
    """Ids of the delegates meant now."""
    return resolve_people(_selectors(targets), _scene(place, run))


def members(place: Place, run: Run, targets: Iterable[Any]) -> tuple[str, ...]:
    """Ids of the members meant now."""
    return resolve_members(_selectors(targets), _scene(place, run))


def first_here(place: Place, run: Run, asked: Sequence[str]) -> str | None:
    """The first of these people whose member takes part."""
    here = place.incident(run.incident).participants
    return next((one for one in asked if place.coalition.delegate(one)[0].id in here), None)


def require_label(place: Place, run: Run) -> None:
    """Raise `UserError` where the playbook's words may not stand in the incident."""
    incident, label = place.incident(run.incident), place.playbook_of(run).words_tlp
    if label > incident.tlp:
        raise UserError(
            f"The words of this step are {label} and {incident.number} is {incident.tlp}: they "
            "may not stand in it.",
            f"Raise the label (/incident tlp {label}) and retry, or do it by hand and skip.",
        )


def task_number(place: Place, run: Run, step: OpenStep, part: str = "") -> int:
    """The number of the task that the step has put on the list."""
    tasks = place.incident(run.incident).tasks.values()
    return next(one.task for one in tasks if one.source == source(run, step, part))


def _selectors(targets: Iterable[Any]) -> list[Selector]:
    return [Selector.model_validate(one) for one in targets]


def _scene(place: Place, run: Run) -> Scene:
    incident = place.incident(run.incident)
    return Scene(
        coalition=place.coalition,
        member=incident.member,
        affected=incident.affected,
        participants=incident.participants,
        lead=incident.lead,
        roles=incident.roles,
    )


def news(place: Place, payload: Mapping[str, Any]) -> tuple[Any, Any]:
    """Topic and data of what a run is told: of its incident, a request, or a run it waits for."""
    if "aid" in payload:
        return "aid", news_of(place.aid(payload["aid"]))
    if "child" in payload:
        child, waiting = place.run(payload["child"]), place.run(payload["run"])
        step = child.parent
        opened = waiting.open.get(key(step.step, step.attempt)) if step else None
        return "run", signal_of_end(child, opened)
    topic, data = signal_of(place.record("incident", payload["incident"], payload["version"]))
    return topic, facts_of(place.incident(payload["incident"])) if topic == "incident" else data
