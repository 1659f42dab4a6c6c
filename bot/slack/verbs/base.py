"""A verb: what it asks for, how it is typed, and what it does. One table serves both ways in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from bot.slack.reading import Given
from coalition.domain.errors import UserError
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.severity import QUESTIONS, assess
from coalition.rendering.slack.fields import Field, Form
from coalition.rendering.slack.names import SEVERITIES, label_line, title_of
from coalition.rendering.slack.text import escape, one_line

if TYPE_CHECKING:
    from bot.slack.desk import Caller, Desk, Reply
    from coalition.domain.incident.state import Incident

FORM = "form"
"""Prefix of the callback ids of forms: `form:incident:open`."""

INCIDENT = Field("incident", "Incident", one_word=True)


@dataclass(frozen=True)
class Call:
    """One act of one person: everything a verb needs, nothing of Slack's payloads."""

    desk: Desk
    caller: Caller
    id: str  # makes the command idempotent
    given: Given
    channel: str
    incident: Incident | None = None

    @property
    def here(self) -> Incident:
        """The incident it is about (only for verbs that are about one)."""
        if self.incident is None:
            raise UserError("Which incident?", "Add --incident INC-2026-0007.", field="incident")
        return self.incident

    @property
    def shown(self) -> Incident | None:
        """The incident, where Slack may show its content to the caller."""
        incident = self.incident
        return incident if incident and self.desk.shows(self.caller, incident) else None

    @property
    def base(self) -> dict[str, Any]:
        """The fields that all commands share."""
        return {"id": self.id, "at": self.desk.now(), "actor": self.caller.actor}

    def slash(self, command: str) -> str:
        """`/incident`, with the prefix that this installation uses."""
        return f"`/{self.desk.prefix}{command}`"


@dataclass(frozen=True)
class Asking:
    """What a verb answers when its form is to be shown once more, for example as a preview."""

    intro: str  # mrkdwn, escaped
    metadata: dict[str, str]
    submit: str = ""  # what the button says now, where that is not as before


Run = Callable[[Call], "Reply | Asking"]


@dataclass(frozen=True)
class Verb:
    """`usage` and `example` are typed as they stand; docs/responders.md shows every one."""

    group: str
    name: str
    summary: str
    usage: str
    example: str
    run: Run
    fields: tuple[Field, ...] = ()
    submit: str = "Send"
    about_incident: bool = True
    about: Callable[[Call], Incident | None] | None = None  # finds it by what else was named
    opens_form: bool = True  # when typed bare or with something required missing
    when: Literal["open", "over", "always"] = "open"  # of its incident; the menu follows it
    complete: Callable[[Call, tuple[Field, ...]], tuple[Field, ...]] | None = None
    settle: Callable[[Call], None] | None = None  # works out what follows from other answers
    introduce: Callable[[Call], str] | None = None  # what the form says first (mrkdwn, escaped)
    prefill: Callable[[Call], dict[str, tuple[str, ...]]] | None = None

    @property
    def typed_fields(self) -> tuple[Field, ...]:
        """What may be typed: its own fields, and --incident where it is about one."""
        return (*self.fields, INCIDENT) if self.about_incident else self.fields

    @property
    def callback(self) -> str:
        """The callback id of its form."""
        return f"{FORM}:{self.group}:{self.name}"

    def asked(self, call: Call) -> tuple[Field, ...]:
        """Its fields with the choices of this moment."""
        fields = tuple(_with_members(field, call) for field in self.fields)
        return self.complete(call, fields) if self.complete else fields

    def form(self, call: Call, intro: str = "", **metadata: str) -> Form:
        """Its form, with what was given filled in."""
        values = (self.prefill(call) if self.prefill else {}) | call.given.values
        fields = self.asked(call)
        intro = intro or (self.introduce(call) if self.introduce else "")
        if call.incident:
            metadata["incident"] = call.incident.number
            title = f"\n{title_of(call.shown)}" if call.shown else ""
            intro = intro or f"{label_line(call.incident)}{title}"
        elif self.about_incident:
            fields = (_which(call), *fields)
        metadata["channel"] = call.channel
        unasked = (field.name for field in self.fields if field.typed_only)
        metadata |= {name: " ".join(values[name]) for name in unasked if name in values}
        return Form(
            callback=self.callback,
            title=self.summary,
            submit=self.submit,
            fields=fields,
            values=_shown(values, fields, replace(call, given=Given(values, call.desk.coalition))),
            intro=intro or escape(self.summary),
            metadata=metadata,
        )


