"""Steps that people decide: approvals, and what is still done by hand (votes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AddTask
from coalition.domain.playbook.targets import Selector
from coalition.rehearsal import desk

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from coalition.rehearsal.desk import Place

THEN = "Then tell the playbook what came of it: /playbook answer, or the board."


def approve(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Find out who may approve: whoever holds the role and has not asked for it."""
    wanted = step.request
    role = wanted["role"]
    usual = Selector(label=role).model_dump(mode="json")
    to = [one | {"people": one["people"] or role} for one in wanted["to"] or [usual]]
    asked = desk.people(place, run, to)
    barred = {*wanted["not_by"], *desk.people(place, run, wanted["for"])}
    able = [
        one for one in asked if one not in barred and role in place.coalition.delegate(one)[1].roles
    ]
    if len(able) < wanted["need"]:
        names = ", ".join(able) or "nobody"
        raise UserError(
            f"It needs {wanted['need']} approvals by others with the role {role}, and of those "
            f"asked only {names} can give one.",
            "Ask more people in the playbook, or give the role in coalition.yaml.",
        )
    return {"people": able, "not_by": sorted(barred)}


def vote(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """A human holds the vote."""
    what = f"Hold a vote by hand among {_labels(step)}, one voice each: {step.request['text']}"
    return _by_hand(place, run, step, what)


def _by_hand(place: Place, run: Run, step: OpenStep, what: str) -> dict[str, Any]:
    desk.require_label(place, run)
    about, source = desk.about(place, run, step), desk.source(run, step)
    lead = place.incident(run.incident).lead
    place.execute(AddTask(**about, text=f"{what} {THEN}", assignee=lead, source=source))
    return {"task": desk.task_number(place, run, step), "people": []}


def _labels(step: OpenStep) -> str:
    return ", ".join(target["label"] for target in step.request["to"])
