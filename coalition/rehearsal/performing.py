"""What workers do for a step, done purely: the same commands to the incident, and no I/O.

A verb that is not in the table is played: it succeeds at once and leaves behind its defaults, or
what the script says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import (
    AddTask,
    CloseIncident,
    EscalateRecipients,
    IssueNotice,
    NoticeSource,
    RaiseAlarm,
    RemindRecipients,
)
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import Actor, Command
from coalition.domain.playbook.targets import Scene, Selector, resolve_members, resolve_people

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import OpenStep, Run

PLAYBOOK = Actor(kind="system", via="playbook")


class Performed(NamedTuple):
    """How performing a step went."""

    ok: bool
    output: Mapping[str, Any] = {}
    error: str = ""


class Place(Protocol):
    """Where a step is performed."""

    coalition: Coalition
    playbook: Playbook
    at: datetime

    def incident(self, id: str) -> Incident:
        """The incident as it is now."""
        ...

    def execute(self, command: Command) -> None:
        """Carry out a command; raises `UserError` when it is refused."""
        ...


def perform(place: Place, run: Run, step: OpenStep) -> Performed:
    """Do a step's part. Raises `UserError` where it fails for a reason a person must settle."""
    performer = PERFORMERS.get(step.verb, _played)
    return Performed(ok=True, output=performer(place, run, step))


def _notify(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    wanted = step.request
    incident = place.incident(run.incident)
    to = resolve_members(_selectors(wanted["to"]), _scene(place, incident))
    if not to:
        labels = ", ".join(target["label"] for target in wanted["to"])
        hint = "Add members to the incident: /incident update --members …"
        raise UserError(f"{labels} means no active member besides the originator.", hint)
    within = wanted["ack_within_seconds"]
    place.execute(
        IssueNotice(
            **_about(place, run, step),
            kind=wanted["kind"],
            to=to,
            text=wanted["text"],
            ask=wanted["ask"],
            answers=tuple(wanted["answers"]),
            tlp=strictest(incident.tlp, Tlp(wanted["tlp"])),
            ack_within=timedelta(seconds=within) if within else None,
            source=_source(run, step),
        )
    )
    notices = place.incident(run.incident).notices.values()
    issued = next(one for one in notices if one.source == _source(run, step))
    reached = {id: bool(one.recipient.channels) for id, one in issued.recipients.items()}
    return {
        "notice": issued.notice,
        "told": [id for id, ok in reached.items() if ok],
        "refused": [id for id, ok in reached.items() if not ok],
    }


def _remind(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    notice = step.request["notice"]
    place.execute(RemindRecipients(**_about(place, run, step), notice=notice))
    return {}


def _escalate(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    wanted = step.request
    silent = tuple(wanted["silent"])
    if wanted["notice"] is not None:
        about = _about(place, run, step, ":next-channel")
        place.execute(EscalateRecipients(**about, notice=wanted["notice"], members=silent))
    if wanted["to"]:
        place.execute(_alarm(place, run, step))
    return {"silent": list(silent)}


def _alarm(place: Place, run: Run, step: OpenStep) -> RaiseAlarm:
    scene = _scene(place, place.incident(run.incident))
    people = resolve_people(_selectors(step.request["to"]), scene)
    names = ", ".join(place.coalition.delegate(person)[1].name for person in people)
    homes = dict.fromkeys(place.coalition.delegate(person)[0].id for person in people)
    text = step.request["text"]
    called = [place.coalition.member(id) for id in step.request["silent"] or homes]
    return RaiseAlarm(
        **_about(place, run, step, ":alarm"),
        subject=f"escalate:{run.run}:{step.step}:{step.attempt}",
        text=f"{names}: {text}" if names else text,
        fallback="; ".join(f"{one.name} {one.duty_phone}" for one in called) or "the originator",
    )


def _ask(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    scene = _scene(place, place.incident(run.incident))
    return {"people": list(resolve_people(_selectors(step.request["to"]), scene))}


def _task(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    incident = place.incident(run.incident)
    people = resolve_people(_selectors(step.request["to"]), _scene(place, incident))
    here = (one for one in people if place.coalition.delegate(one)[0].id in incident.participants)
    about = _about(place, run, step)
    assignee = next(here, None)
    place.execute(
        AddTask(**about, text=step.request["text"], assignee=assignee, source=_source(run, step))
    )
    tasks = place.incident(run.incident).tasks.values()
    return {"task": next(one.task for one in tasks if one.source == _source(run, step))}


def _close(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    if place.incident(run.incident).over:
        return {}
    if run.started_by.kind != "delegate":
        raise UserError(
            f"{run.run} was started by a rule, and only a person closes an incident.",
            f"Type /incident close {run.incident}, then skip this step.",
        )
    actor = run.started_by.model_copy(update={"via": "playbook"})
    about = {**_about(place, run, step), "actor": actor}
    wanted = step.request
    place.execute(CloseIncident(**about, cause=wanted["cause"], lessons=wanted["lessons"]))
    return {}


def _played(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Find the people where some are meant; the script or the verb's defaults say the rest."""
    targets = step.request.get("to")
    if "form" not in step.request or not isinstance(targets, list):
        return {}
    return _ask(place, run, step)


PERFORMERS: dict[str, Callable[[Place, Run, OpenStep], dict[str, Any]]] = {
    "notify": _notify,
    "remind": _remind,
    "escalate": _escalate,
    "ask": _ask,
    "task": _task,
    "close": _close,
}


def _about(place: Place, run: Run, step: OpenStep, part: str = "") -> dict[str, Any]:
    return {
        "id": f"{run.run}:{step.step}:{step.attempt}{part}",
        "at": place.at,
        "actor": PLAYBOOK,
        "incident": run.incident,
    }


def _source(run: Run, step: OpenStep) -> NoticeSource:
    return NoticeSource(run=run.run, step=step.step, attempt=step.attempt)


def _selectors(targets: Iterable[Any]) -> list[Selector]:
    return [Selector.model_validate(one) for one in targets]


def _scene(place: Place, incident: Incident) -> Scene:
    return Scene(
        coalition=place.coalition,
        member=incident.member,
        affected=incident.affected,
        participants=incident.participants,
        lead=incident.lead,
        roles=incident.roles,
    )
