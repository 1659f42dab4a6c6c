"""Verbs of the work in a room: task, note, update."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from bot.slack.verbs.changing import carry_out
from coalition.domain.durations import format_duration
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import (
    AddMembers,
    AddNote,
    AddTask,
    CompleteTask,
    PostUpdate,
)
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line, person
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import clip, one_line

_DONE = re.compile(r"^(?:done|complete|finish(?:ed)?)\s+#?(\d{1,9})$", re.IGNORECASE)


def task(call: Call) -> Reply:
    """Add a task, or tick one off."""
    text = call.given.text("text")
    done = _DONE.match(text)
    if done or call.given.has("done"):
        number = int(done.group(1)) if done else call.given.number("done")
        return _tick(call, number)
    if not text:
        message = "What is to be done?"
        raise UserError(message, "Write the task, or choose one that is done.", field="text")
    to = call.given.person("assignee") if call.given.has("assignee") else None
    command = AddTask(**call.base, incident=call.here.number, text=text, assignee=to)
    who = f" for {person(call.desk.coalition, to)}" if to else ""
    added = call.desk.execute(command)
    number = call.desk.tocsin.log.record(added.aggregate, added.id, added.version).data["task"]
    incident = call.desk.directory.incident(call.here.number) or call.here
    return Reply(
        reply(
            f"{label_line(incident)}\nTask {number} is on the list{who}.",
            f"Tick it off with {call.slash(f'incident task done {number}')}.",
        ),
        incident,
    )


def _tick(call: Call, number: int) -> Reply:
    command = CompleteTask(**call.base, incident=call.here.number, task=number)
    return carry_out(call, command, f"Task {number} is done.")


def note(call: Call) -> Reply:
    """Add a line to the timeline."""
    command = AddNote(**call.base, incident=call.here.number, text=call.given.text("text"))
    return carry_out(
        call, command, "The note is in the timeline.", "It is shown on the board and in the report."
    )


def update(call: Call) -> Reply:
    """Say what is new and when the next update comes; or add members to the incident."""
    joining = call.given.members(), call.given.members("invite")
    if any(joining):
        return _add_members(call, *joining)
    if not call.given.has("text"):
        message = "What is new?"
        raise UserError(message, "Write the update, or choose members to add.", field="text")
    pause = call.given.duration("next")
    command = PostUpdate(
        **call.base, incident=call.here.number, text=call.given.text("text"), next_in=pause
    )
    following = (
        f"The next one is promised in {format_duration(pause)}; you are reminded."
        if pause
        else f"Promise the next one with --next 1h: {call.slash('incident update … --next 1h')}."
    )
    return carry_out(call, command, "The update is recorded and shown in the room.", following)


def _add_members(call: Call, affected: tuple[str, ...], invite: tuple[str, ...]) -> Reply:
    if call.given.has("text"):
        message = "An update and new members are two acts; nothing was recorded."
        raise UserError(message, "Do one after the other.", field="members")
    command = AddMembers(**call.base, incident=call.here.number, affected=affected, invite=invite)
    return carry_out(
        call,
        command,
        "The members are added; their delegates are invited to the room.",
        f"Tell them more with {call.slash('incident notify')}.",
    )


def _open_tasks(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The tasks that are still open, as choices; without any the question is left out."""
    tasks = call.shown.tasks.values() if call.shown else ()
    choices = tuple(
        (str(task.task), clip(f"{task.task}: {one_line(task.text)}", 75, "…"))
        for task in tasks
        if task.done_at is None
    )
    return tuple(
        replace(field, kind="choice", choices=choices) if field.name == "done" else field
        for field in fields
        if choices or field.name != "done"
    )


VERBS = (
    Verb(
        "incident",
        "task",
        "Add or finish a task",
        "/incident task <what> [--assignee @person] · /incident task done <number>",
        "/incident task Call the upstream provider --assignee @bruno",
        task,
        (
            Field("text", "What is to be done?", "text", place="rest", longest=1000),
            Field("assignee", "By whom?", "person"),
            Field("done", "Or tick off a task", "number", hint="One that is done"),
        ),
        "Save",
        complete=_open_tasks,
    ),
    Verb(
        "incident",
        "note",
        "Note in the timeline",
        "/incident note <text>",
        "/incident note Border router shows 4 Gbit/s of UDP from 60 networks",
        note,
        (Field("text", "What is to be noted?", "text", required=True, place="rest"),),
        "Add note",
    ),
    Verb(
        "incident",
        "update",
        "Post an update",
        "/incident update <what is new> [--next 1h] · /incident update --members a [--invite b]",
        "/incident update Both banks are reachable again at home --next 1h",
        update,
        (
            Field("text", "What is new?", "text", place="rest"),
            Field("next", "Next update in", "duration", longest=20, hint="Such as 30m or 2h"),
            Field("members", "Or: members now affected too", "members"),
            Field("invite", "Or: members to invite", "members"),
        ),
        "Post update",
    ),
)
