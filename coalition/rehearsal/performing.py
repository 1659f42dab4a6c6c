"""What workers do for a step, done purely: the same commands to the incident, and no I/O.

A verb that is not in the table is played: it succeeds at once and leaves behind its defaults, or
what the script says (`gives`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import (
    AddTask,
    CloseIncident,
    EscalateRecipients,
    IssueNotice,
    RaiseAlarm,
    RemindRecipients,
)
from coalition.domain.labels import Tlp, strictest
from coalition.domain.notice.details import NoticeDetails
from coalition.domain.run.commands import StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Parent
from coalition.rehearsal import desk
from coalition.rehearsal.asking import approve, vote
from coalition.rehearsal.changing import handover, open_room, update_incident
from coalition.rehearsal.desk import Performed, Place
from coalition.rehearsal.helping import request_aid, wait_for_aid
from coalition.rehearsal.reporting import report

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run


def perform(place: Place, run: Run, step: OpenStep) -> Performed:
    """Do a step's part. Raises `UserError` where it fails for a reason a person must settle."""
    performer = PERFORMERS.get(step.verb, _played)
    return Performed(ok=True, output=performer(place, run, step))


def _notify(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    wanted = step.request
    to = desk.members(place, run, wanted["to"])
    if not to:
        labels = ", ".join(target["label"] for target in wanted["to"])
        hint = "Add members to the incident: /incident update --members …"
        raise UserError(f"{labels} means no active member besides the originator.", hint)
    within = wanted["ack_within_seconds"]
    place.execute(
        IssueNotice(
            **desk.about(place, run, step),
            kind=wanted["kind"],
            to=to,
            text=wanted["text"],
            ask=wanted["ask"],
            answers=tuple(wanted["answers"]),
            tlp=strictest(place.incident(run.incident).tlp, Tlp(wanted["tlp"])),
            ack_within=timedelta(seconds=within) if within else None,
            source=desk.source(run, step),
            details=NoticeDetails.model_validate(wanted.get("details") or {}),
            supersedes=wanted.get("supersedes"),
            every_channel=wanted.get("every_channel", False),
        )
    )
    notices = place.incident(run.incident).notices.values()
    issued = next(one for one in notices if one.source == desk.source(run, step))
    reached = {id: bool(one.recipient.channels) for id, one in issued.recipients.items()}
    return {
        "notice": issued.notice,
        "told": [id for id, ok in reached.items() if ok],
        "refused": [id for id, ok in reached.items() if not ok],
    }


def _remind(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    notice = step.request["notice"]
    place.execute(RemindRecipients(**desk.about(place, run, step), notice=notice))
    return {}


def _escalate(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    wanted = step.request
    silent = tuple(wanted["silent"])
    if wanted["notice"] is not None:
        about = desk.about(place, run, step, ":next-channel")
        place.execute(EscalateRecipients(**about, notice=wanted["notice"], members=silent))
    if wanted["to"]:
        place.execute(_alarm(place, run, step))
    return {"silent": list(silent)}


def _alarm(place: Place, run: Run, step: OpenStep) -> RaiseAlarm:
    people = desk.people(place, run, step.request["to"])
    names = ", ".join(place.coalition.delegate(person)[1].name for person in people)
    homes = dict.fromkeys(place.coalition.delegate(person)[0].id for person in people)
    called = [place.coalition.member(id) for id in step.request["silent"] or homes]
    phones = "; ".join(f"{one.name} {one.duty_phone}" for one in called)
    text = step.request["text"]
    return RaiseAlarm(
        **desk.about(place, run, step, ":alarm"),
        subject=f"escalate:{run.run}:{step.step}:{step.attempt}",
        text=f"{names}: {text}" if names else text,
        fallback=f"Phone {phones}." if phones else "Phone the member whose incident this is.",
    )


def _ask(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    return {"people": list(desk.people(place, run, step.request["to"]))}


def _task(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    desk.require_label(place, run)
    assignee = desk.first_here(place, run, desk.people(place, run, step.request["to"]))
    about, source = desk.about(place, run, step), desk.source(run, step)
    place.execute(AddTask(**about, text=step.request["text"], assignee=assignee, source=source))
    return {"task": desk.task_number(place, run, step)}


def _close(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    if place.incident(run.incident).over:
        return {}
    do = f"Type /incident close {run.incident}"
    who = desk.named(place, run, step, "closes an incident", do)
    wanted = step.request
    place.execute(CloseIncident(**who, cause=wanted["cause"], lessons=wanted["lessons"]))
    return {}


def _run_playbook(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Start the other playbook where it is known; else it is only played."""
    wanted = step.request
    pinned = run.pins.get(wanted["playbook"])
    if pinned is None:
        return {}
    child = f"{run.run}-{step.step}-{step.attempt}"
    place.execute(
        StartRun(
            id=f"{child}:start",
            at=place.at,
            actor=run.started_by,
            run=child,
            incident=run.incident,
            playbook=pinned,
            name=wanted["playbook"],
            inputs=wanted["inputs"],
            facts=facts_of(place.incident(run.incident)),
            parent=Parent(run=run.run, step=step.step, attempt=step.attempt),
            pins=run.pins,
        )
    )
    return {"run": child}


def _played(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Find the people where some are meant; the script or the verb's defaults say the rest."""
    if "form" not in step.request or not isinstance(step.request.get("to"), list):
        return {}
    return _ask(place, run, step)


PERFORMERS: dict[str, Callable[[Place, Run, OpenStep], dict[str, Any]]] = {
    "notify": _notify,
    "share": _notify,
    "remind": _remind,
    "escalate": _escalate,
    "ask": _ask,
    "task": _task,
    "close": _close,
    "playbook": _run_playbook,
    "approve": approve,
    "request_aid": request_aid,
    "wait_for_aid": wait_for_aid,
    "vote": vote,
    "report": report,
    "update_incident": update_incident,
    "handover": handover,
    "open_room": open_room,
}
