"""The list of incidents: one row each, those that need somebody first.

Every row is cleared by the gate for this viewer, with its incident's own label.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.labels import Tlp, strictest
from coalition.rendering.board.marks import NOT_ASSESSED, SEVERITIES, STATUSES, Mark
from coalition.rendering.board.moments import Moment, Present
from coalition.rendering.board.names import member_name, person_name
from coalition.rendering.board.receipts import HEADINGS, Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.rendering.board.sight import Sight


class IncidentRow(NamedTuple):
    """One incident of the list."""

    number: str
    title: str
    tlp: str
    exercise: bool
    severity: Mark
    status: Mark
    member: str
    lead: str
    opened: Moment
    updated: Moment
    next_update: Moment | None
    receipts: tuple[tuple[Standing, int], ...]  # recipients of all notices, by where they stand
    alarms: int


class Listing(NamedTuple):
    """Rows the viewer may see; those that are over stand apart."""

    running: tuple[Cleared[IncidentRow], ...]
    over: tuple[Cleared[IncidentRow], ...]

    @property
    def label(self) -> Tlp:
        """The label of the whole: the strictest of its rows; an empty list says nothing."""
        return strictest(Tlp.CLEAR, *(row.tlp for row in (*self.running, *self.over)))


def listing(incidents: Iterable[Incident], sight: Sight, present: Present) -> Listing:
    """Return the list: alarms and severity first among the running, newest first after that."""
    seen = sight.only(incidents)
    running = [incident for incident in seen if not incident.over]
    over = [incident for incident in seen if incident.over]
    running.sort(
        key=lambda one: (-len(sight.alarms(one)), -one.severity.rank, -one.opened_at.timestamp())
    )
    over.sort(key=lambda one: -one.updated_at.timestamp())

    def cleared(incident: Incident) -> Cleared[IncidentRow]:
        row = incident_row(incident, sight, present)
        return sight.release(row, incident)

    return Listing(tuple(map(cleared, running)), tuple(map(cleared, over)))


def incident_row(incident: Incident, sight: Sight, present: Present) -> IncidentRow:
    """Return one row; notices above the viewer's ceiling are not counted."""
    standings = Counter(
        standing_of(recipient, present)
        for notice in incident.notices.values()
        if sight.label(notice.tlp, incident)
        for recipient in notice.recipients.values()
        if not recipient.superseded  # the notice that took its place counts
    )
    coalition = sight.coalition
    return IncidentRow(
        number=incident.number,
        title=incident.title,
        tlp=incident.tlp.value,
        exercise=incident.exercise,
        severity=SEVERITIES[incident.severity] if incident.assessed else NOT_ASSESSED,
        status=STATUSES[incident.status],
        member=member_name(coalition, incident.member),
        lead=person_name(coalition, incident.lead),
        opened=present.moment(incident.opened_at),
        updated=present.moment(incident.updated_at),
        next_update=present.maybe(incident.next_update_due),
        receipts=tuple((which, standings[which]) for which in HEADINGS if standings[which]),
        alarms=len(sight.alarms(incident)),
    )
