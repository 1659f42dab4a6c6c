"""Alarms (a human must act) and the checklist of the room."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.events import (
    AlarmCleared,
    AlarmRaised,
    RoomRetryRequested,
    RoomStepRecorded,
)
from coalition.domain.incident.state import RoomLine

if TYPE_CHECKING:
    from coalition.domain.incident.commands import (
        ClearAlarm,
        RaiseAlarm,
        RecordRoomStep,
        RetryRoom,
    )
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World


def raise_alarm(state: Incident, command: RaiseAlarm, world: World) -> list[Event]:
    """AlarmRaised; nothing while the same subject is open."""
    if command.subject in state.alarms:
        return []
    return [AlarmRaised(subject=command.subject, text=command.text, fallback=command.fallback)]


def clear_alarm(state: Incident, command: ClearAlarm, world: World) -> list[Event]:
    """AlarmCleared: the actor has taken it in hand.

    Raises:
        NotFound: no such alarm is open; with those that are.
    """
    if command.subject not in state.alarms:
        opened = ", ".join(state.alarms) or "none"
        raise NotFound(f"No alarm {command.subject[:60]!r} is open.", f"Open: {opened}.")
    return [AlarmCleared(subject=command.subject)]


def record_room_step(state: Incident, command: RecordRoomStep, world: World) -> list[Event]:
    """RoomStepRecorded; nothing when the checklist says so already."""
    room = state.room
    known = room.steps.get(command.step) == RoomLine(state=command.state, detail=command.detail)
    same_room = command.channel in (None, room.channel) and command.ts in (None, room.headline_ts)
    if known and same_room:
        return []
    return [
        RoomStepRecorded(
            step=command.step,
            state=command.state,
            detail=command.detail,
            channel=command.channel,
            ts=command.ts,
        )
    ]


def retry_room(state: Incident, command: RetryRoom, world: World) -> list[Event]:
    """RoomRetryRequested: the failed steps are tried again.

    Raises:
        UserError: nothing has failed.
    """
    if not any(line.state == "failed" for line in state.room.steps.values()):
        raise UserError("No step of the room has failed.", "There is nothing to retry.")
    return [RoomRetryRequested(attempt=state.room.attempt + 1)]
