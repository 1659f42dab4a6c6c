"""What policies may read: states as they stand, files as they are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from coalition.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalition.application.dispatcher import Dispatcher
    from coalition.application.playbook_shelf import Shelf
    from coalition.application.ports import EventLog
    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import Run


class Assembled(Protocol):
    """The part of the assembled application that is read here."""

    coalition: Coalition
    log: EventLog

    @property
    def dispatcher(self) -> Dispatcher:
        """Reads states."""
        ...

    @property
    def playbooks(self) -> Shelf:
        """The playbooks in force."""
        ...


class StateView:
    """`View` over the assembled application."""

    def __init__(self, tocsin: Assembled) -> None:
        self._tocsin = tocsin

    @property
    def coalition(self) -> Coalition:
        """The coalition file in force."""
        return self._tocsin.coalition

    def incident(self, id: str) -> Incident:
        """Return an incident's state; raises `NotFound`."""
        return cast("Incident", self._read("incident", id))

    def run(self, id: str) -> Run:
        """Return a run's state; raises `NotFound`."""
        return cast("Run", self._read("run", id))

    def _read(self, aggregate: str, id: str) -> object:
        state = self._tocsin.dispatcher.read(aggregate, id)
        if state is None:
            msg = f"There is no {aggregate} {id}."
            raise NotFound(msg)
        return state

    def aid(self, id: str) -> Aid:
        """Return the state of a request for aid; raises `NotFound`."""
        return cast("Aid", self._read("aid", id))

    def runs_of(self, incident: str) -> list[tuple[str, Run]]:
        """Return the runs of an incident, with their ids."""
        return [(id, self.run(id)) for id in self._tocsin.log.ids("run", of=incident)]

    def aids_of(self, incident: str) -> list[Aid]:
        """Return the requests for aid of an incident."""
        every = (self.aid(id) for id in self._tocsin.log.ids("aid"))
        return [aid for aid in every if aid.incident == incident]

    def playbooks(self) -> Mapping[str, Playbook]:
        """Return the playbooks in force by content hash."""
        return self._tocsin.playbooks.in_force()
