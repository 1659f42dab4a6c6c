"""One incident on the board, whole: facts, alarms, receipts, tasks, room, runs, timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.incident.words import ROOM_STEPS
from coalition.rendering.board.listing import IncidentRow, incident_row
from coalition.rendering.board.marks import CHECKS, Mark
from coalition.rendering.board.moments import Moment, Present
from coalition.rendering.board.names import member_names, person_name
from coalition.rendering.board.receipts import Matrix, matrix
from coalition.rendering.board.runs import RunView, run_view
from coalition.rendering.board.timeline import LineView, timeline_view
from coalition.rendering.comms import Findings, findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Record
    from coalition.domain.playbook.model import Playbook
    from coalition.domain.run.state import Run
    from coalition.rendering.board.sight import Sight

ROOM_STEP_WORDS = {
    "create": "Open the room",
    "topic": "Set its topic",
    "invite": "Invite the members' delegates",
    "headline": "Post the headline",
    "pin": "Pin the headline",
    "bookmark": "Bookmark the board",
    "announce": "Announce it",
}


class AlarmView(NamedTuple):
    """Somebody must act; `fallback` says how."""

    text: str
    fallback: str
    raised: Moment


class TaskView(NamedTuple):
    """Something a human is to do; `done` is when it was."""

    task: int
    text: str
    assignee: str
    by_playbook: bool
    done: Moment | None
    done_by: str


class ReleaseView(NamedTuple):
    """Something that people released, or that waits for the second of them."""

    text: str
    reason: str
    at: Moment


class CheckView(NamedTuple):
    """One line of the room's checklist."""

    word: str
    mark: Mark
    detail: str


class IncidentView(NamedTuple):
    """All that the page shows. `row` has what the list shows as well."""

    row: IncidentRow
    kind: str
    severity_reason: str
    affected: tuple[str, ...]
    participants: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    linked: tuple[str, ...]
    merged_into: str
    cause: str
    lessons: str
    alarms: tuple[AlarmView, ...]
    receipts: Matrix
    releases: tuple[ReleaseView, ...]
    check: Findings | None  # of a communications check
    tasks_open: tuple[TaskView, ...]
    tasks_done: tuple[TaskView, ...]
    room: tuple[CheckView, ...]
    room_opened: bool
    runs: tuple[RunView, ...]
    timeline: tuple[LineView, ...]
    timeline_more: bool


class Sources(NamedTuple):
    """What the page is drawn from."""

    incident: Incident
    others: Sequence[Incident]  # those that may be named beside it
    runs: Sequence[tuple[Run, Playbook]]  # each with the playbook it is pinned to
    records: Sequence[Record]  # oldest first
    more: bool  # there are older records than these


def incident_view(sources: Sources, sight: Sight, present: Present) -> Cleared[IncidentView]:
    """Return the page's content, cleared for this viewer.

    Which notices and which other incidents they may see is asked of the gate here.

    Raises:
        GateRefusal: they may not see this incident.
    """
    incident, coalition = sources.incident, sight.coalition
    known = {other.number for other in sight.only(sources.others)}
    notices = [one for one in incident.notices.values() if sight.label(one.tlp, incident)]
    runs = [(run, one) for run, one in sources.runs if sight.label(one.words_tlp, incident)]
    tasks = _tasks(incident, sight, present)
    view = IncidentView(
        row=incident_row(incident, sight, present),
        kind=incident.kind,
        severity_reason=incident.severity_reason,
        affected=member_names(coalition, incident.affected),
        participants=member_names(coalition, incident.participants),
        roles=tuple(
            (role, person_name(coalition, who)) for role, who in sorted(incident.roles.items())
        ),
        linked=tuple(number for number in incident.linked if number in known),
        merged_into=(incident.merged_into or "") if incident.merged_into in known else "",
        cause=incident.cause,
        lessons=incident.lessons,
        alarms=tuple(
            AlarmView(alarm.text, alarm.fallback, present.moment(alarm.raised_at))
            for alarm in sorted(sight.alarms(incident).values(), key=lambda one: one.raised_at)
        ),
        receipts=matrix(notices, coalition, present),
        releases=tuple(_releases(incident, {one.notice for one in notices}, sight, present)),
        check=findings(incident, coalition),
        tasks_open=tuple(task for task in tasks if task.done is None),
        tasks_done=tuple(task for task in tasks if task.done is not None),
        room=_checklist(incident),
        room_opened=not incident.roomless or incident.room.channel is not None,
        runs=tuple(run_view(run, playbook, coalition, present) for run, playbook in runs),
        timeline=timeline_view(sources.records, incident, known, sight, present),
        timeline_more=sources.more,
    )
    return sight.release(
        view, incident, *(one.tlp for one in notices), *(one.words_tlp for _, one in runs)
    )


def _releases(
    incident: Incident, seen: set[int], sight: Sight, present: Present
) -> Iterator[ReleaseView]:
    coalition = sight.coalition
    for one in incident.overrides.values():
        if one.notice not in seen:
            continue
        (name,) = member_names(coalition, (one.member,))
        first = person_name(coalition, one.requested_by)
        standing = f"asked for by {first}; a second approver must release it"
        if one.approved_by is not None:
            standing = f"released by {first} and {person_name(coalition, one.approved_by)}"
        text = f"Override {one.override}: notice {one.notice} to {name}, above its ceiling"
        at = present.moment(one.approved_at or one.requested_at)
        yield ReleaseView(f"{text}; {standing}", one.reason, at)


def _tasks(incident: Incident, sight: Sight, present: Present) -> list[TaskView]:
    coalition = sight.coalition
    return [
        TaskView(
            task=task.task,
            text=task.text,
            assignee=person_name(coalition, task.assignee) if task.assignee else "",
            by_playbook=task.source is not None,
            done=present.maybe(task.done_at),
            done_by=person_name(coalition, task.done_by) if task.done_by else "",
        )
        for task in sorted(incident.tasks.values(), key=lambda one: one.task)
        if task.call is None or sight.label(incident.notices[str(task.call.notice)].tlp, incident)
    ]


def _checklist(incident: Incident) -> tuple[CheckView, ...]:
    lines = []
    for step in ROOM_STEPS:
        line = incident.room.steps.get(step)
        state, detail = (line.state, line.detail) if line else ("todo", "")
        lines.append(CheckView(ROOM_STEP_WORDS[step], CHECKS[state], detail))
    return tuple(lines)
