"""Verbs that change an incident: status, severity, tlp, lead, role, merge, close, reopen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.reading import incident_number
from bot.slack.verbs import labelling
from bot.slack.verbs.base import (
    QUESTION_FIELDS,
    SEVERITY,
    TLP_CHOICES,
    Call,
    Verb,
    settle_severity,
    severity_answers,
)
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import (
    AssignLead,
    AssignRole,
    ChangeSeverity,
    ChangeStatus,
    CloseIncident,
    MergeIncident,
    ReopenIncident,
)
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import SEVERITIES, STATUSES, label_line, person
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from coalition.domain.messages import Command

OPEN_STATUSES = ("open", "contained", "monitoring")
ROLES = ("scribe", "communications", "technical", "liaison", "legal")


def carry_out(call: Call, command: Command, said: str, following: str = "") -> Reply:
    """Execute and tell; the incident is read again so that the reply carries its label of now."""
    before = call.here
    call.desk.execute(command)
    after = call.desk.directory.incident(before.number) or before
    return Reply(reply(f"{label_line(after)}\n{said}", following), after)


def status(call: Call) -> Reply:
    """Move among the open statuses."""
    to = call.given.choice("status", OPEN_STATUSES)
    command = ChangeStatus.model_validate({**call.base, "incident": call.here.number, "status": to})
    return carry_out(call, command, f"The status is now: {STATUSES[to]}.", "The headline shows it.")


def severity(call: Call) -> Reply:
    """Change the severity."""
    level = call.given.severity()
    command = ChangeSeverity(
        **call.base,
        incident=call.here.number,
        severity=level,
        reason=call.given.text("reason"),
        answers=severity_answers(call),
    )
    return carry_out(
        call,
        command,
        f"The severity is now {SEVERITIES[level]}.",
        "Deadlines of notices from now on follow it.",
    )


def lead(call: Call) -> Reply:
    """Hand over the lead."""
    to = call.given.person("person")
    command = AssignLead(
        **call.base,
        incident=call.here.number,
        delegate=to,
        handover_note=call.given.text("note"),
    )
    return carry_out(
        call, command, f"The lead is now {person(call.desk.coalition, to)}.", "The room is told."
    )


def role(call: Call) -> Reply:
    """Give a role."""
    to = call.given.person("person")
    name = call.given.text("role").lower()
    command = AssignRole(**call.base, incident=call.here.number, role=name, delegate=to)
    return carry_out(
        call, command, f"The role {escape(name)} is now with {person(call.desk.coalition, to)}."
    )


def merge(call: Call) -> Reply:
    """Let this incident go on in another one."""
    word = call.given.text("into")
    into = incident_number(word, call.desk.now().year)
    if into is None:
        message = f"{word[:40]!r} is not an incident."
        raise UserError(message, "Write it like INC-2026-0007.", field="into")
    call.desk.seen(call.caller, into)
    command = MergeIncident(**call.base, incident=call.here.number, into=into)
    return carry_out(
        call, command, f"It goes on in {into}.", "Answers still arrive here and are kept."
    )


def close(call: Call) -> Reply:
    """Close it."""
    command = CloseIncident(
        **call.base,
        incident=call.here.number,
        cause=call.given.text("cause"),
        lessons=call.given.text("lessons"),
    )
    return carry_out(
        call,
        command,
        f"{call.here.number} is closed.",
        f"{call.slash('incident report')} gives the record; "
        f"{call.slash('incident reopen <reason>')} undoes this.",
    )


def reopen(call: Call) -> Reply:
    """Open it again."""
    command = ReopenIncident(
        **call.base, incident=call.here.number, reason=call.given.text("reason")
    )
    return carry_out(call, command, f"{call.here.number} is open again.", "The room goes on.")


def _status_now(call: Call) -> dict[str, tuple[str, ...]]:
    return {"status": (call.shown.status,)} if call.shown else {}


def _tlp_now(call: Call) -> dict[str, tuple[str, ...]]:
    return {"tlp": (call.incident.tlp.value,)} if call.incident else {}


_PERSON = Field("person", "Who?", "person", required=True, place="word")

VERBS = (
    Verb(
        "incident",
        "status",
        "Change the status",
        "/incident status open|contained|monitoring",
        "/incident status contained",
        status,
        (
            Field(
                "status",
                "Status",
                "choice",
                required=True,
                place="word",
                choices=tuple((value, STATUSES[value]) for value in OPEN_STATUSES),
            ),
        ),
        "Change status",
        prefill=_status_now,
    ),
    Verb(
        "incident",
        "severity",
        "Change the severity",
        "/incident severity S0…S4 [reason]",
        "/incident severity S3 Two members are hit",
        severity,
        (
            replace(SEVERITY, place="word"),
            Field(
                "reason",
                "Why?",
                "text",
                place="rest",
                longest=1000,
                hint="Needed to stay below S3 when two or more members are hit",
            ),
            *QUESTION_FIELDS,
        ),
        "Change severity",
        settle=settle_severity,
    ),
    Verb(
        "incident",
        "tlp",
        "Change the TLP label",
        "/incident tlp LABEL [reason] [--permit]",
        "/incident tlp GREEN The vendor has published it",
        labelling.tlp,
        (
            Field("tlp", "TLP label", "choice", required=True, place="word", choices=TLP_CHOICES),
            Field(
                "reason",
                "Why?",
                "text",
                place="rest",
                longest=1000,
                hint="Needed to lower it, by an approver of the originating member",
            ),
            Field("permit", "Permit it for what came from you", "flag", typed_only=True),
        ),
        "Change label",
        prefill=_tlp_now,
    ),
    Verb(
        "incident",
        "lead",
        "Hand over the lead",
        "/incident lead @person [handover note]",
        "/incident lead @bruno Scrubbing runs until 06:00, ISP is called",
        lead,
        (
            _PERSON,
            Field(
                "note",
                "What should they know?",
                "text",
                place="rest",
                longest=2000,
                hint="Enters the timeline as the handover",
            ),
        ),
        "Hand over",
    ),
    Verb(
        "incident",
        "role",
        "Give somebody a role",
        "/incident role <role> @person",
        "/incident role scribe @bruno",
        role,
        (
            Field(
                "role",
                "Role",
                required=True,
                place="word",
                longest=40,
                hint=f"For example {', '.join(ROLES)}",
            ),
            _PERSON,
        ),
        "Give role",
    ),
    Verb(
        "incident",
        "merge",
        "Merge into another",
        "/incident merge <incident that goes on>",
        "/incident merge INC-2026-0008",
        merge,
        (Field("into", "Which incident goes on?", required=True, place="word", longest=20),),
        "Merge",
    ),
    Verb(
        "incident",
        "close",
        "Close the incident",
        "/incident close [--cause what it was] [--lessons what we learned]",
        "/incident close --cause UDP flood by rented botnet --lessons Scrub earlier",
        close,
        (
            Field("cause", "What was the cause?", "text", longest=2000, hint="Needed from S3"),
            Field("lessons", "What did we learn?", "text", longest=2000, hint="Needed from S3"),
        ),
        "Close incident",
    ),
    Verb(
        "incident",
        "reopen",
        "Reopen the incident",
        "/incident reopen <reason>",
        "/incident reopen The flood is back",
        reopen,
        (Field("reason", "Why?", "text", required=True, place="rest", longest=1000),),
        "Reopen",
        when="over",
    ),
)
