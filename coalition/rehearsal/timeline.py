"""The timeline that `tocsin playbook simulate` prints, and how things stand at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from coalition.rehearsal.occurrences import Occurrence, clock
from coalition.rehearsal.telling import tell

if TYPE_CHECKING:
    from coalition.rehearsal.simulate import Rehearsal

WIDTH = 200
"""Letters of a line; what is longer is cut, and `--json` has all of it."""


def lines(rehearsal: Rehearsal) -> Iterator[str]:
    """The whole rehearsal in words."""
    incident = rehearsal.incident
    facts = f"{incident.severity}, {incident.tlp}, {incident.kind}"
    who = ", ".join(incident.participants)
    yield f"{rehearsal.playbook.title}: rehearsed in {facts}; taking part: {who}."
    said = tell(rehearsal)
    widest = max((len(one.step) for one in said), default=0)
    for one in said:
        yield _cut(f"{clock(one.at):>11}  {one.step or '-':{widest}}  {one.text}")
    yield ""
    yield from ending(rehearsal)


def ending(rehearsal: Rehearsal) -> Iterator[str]:
    """What the run has come to, and what is open."""
    run, spent = rehearsal.run, clock(rehearsal.ended_at - rehearsal.records[0].at)
    yield f"The run is {run.status.replace('_', ' ')} at {spent}."
    if rehearsal.cut_off:
        yield "It was cut off there; `until:` of the answers says how long to go on."
    for item in still_open(rehearsal):
        yield f"Open: {item}"


def still_open(rehearsal: Rehearsal) -> list[str]:
    """What somebody still has to do, or never did."""
    run, incident = rehearsal.run, rehearsal.incident
    found = [f"step {one.step} waits: {one.sentence}" for one in run.open.values()]
    found += [f"step {one.step} failed: {one.error}" for one in run.stuck.values()]
    for task in incident.tasks.values():
        if task.done_by is None:
            found.append(f"task {task.task} for {task.assignee or 'anybody'}: {task.text}")
    for notice in incident.notices.values():
        silent = [id for id, one in notice.recipients.items() if one.waiting]
        if silent:
            found.append(f"notice {notice.notice} is not acknowledged by {', '.join(silent)}")
    return [_cut(" ".join(one.split())) for one in found]


def plain(rehearsal: Rehearsal) -> dict[str, Any]:
    """For programs."""
    said: list[Occurrence] = tell(rehearsal)
    return {
        "playbook": rehearsal.playbook.playbook,
        "hash": rehearsal.playbook.content_hash,
        "status": rehearsal.run.status,
        "ended_at": clock(rehearsal.ended_at - rehearsal.records[0].at),
        "cut_off": rehearsal.cut_off,
        "variables": rehearsal.run.variables,
        "timeline": [one.plain() for one in said],
        "open": still_open(rehearsal),
    }


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
