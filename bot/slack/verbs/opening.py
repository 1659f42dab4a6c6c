"""Verbs that begin an incident: warn, open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from bot.slack.desk import Reply
from bot.slack.reading import incident_number
from bot.slack.verbs import reaching
from bot.slack.verbs.base import (
    INCIDENT,
    QUESTION_FIELDS,
    SEVERITY,
    TLP,
    Call,
    Verb,
    settle_severity,
    severity_answers,
)
from coalition.domain.errors import TransientError, UserError
from coalition.domain.incident.commands import OpenIncident, RaiseWarning
from coalition.domain.incident.words import IncidentKind
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line, room_name, title_of
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident

POINTER_ONLY = "The room will show a pointer only: Slack may not carry this label. "

KINDS: tuple[str, ...] = get_args(IncidentKind)

AS_WARNED = "(the title of the warning)"
"""Stands in forms for the title of a warning whose content Slack may not show."""

WHAT = Field("what", "What is happening?", "text", required=True, place="rest", longest=1500)
WHO = Field(
    "members",
    "Who may be affected?",
    "members",
    required=True,
    hint="They are told at once, each by channels that may carry the label",
)


def _new_number(call: Call) -> str:
    """The id this command led to before, or the next one."""
    if done := call.desk.tocsin.log.carried_out(call.id):
        return done.id
    number = call.desk.tocsin.log.next_number("incident")
    return f"INC-{call.desk.now().year}-{number:04d}"


def _stored(call: Call, id: str) -> Incident:
    incident = call.desk.directory.incident(id)
    if incident is None:
        message = f"{id} was recorded and cannot be read back"
        raise TransientError(message)
    return incident


def warn(call: Call) -> Reply:
    """Raise an early warning and say who is told."""
    command = RaiseWarning(
        **call.base,
        incident=_new_number(call),
        what=call.given.text("what"),
        members=call.given.members(),
        tlp=call.given.tlp(),
        exercise=call.desk.coalition.exercise,
    )
    incident = _stored(call, call.desk.execute(command).id)
    notice = incident.notices["1"]
    kept = reaching.not_told(call, notice)
    board = call.desk.link(call.caller, incident.number)
    return Reply(
        reply(
            f"{label_line(incident)}\nEarly warning {incident.number} is on its way to "
            f"{reaching.told(call, notice)}. It has no legal status."
            f"{f'{chr(10)}{kept}' if kept else ''}",
            f"Who has answered: {call.slash('incident list')}, or <{board}|your link to the "
            f"board>. More than a warning? {call.slash(f'incident open {incident.number}')}",
        ),
        incident,
    )


def open_(call: Call) -> Reply:
    """Open an incident, from nothing or from a warning."""
    known = _warning(call)
    command = OpenIncident(
        **call.base,
        incident=known.number if known else _new_number(call),
        title=_title(call, known),
        severity=call.given.severity(),
        tlp=call.given.tlp(),
        kind=call.given.choice("kind", KINDS) if call.given.has("kind") else "other",
        affected=call.given.members(),
        invite=call.given.members("invite"),
        severity_answers=severity_answers(call),
        severity_reason=call.given.text("reason"),
        exercise=call.desk.coalition.exercise,
    )
    incident = _stored(call, call.desk.execute(command).id)
    above = incident.tlp > call.desk.coalition.charter.slack_ceiling
    return Reply(
        reply(
            f"{label_line(incident)}\n{incident.number} is open: {title_of(incident)}. "
            f"{_raised(command, incident)}"
            f"{_room(incident)}",
            f"{POINTER_ONLY if above else ''}Nobody outside the room is told yet. Next, in the "
            f"room: {call.slash('incident notify')} or {call.slash('playbook list')}.",
        ),
        incident,
    )


def _room(incident: Incident) -> str:
    """Where it goes on: the room, or what to wait for while it is being opened."""
    if incident.room.channel:
        return f"It goes on in <#{incident.room.channel}>."
    name = room_name(incident.number, exercise=incident.exercise)
    return (
        f"Its room *#{name}* is being opened: in a few seconds it stands in your list of "
        "channels, and Tocsin sends you a message with the way in."
    )


def _title(call: Call, known: Incident | None) -> str:
    given = call.given.text("title")
    return known.title if known and given in ("", AS_WARNED) else given


def _raised(command: OpenIncident, incident: Incident) -> str:
    """The campaign floor may lift the severity above what was asked for."""
    if incident.severity == command.severity:
        return ""
    return (
        f"It is {incident.severity} and not {command.severity}: "
        f"{counted(len(incident.affected), 'member')} are affected, which makes it a campaign "
        "(stay below with --reason). "
    )


def _warning(call: Call) -> Incident | None:
    word = call.given.text("incident")
    if not word:
        return None
    id = incident_number(word, call.desk.now().year)
    if id is None:
        message = f"{word[:40]!r} is not an incident."
        raise UserError(message, "Write it like INC-2026-0007.", field="incident")
    return call.desk.seen(call.caller, id)


def _settle(call: Call) -> None:
    """A warning brings its title and its label; the answers bring the severity."""
    settle_severity(call)
    known = _warning(call)
    if known is not None:
        shown = call.desk.shows(call.caller, known)
        call.given.values.setdefault("title", (known.title if shown else AS_WARNED,))
        call.given.values.setdefault("tlp", (known.tlp.value,))


def _from_warning(call: Call) -> dict[str, tuple[str, ...]]:
    """What a warning already says, when an incident is opened from it."""
    known = _warning(call)
    if known is None:
        return {}
    if not call.desk.shows(call.caller, known):
        return {"title": (AS_WARNED,), "tlp": (known.tlp.value,)}
    return {"title": (known.title,), "tlp": (known.tlp.value,), "members": known.affected}


def _warning_rule(_call: Call) -> str:
    return "It sets no legal status and no severity. Who you choose is told as soon as you send it."


def _opening_rule(_call: Call) -> str:
    return "You lead it at first. Delegates of the members named here are invited to its room."


VERBS = (
    Verb(
        "incident",
        "warn",
        "Raise an early warning",
        "/incident warn <what> --members a,b --tlp LABEL",
        "/incident warn Wiper mails from a hijacked ministry --members lv,lt --tlp AMBER",
        warn,
        (WHAT, WHO, TLP),
        "Send warning",
        about_incident=False,
        introduce=_warning_rule,
    ),
    Verb(
        "incident",
        "open",
        "Open an incident",
        "/incident open <title> --severity S0…S4 --tlp LABEL [--members a,b] [--invite c] "
        "[--kind ddos] [--reason why]",
        "/incident open DDoS on two banks --severity S2 --tlp AMBER --members lv,lt --kind ddos",
        open_,
        (
            Field("title", "What has happened?", required=True, place="rest", longest=150),
            SEVERITY,
            TLP,
            Field("kind", "Kind", "choice", choices=tuple((k, k) for k in KINDS)),
            Field("members", "Which members are affected?", "members", hint="Yours always is"),
            Field("invite", "Whom else to invite?", "members"),
            Field(
                "reason",
                "Why this severity?",
                longest=500,
                hint="Needed only to stay below S3 when two or more members are hit",
            ),
            *QUESTION_FIELDS,
            replace(INCIDENT, typed_only=True),
        ),
        "Open incident",
        about_incident=False,
        settle=_settle,
        prefill=_from_warning,
        introduce=_opening_rule,
    ),
)
