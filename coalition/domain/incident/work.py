"""What is to be done, what was seen, and when the next word comes."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.authority import with_role
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident import calls, checks
from coalition.domain.incident.events import NoteAdded, TaskAdded, TaskCompleted, UpdatePosted

if TYPE_CHECKING:
    from coalition.domain.incident.commands import AddNote, AddTask, CompleteTask, PostUpdate
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World

FURTHEST_UPDATE = timedelta(days=7)


def add_task(state: Incident, command: AddTask, world: World) -> list[Event]:
    """TaskAdded. A playbook step's task is added once, however often the step is carried out.

    Raises:
        UserError: no text, or the assignee does not take part.
        NotFound: no such assignee.
    """
    if any(command.source and task.source == command.source for task in state.tasks.values()):
        return []
    assignee = command.assignee
    if assignee is not None:
        assignee = checks.delegate_in(assignee, state, world.coalition).delegate.id
    return [
        TaskAdded(
            task=len(state.tasks) + 1,
            text=checks.text_of(command.text, "task"),
            assignee=assignee,
            source=command.source,
        )
    ]


def complete_task(state: Incident, command: CompleteTask, world: World) -> list[Event]:
    """TaskCompleted, and the delivery where it was a call; nothing when it is done already.

    Whoever the task is for may say that it is done, whatever their role: a legal adviser who has
    filed a report. Anybody else needs the role operator.

    Raises:
        NotFound: naming the tasks that are open.
        NotAllowed: neither an operator nor whom it is for.
    """
    task = state.tasks.get(str(command.task))
    if task is None:
        waiting = ", ".join(number for number, one in state.tasks.items() if not one.done_at)
        missing = f"{state.number} has no task {command.task}."
        raise NotFound(missing, f"Open tasks: {waiting or 'none'}.", field="task")
    if task.assignee is None or task.assignee != command.actor.delegate:
        with_role(command.actor, "operator", world.coalition)
    if task.done_at is not None:
        return []
    return [TaskCompleted(task=task.task, source=task.source), *calls.called(state, task, command)]


def add_note(state: Incident, command: AddNote, world: World) -> list[Event]:
    """NoteAdded; nothing when that message is in the timeline already.

    Raises:
        UserError: no text, or too long.
    """
    if command.ref and command.ref in state.note_refs:
        return []
    text = checks.text_of(command.text, "note", checks.NOTE)
    return [NoteAdded(text=text, ref=command.ref, author=command.author)]


def post_update(state: Incident, command: PostUpdate, world: World) -> list[Event]:
    """UpdatePosted, with the time at which the next one is promised (or no promise).

    Raises:
        UserError: no text, or the promise is not within seven days.
    """
    text = checks.text_of(command.text, "update")
    if command.next_in is None:
        return [UpdatePosted(text=text, next_due=None)]
    if not timedelta(0) < command.next_in <= FURTHEST_UPDATE:
        raise UserError(
            "The next update must come later than now and within seven days.",
            "Write it like 30m or 2h.",
            field="next_in",
        )
    return [UpdatePosted(text=text, next_due=command.at + command.next_in)]