def _which(call: Call) -> Field:
    """Which incident? Asked where the channel does not say. Above Slack's ceiling: its number."""
    choices = []
    for incident in call.desk.directory.visible_to(call.caller.delegate):
        shown = call.desk.shows(call.caller, incident)
        title = f" {one_line(incident.title)}" if shown else ""
        choices.append((incident.number, f"{incident.number} {incident.tlp.value}{title}"))
    if not choices:
        message = "There is no incident that you may see."
        raise UserError(message, f"Open one with {call.slash('incident open')}.")
    return replace(INCIDENT, kind="choice", required=True, hint="", choices=tuple(choices))


def _with_members(field: Field, call: Call) -> Field:
    if field.kind != "members":
        return field
    active = call.desk.coalition.active
    return replace(field, choices=tuple((m.id, f"{m.name} ({m.id})") for m in active))


def _shown(
    values: dict[str, tuple[str, ...]], fields: tuple[Field, ...], call: Call
) -> dict[str, tuple[str, ...]]:
    """Typed values as the form's elements take them; what cannot be read is left out."""
    shown = dict(values)
    for field in fields:
        if field.name in shown:
            try:
                shown[field.name] = _as_element(field, call)
            except UserError:
                del shown[field.name]
    return shown


def _as_element(field: Field, call: Call) -> tuple[str, ...]:
    given = call.given
    if not given.has(field.name):
        return ()
    if field.kind == "members":
        return given.members(field.name)
    if field.kind == "person":
        person = call.desk.coalition.delegate(given.person(field.name))[1]
        return (person.slack,) if person.slack else ()
    if field.name in ("tlp", "severity"):
        return (given.tlp().value if field.name == "tlp" else given.severity().value,)
    if field.kind == "choice":
        return (given.choice(field.name, tuple(value for value, _ in field.choices)),)
    return (given.text(field.name),)


_WHO_MAY = {
    Tlp.CLEAR: "anybody",
    Tlp.GREEN: "the community, not the public",
    Tlp.AMBER: "the organisation and its clients, need to know",
    Tlp.AMBER_STRICT: "the organisation only, need to know",
    Tlp.RED: "the named recipients only",
}
TLP_CHOICES = tuple((label.value, f"{label.value} – {_WHO_MAY[label]}") for label in Tlp)
SEVERITY_CHOICES = tuple((level.value, SEVERITIES[level]) for level in Severity)

TLP = Field(
    "tlp",
    "TLP label",
    "choice",
    required=True,
    hint="Who may be told; nothing leaves above it",
    choices=TLP_CHOICES,
)
SEVERITY = Field(
    "severity",
    "Severity",
    "choice",
    required=True,
    derived=True,
    hint="Not sure? Leave it empty and answer the questions below",
    choices=SEVERITY_CHOICES,
)
QUESTION_FIELDS = tuple(
    Field(
        question.id,
        question.text,
        "choice",
        choices=tuple((option.id, option.text) for option in question.options),
    )
    for question in QUESTIONS
)
"""The questions behind the severity; each can be left out."""


def severity_answers(call: Call) -> dict[str, str]:
    """Question -> answer, of the questions that were answered."""
    return {
        field.name: call.given.choice(field.name, tuple(value for value, _ in field.choices))
        for field in QUESTION_FIELDS
        if call.given.has(field.name)
    }


def settle_severity(call: Call) -> None:
    """Where no severity was given, the answers give it."""
    if not call.given.has("severity") and (answers := severity_answers(call)):
        call.given.values["severity"] = (assess(answers).value,)
