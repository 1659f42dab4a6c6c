"""Which requests for aid a person may know of on the board or in an export, under which label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from coalition.domain.aid.authority import may_know
from coalition.domain.errors import GateRefusal
from coalition.domain.gate import NOTHING, ToAnswerPage, ToViewer, explain, release
from coalition.domain.labels import strictest
from coalition.domain.world import World

if TYPE_CHECKING:
    from coalition.application.directory import Directory
    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import EventLog
    from coalition.domain.aid.state import Aid
    from coalition.domain.gate import Audience, Cleared
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
    """A request that a person may see, and its incident, which they may not see.

    `audience`: as whom they see it. Who takes part in the incident sees it as its viewer; who was
    only sent the notice that asks sees what the page behind that notice may show.
    """

    whole: Aid
    version: int
    incident: Incident
    takes_part: bool
    delegate: str
    audience: Audience

    @property
    def label(self) -> Tlp:
        """The strictest of what is shown, as the labels stand now."""
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
    if incident is None or not may_know(member, whole, World(tocsin.coalition, incident=incident)):
        return None
    here = tocsin.directory.sees(person, incident)
    audience = _audience(delegate, member.id, whole, incident, takes_part=here)
    known = Known(whole, version, incident, here, delegate, audience)
    refused = explain(tlp=known.label, audience=audience, coalition=tocsin.coalition)
    return known if refused is None else None


def released(tocsin: Assembled, content: T, delegate: str, known: Known) -> Cleared[T]:
    """What was made of a request, past the gate once more.

    Raises:
        GateRefusal: the gate says no, or it was found for somebody else than `delegate`.
    """
    coalition = tocsin.coalition
    if delegate != known.delegate:
        raise GateRefusal(f"This was found for {known.delegate}, not for {delegate}.", NOTHING)
    return release(content, tlp=known.label, audience=known.audience, coalition=coalition)


def _audience(
    delegate: str, member: str, whole: Aid, incident: Incident, *, takes_part: bool
) -> Audience:
    if takes_part:
        return ToViewer(delegate, incident, "board")
    for number in whole.notices:
        notice = incident.notices.get(str(number))
        if notice is not None and member in notice.recipients:
            return ToAnswerPage(incident, number, member)
    return ToViewer(delegate, None, "board")
