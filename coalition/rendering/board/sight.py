"""What one viewer may see of the incidents, asked of the gate each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from coalition.domain.gate import ToViewer, explain, release
from coalition.domain.labels import Tlp, strictest
from coalition.domain.sharing import about

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Alarm, Incident
    from coalition.domain.members import Coalition

T = TypeVar("T")


class Sight(NamedTuple):
    """The delegate `viewer`, looking at the board under the coalition file in force."""

    viewer: str
    coalition: Coalition

    def audience(self, incident: Incident) -> ToViewer:
        """The audience a finished view of this incident is released to."""
        return ToViewer(self.viewer, incident, "board")

    def incident(self, incident: Incident) -> bool:
        """Whether they may know of it at all."""
        return self.label(incident.tlp, incident)

    def label(self, tlp: Tlp, incident: Incident) -> bool:
        """Whether they may see something in this incident that carries its own label."""
        refused = explain(tlp=tlp, audience=self.audience(incident), coalition=self.coalition)
        return refused is None

    def alarms(self, incident: Incident) -> dict[str, Alarm]:
        """The open alarms by subject, without those about notices they may not see."""
        hidden = self.hidden_alarms(incident)
        return {key: alarm for key, alarm in incident.alarms.items() if key not in hidden}

    def hidden_alarms(self, incident: Incident) -> set[str]:
        """The subjects of open alarms about notices they may not see."""
        unseen = {
            notice.notice
            for notice in incident.notices.values()
            if not self.label(notice.tlp, incident)
        }
        return {subject for subject in incident.alarms if about(subject) in unseen}

    def only(self, incidents: Iterable[Incident]) -> list[Incident]:
        """Those that they may know of, in the order given."""
        return [incident for incident in incidents if self.incident(incident)]

    def release(self, view: T, incident: Incident, *parts: Tlp) -> Cleared[T]:
        """Clear a finished view of this incident for them; raises `GateRefusal`.

        It carries the strictest of the incident's label and those of its `parts`.
        """
        label = strictest(incident.tlp, *parts)
        return release(view, tlp=label, audience=self.audience(incident), coalition=self.coalition)
