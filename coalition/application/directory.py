"""Which incidents there are, which room belongs to which, and which of them a person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import GateRefusal
from coalition.domain.gate import ToViewer, release
from coalition.domain.incident.state import Incident

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.application.ports import EventLog
    from coalition.domain.members import Coalition, Delegate


class Directory:
    """A reading of the log. What it remembers is checked by version, so it is never stale.

    Safe to share among threads: two that read at once do the same work twice, nothing worse.
    """

    def __init__(self, log: EventLog, coalition: Callable[[], Coalition]) -> None:
        self._log = log
        self._coalition = coalition
        self._known: dict[str, tuple[int, Incident]] = {}
        self._rooms: dict[str, str] = {}  # a room, once opened, belongs to its incident for good

    def incident(self, id: str) -> Incident | None:
        """The incident as it stands now; None where there is none."""
        stored = self._log.load("incident", id)
        if stored.version == 0:
            return None
        version, state = self._known.get(id, (0, None))
        if state is None or version != stored.version:
            state = Incident.model_validate_json(stored.state)
            self._known[id] = (stored.version, state)
        if state.room.channel:
            self._rooms[state.room.channel] = id
        return state

    def by_channel(self, channel: str) -> str | None:
        """Id of the incident whose room this Slack channel is, or None."""
        if channel not in self._rooms:
            roomed = set(self._rooms.values())
            for id in reversed(self._log.ids("incident")):
                if id not in roomed and not self._at_rest(id):
                    self.incident(id)
                if channel in self._rooms:
                    break
        return self._rooms.get(channel)

    def _at_rest(self, id: str) -> bool:
        """Whether it ended without ever having had a room: most old warnings did."""
        _, known = self._known.get(id, (0, None))
        return known is not None and known.over and known.room.channel is None

    def all(self) -> list[Incident]:
        """Every incident, the newest first. For work that shows none of it to anybody."""
        found = (self.incident(id) for id in reversed(self._log.ids("incident")))
        return [incident for incident in found if incident is not None]

    def visible_to(self, delegate: Delegate) -> list[Incident]:
        """The incidents that this person may know of, the newest first; the gate says which.

        What may be shown of them depends on the surface, and is asked again where it is shown.
        """
        return [incident for incident in self.all() if self.sees(delegate, incident)]

    def sees(self, delegate: Delegate, incident: Incident) -> bool:
        """Whether the gate lets this person see the incident anywhere at all."""
        try:
            release(
                incident.number,
                tlp=incident.tlp,
                audience=ToViewer(delegate.id, incident, "board"),
                coalition=self._coalition(),
            )
        except GateRefusal:
            return False
        return True
