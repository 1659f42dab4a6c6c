"""Which requests for aid a person may know of on the board or in an export, under which label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from coalition.domain.aid.authority import may_know
from coalition.domain.gate import ToViewer, explain, release
from coalition.domain.labels import strictest
from coalition.domain.world import World

if TYPE_CHECKING:
    from coalition.application.directory import Directory
    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import EventLog
    from coalition.domain.aid.state import Aid
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition

T = TypeVar("T")


class Assembled(Protocol):
    """The part of the assembled application that is needed here."""

    coalition: Coalition
    log: EventLog

    @property
    def dispatcher(self) -> Dispatcher:
        """Reads states."""
        ...

    @property
    def directory(self) -> Directory:
        """Knows who sees which incident."""
        ...


@dataclass(frozen=True)
class Known:
    """A request that a person may see; its incident only where they take part in that."""

    whole: Aid
    version: int
    incident: Incident | None

    @property
    def takes_part(self) -> bool:
        """Whether the person may open the incident's page."""
        return self.incident is not None

    @property
    def label(self) -> Tlp:
        """The strictest of what is shown."""
        if self.incident is None:
            return self.whole.tlp
        return strictest(self.whole.tlp, self.incident.tlp)


def known_to(tocsin: Assembled, delegate: str) -> list[Known]:
    """The requests that this person may see, the newest first. Raises `NotFound` for nobody."""
    ids = reversed(tocsin.log.ids("aid"))
    return [known for id in ids if (known := known_one(tocsin, delegate, id)) is not None]


def known_one(tocsin: Assembled, delegate: str, id: str) -> Known | None:
    """That request, if there is one that this person may see. Raises `NotFound` for nobody."""
    member, person = tocsin.coalition.delegate(delegate)
    version, whole = tocsin.dispatcher.read_versioned("aid", id)
    if whole is None:
        return None
    incident = tocsin.directory.incident(whole.incident)
    if not may_know(member, whole, World(tocsin.coalition, incident=incident)):
        return None
    here = incident is not None and tocsin.directory.sees(person, incident)
    known = Known(whole, version, incident if here else None)
    audience = _audience(delegate, known)
    refused = explain(tlp=known.label, audience=audience, coalition=tocsin.coalition)
    return known if refused is None else None


def released(tocsin: Assembled, content: T, delegate: str, known: Known) -> Cleared[T]:
    """What was made of a request, past the gate once more; raises `GateRefusal`."""
    return release(
        content,
        tlp=known.label,
        audience=_audience(delegate, known),
        coalition=tocsin.coalition,
    )


def _audience(delegate: str, known: Known) -> ToViewer:
    return ToViewer(delegate, known.incident, "board")
