"""Steps that change the incident in the name of whoever started the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.rehearsal import desk

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from coalition.rehearsal.desk import Place


def update_incident(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Change what is named."""
    desk.require_label(place, run)
    for part, kind, fields in list(_changes(place, run, step)):
        do = "Type /incident …"
        who = desk.named(place, run, step, "changes an incident", do, f":{part}")
        place.execute(kind.model_validate({**who, **fields}))
    return {}


def _changes(
    place: Place, run: Run, step: OpenStep
) -> Iterator[tuple[str, type[c.IncidentCommand], dict[str, Any]]]:
    wanted, incident = step.request, place.incident(run.incident)
    reason = wanted["reason"]
    if wanted["raise_tlp"]:
        if Tlp(wanted["raise_tlp"]) < incident.tlp:
            raise UserError(
                f"{incident.number} is {incident.tlp}, and a playbook never lowers a label.",
                "An approver of the member it comes from may: /incident tlp.",
            )
        yield "tlp", c.ChangeTlp, {"tlp": Tlp(wanted["raise_tlp"]), "reason": reason}
    if wanted["affected"]:
        affected = desk.members(place, run, wanted["affected"])
        yield "affected", c.AddMembers, {"affected": affected}
    if wanted["severity"]:
        severity = Severity(wanted["severity"])
        yield "severity", c.ChangeSeverity, {"severity": severity, "reason": reason}
    if wanted["status"]:
        yield "status", c.ChangeStatus, {"status": wanted["status"]}
    if wanted["update"]:
        seconds = wanted["next_update_seconds"]
        following = timedelta(seconds=seconds) if seconds else None
        yield "update", c.PostUpdate, {"text": wanted["update"], "next_in": following}
    if wanted["note"]:
        yield "note", c.AddNote, {"text": wanted["note"]}


def handover(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Hand the lead to the first of those meant who can lead."""
    desk.require_label(place, run)
    people = desk.people(place, run, step.request["to"])
    for person in people:
        member, delegate = place.coalition.delegate(person)
        here = member.id in place.incident(run.incident).participants
        if here and "operator" in delegate.roles:
            do = "Type /incident lead"
            who = desk.named(place, run, step, "hands the lead over", do)
            note = step.request["note"]
            place.execute(c.AssignLead(**who, delegate=person, handover_note=note))
            return {"lead": person}
    names = ", ".join(people) or "nobody"
    raise UserError(
        f"Of those meant ({names}) none is an operator of a member that takes part.",
        "Type /incident lead @person, then skip this step.",
    )


def open_room(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Invite who is meant; the room itself is not there in a rehearsal."""
    incident = place.incident(run.incident)
    invited = desk.members(place, run, step.request["invite"])
    if set(invited) - set(incident.participants):
        do = "Type /incident open or /incident update --members …"
        who = desk.named(place, run, step, "invites members", do, ":invite")
        place.execute(c.AddMembers(**who, invite=invited))
    return {"room": incident.room.channel or "rehearsal"}
