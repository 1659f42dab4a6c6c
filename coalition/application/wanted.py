"""Effects that many policies want, and what a policy may look at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from coalition.application.ports import Effect
from coalition.domain.messages import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Record
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import Run


class View(Protocol):
    """What a policy may read besides the record. State may be newer than the record."""

    @property
    def coalition(self) -> Coalition:
        """The coalition file in force."""
        ...

    def incident(self, id: str) -> Incident:
        """Return an incident's state; raises `NotFound`."""
        ...

    def run(self, id: str) -> Run:
        """Return a run's state; raises `NotFound`."""
        ...

    def aid(self, id: str) -> Aid:
        """Return the state of a request for aid; raises `NotFound`."""
        ...

    def runs_of(self, incident: str) -> list[tuple[str, Run]]:
        """Return the runs of an incident, with their ids."""
        ...

    def aids_of(self, incident: str) -> list[Aid]:
        """Return the requests for aid of an incident."""
        ...

    def playbooks(self) -> Mapping[str, Playbook]:
        """Return the playbooks in force by content hash."""
        ...


HEADLINE_PAUSE = timedelta(seconds=1)
"""Slack takes about one post a second in a channel; the headline is drawn at most that often."""


def command_effect(id: str, type_: str, **data: Any) -> Effect:
    """Return the effect that has a worker carry out a command (as the system) under this id."""
    data["actor"] = SYSTEM.model_dump(mode="json")
    return Effect(id=id, kind="command", payload={"type": type_, "data": data})


def incident_of(record: Record, view: View) -> str:
    """The incident that a record belongs to: its own, its run's or its request's."""
    if record.aggregate == "incident":
        return record.id
    return (view.run if record.aggregate == "run" else view.aid)(record.id).incident


def post(record: Record, view: View) -> Iterable[Effect]:
    """Say it in the room, as milestone, detail or alarm."""
    yield Effect(
        id=f"post-{record.id}-{record.version:06d}",  # padded: equal due times sort by id
        kind="room.post",
        payload={
            "aggregate": record.aggregate,
            "id": record.id,
            "version": record.version,
            "incident": incident_of(record, view),
        },
    )


def redraw(record: Record, view: View) -> Iterable[Effect]:
    """Draw the headline anew, at most once a second."""
    incident = incident_of(record, view)
    yield Effect(
        id=f"headline-{incident}",
        kind="room.headline",
        payload={"incident": incident},
        due=record.at + HEADLINE_PAUSE,
        refresh=True,
    )
