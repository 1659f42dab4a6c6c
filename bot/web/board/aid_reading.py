"""Which requests for aid a viewer of the board may know of, and under which label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from coalition.application.matching import advise
from coalition.domain.aid.authority import may_know
from coalition.domain.errors import UserError
from coalition.domain.gate import ToViewer, explain, release
from coalition.domain.labels import strictest
from coalition.domain.world import World
from coalition.rendering.aid_matching import recommended, why_not_lines
from coalition.rendering.aid_moves import moves
from coalition.rendering.board.aid import Advice

if TYPE_CHECKING:
    from bot.web.sessions import Viewer
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.rendering.aid_moves import Move

T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """A request that a viewer may see; its incident only where they take part in that."""

    whole: Aid
    version: int
    incident: Incident | None

    @property
    def takes_part(self) -> bool:
        """Whether the viewer may open the incident's page."""
        return self.incident is not None

    @property
    def label(self) -> Tlp:
        """The strictest of what is shown."""
        if self.incident is None:
            return self.whole.tlp
        return strictest(self.whole.tlp, self.incident.tlp)

    def own_moves(self, viewer: Viewer) -> list[Move]:
        """What the viewer's member must do now."""
        return [one for one in moves(self.whole) if one.urgent and one.member == viewer.member.id]


class Requests:
    """Reads the log; what is found is asked of the gate each time."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin

    def known_to(self, viewer: Viewer) -> list[Known]:
        """The requests that this person may see, the newest first."""
        ids = reversed(self._tocsin.log.ids("aid"))
        return [known for id in ids if (known := self.one(viewer, id)) is not None]

    def one(self, viewer: Viewer, id: str) -> Known | None:
        """That request, if there is one that this person may see."""
        version, whole = self._tocsin.dispatcher.read_versioned("aid", id)
        if whole is None:
            return None
        incident = self._tocsin.directory.incident(whole.incident)
        world = World(self._tocsin.coalition, incident=incident)
        if not may_know(viewer.member, whole, world):
            return None
        here = incident is not None and self._tocsin.directory.sees(viewer.delegate, incident)
        known = Known(whole, version, incident if here else None)
        refused = explain(
            tlp=known.label, audience=self._audience(viewer, known), coalition=world.coalition
        )
        return known if refused is None else None

    def release(self, view: T, viewer: Viewer, known: Known) -> Cleared[T]:
        """The finished view, past the gate once more; raises `GateRefusal`."""
        return release(
            view,
            tlp=known.label,
            audience=self._audience(viewer, known),
            coalition=self._tocsin.coalition,
        )

    def _audience(self, viewer: Viewer, known: Known) -> ToViewer:
        return ToViewer(viewer.delegate.id, known.incident, "board")


def advice_of(tocsin: Tocsin, whole: Aid) -> Advice:
    """What is recommended for a request that looks for help, and why not the others."""
    if not whole.seeking:
        return Advice()
    try:
        found = advise(tocsin, whole.aid).for_request(whole.aid)
    except UserError:  # it was filled or ended just now
        return Advice()
    coalition = tocsin.coalition
    chosen = {one.member for one in found.judged if one.units}
    others = [one for one in coalition.active if one.id not in {*chosen, whole.member}]
    return Advice(
        picks=tuple(recommended(found, whole, coalition)),
        why_not=tuple(
            (one.name, tuple(why_not_lines(found, whole, one.id, coalition))) for one in others
        ),
    )
