"""Phone calls: a task for one of us, with the number and the words; its tick is the delivery."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.events import (
    AlarmCleared,
    AlarmRaised,
    ReceiptsRecorded,
    TaskAdded,
    TaskCompleted,
)
from coalition.domain.receipts import Receipt

if TYPE_CHECKING:
    from coalition.domain.incident.commands import CompleteTask, PhoneCall, RequestCall
    from coalition.domain.incident.state import Incident, Task
    from coalition.domain.messages import Event
    from coalition.domain.world import World


def request_call(state: Incident, command: RequestCall, world: World) -> list[Event]:
    """TaskAdded and the alarm that rings for it; once for each attempt of a notice."""
    if any(task.call == command.call for task in state.tasks.values()):
        return []
    number = len(state.tasks) + 1
    done = f"Tick task {number} once they have it: /incident task done {number}."
    if state.room.channel is None:
        done += f" --incident {state.number}"
    return [
        TaskAdded(
            task=number,
            text=f"{command.text} {done}",
            assignee=state.lead,
            source=None,
            call=command.call,
        ),
        AlarmRaised(subject=subject(command.call), text=command.text, fallback=done),
    ]


def called(state: Incident, task: Task, command: CompleteTask) -> list[Event]:
    """What follows from ticking a call: whoever ticks it says that the partner has the notice."""
    if task.call is None:
        return []
    call = task.call
    receipt = Receipt(
        notice=call.notice,
        member=call.member,
        attempt=call.attempt,
        channel=call.channel,
        stage="delivered",
        at=command.at,
        evidence={"task": task.task, "by": command.actor.label},
    )
    events: list[Event] = [ReceiptsRecorded(receipts=(receipt,))]
    if subject(call) in state.alarms:
        events.append(AlarmCleared(subject=subject(call)))
    return events


def ended(state: Incident, notice: int, member: str) -> list[Event]:
    """What follows where nobody needs to phone a member about a notice any more."""
    events: list[Event] = []
    for task in state.tasks.values():
        call = task.call
        if call is None or task.done_at is not None:
            continue
        if (call.notice, call.member) == (notice, member):
            events.append(TaskCompleted(task=task.task, source=task.source))
            if subject(call) in state.alarms:
                events.append(AlarmCleared(subject=subject(call)))
    return events


def subject(call: PhoneCall) -> str:
    """Of the alarm that rings for a call."""
    return f"call:{call.notice}:{call.member}:{call.attempt}"
