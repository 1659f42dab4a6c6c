"""A page on which one question of a playbook is answered, or a failed step decided about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.rendering.questions import question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.run.state import Run
    from coalition.rendering.board.moments import Moment, Present

HINTS = {
    "number": "A number, such as 3 or 2.5",
    "duration": "Such as 90s, 15m, 4h or 30d",
    "list": "Several, with commas between them",
}
DECISIONS = (
    ("retry", "Retry it"),
    ("skip", "Skip it and go on"),
    ("stop", "Stop the playbook"),
)


class AskedField(NamedTuple):
    """One thing to fill in. `kind`: `line`, `text`, `one` or `several` of `choices`."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    required: bool
    hint: str
    given: tuple[str, ...]  # what was filled in before; nothing is chosen beforehand


class AskedView(NamedTuple):
    """All that the page shows of what is asked."""

    number: str
    title: str  # of the playbook
    heading: str
    text: str
    who: str
    standing: str
    error: str  # of the step that failed
    due: Moment | None
    submit: str
    fields: tuple[AskedField, ...]


Given = dict[str, tuple[str, ...]]


def asked_view(
    run: Run, key: str, coalition: Coalition, present: Present, given: Given
) -> AskedView | None:
    """What `key` (`step:attempt`) of a run asks of people now; None when it asks nothing."""
    opened, stuck = run.open.get(key), run.stuck.get(key)
    if stuck is not None:
        return AskedView(
            run.incident, run.title, "This step has failed", stuck.sentence,
            "Any operator of a member that takes part may decide.", "", stuck.error, None,
            "Decide", tuple(_decision(given)),
        )  # fmt: skip
    if opened is None or "form" not in opened.request or not opened.performed:
        return None
    asked = question(opened, coalition)
    heading = "The playbook wants your approval" if asked.need else "The playbook asks"
    fields = tuple(_fields(asked.form, coalition, given))
    return AskedView(
        run.incident, run.title, heading, asked.text, asked.who, asked.standing, "",
        present.maybe(asked.due), "Decide" if asked.need else "Answer", fields,
    )  # fmt: skip


def task_view(incident: Incident, number: int) -> AskedView | None:
    """A task that is to be marked as done; None when there is none of that number."""
    task = incident.tasks.get(str(number))
    if task is None:
        return None
    done = "It is marked as done already." if task.done_at else ""
    return AskedView(
        incident.number, incident.title, f"Is task {number} done?", task.text,
        "Whoever it is for may mark it, and any operator of a member that takes part.", done,
        "", None,
        "Mark as done", (),
    )  # fmt: skip


def _decision(given: Given) -> Iterator[AskedField]:
    yield AskedField(
        "decision", "What now?", "one", DECISIONS, required=True, hint="",
        given=given.get("decision", ()),
    )  # fmt: skip
    yield AskedField(
        "reason", "Why?", "text", (), required=False, hint="Needed to skip or stop",
        given=given.get("reason", ()),
    )  # fmt: skip


def _fields(
    form: Mapping[str, Mapping[str, Any]], coalition: Coalition, given: Given
) -> Iterator[AskedField]:
    for name, one in form.items():
        kind, choices = _element(one, coalition)
        default = one.get("default")
        said = f"Without an answer: {default}" if default is not None else ""
        yield AskedField(
            name=name,
            label=str(one.get("label") or name.replace("_", " ")),
            kind=kind,
            choices=choices,
            required=bool(one.get("required", True)) and default is None,
            hint=said or HINTS.get(str(one.get("type")), ""),
            given=given.get(name, ()),
        )


def _element(
    field: Mapping[str, Any], coalition: Coalition
) -> tuple[str, tuple[tuple[str, str], ...]]:
    type_ = field.get("type", "text")
    plain = {
        "choice": field.get("choices", ()),
        "severity": tuple(Severity),
        "tlp": tuple(Tlp),
    }
    if type_ == "yes_no":
        return "one", (("yes", "Yes"), ("no", "No"))
    if type_ in ("member", "members"):
        members = tuple((one.id, one.name) for one in coalition.active)
        return "one" if type_ == "member" else "several", members
    if type_ in plain:
        return "one", tuple((str(one), str(one)) for one in plain[type_])
    return ("text" if type_ == "text" else "line"), ()
