"""How an incident ends, goes on in another one, or begins again."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import UserError
from coalition.domain.incident import checks
from coalition.domain.incident.events import (
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    SeverityChanged,
)
from coalition.domain.incident.words import Severity
from coalition.domain.severity import campaign_floor

if TYPE_CHECKING:
    from coalition.domain.incident.commands import CloseIncident, MergeIncident, ReopenIncident
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World

LEARN_FROM = Severity.S3


def merge_incident(state: Incident, command: MergeIncident, world: World) -> list[Event]:
    """IncidentMerged: it goes on in `into`; nothing is moved.

    That the other exists and is open is the caller's to check, who also links it back
    (`LinkIncident`).

    Raises:
        UserError: into itself.
    """
    if command.into == state.number:
        raise UserError(f"{state.number} cannot be merged into itself.", "Name another incident.")
    return [IncidentMerged(into=command.into)]


def close_incident(state: Incident, command: CloseIncident, world: World) -> list[Event]:
    """IncidentClosed; from S3 with a cause and lessons.

    Raises:
        UserError: they are missing; `field` names the first that is.
    """
    cause, lessons = command.cause.strip(), command.lessons.strip()
    missing = [name for name, text in (("cause", cause), ("lessons", lessons)) if not text]
    if missing and state.severity.rank >= LEARN_FROM.rank:
        raise UserError(
            f"{state.number} is {state.severity}; from {LEARN_FROM} an incident closes only with "
            f"cause and lessons. Missing: {', '.join(missing)}.",
            "Type /incident close and fill them in; “unknown so far” is a valid cause.",
            field=missing[0],
        )
    return [
        IncidentClosed(
            cause=cause and checks.text_of(cause, "cause"),
            lessons=lessons and checks.text_of(lessons, "lessons"),
        )
    ]


def reopen_incident(state: Incident, command: ReopenIncident, world: World) -> list[Event]:
    """IncidentReopened; at the campaign floor, if links made meanwhile have raised it.

    Raises:
        UserError: it is not closed, or no reason is given.
    """
    if not state.over:
        raise UserError(f"{state.number} is {state.status}, not closed.", "There is nothing to do.")
    reopened = IncidentReopened(reason=checks.reason_of(command.reason, "Reopening"))
    floor = campaign_floor(len(state.affected), len(state.linked))
    chosen = state.severity_reason or not state.affected  # by a human, or a mere warning
    if floor is None or chosen or state.severity.rank >= floor.rank:
        return [reopened]
    raised = SeverityChanged(was=state.severity, now=floor, reason="", answers={}, floor=floor)
    return [reopened, raised]
