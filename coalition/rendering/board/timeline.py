"""The timeline on the board: the lines that say something to people, newest first.

Lines about a notice or another incident that the viewer may not see are left out, not blackened:
a gap would tell that there is something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.incident import events
from coalition.domain.sharing import notices_in
from coalition.rendering.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event, Record
    from coalition.rendering.board.moments import Moment, Present
    from coalition.rendering.board.sight import Sight

LONG = 480
"""Characters; of a longer line the rest is folded away."""


class LineView(NamedTuple):
    """One line: `who` did `text`; `rest` goes on where the line is long."""

    version: int
    at: Moment
    who: str
    text: str
    rest: str


def timeline_view(
    records: Sequence[Record], incident: Incident, known: set[str], sight: Sight, present: Present
) -> tuple[LineView, ...]:
    """Return lines, newest first, of records that are given oldest first.

    `known` are the other incidents that may be named.
    """
    lines = []
    for record, line in zip(records, timeline(records, sight.coalition), strict=True):
        event = record.event()
        if _said_elsewhere(event) or not _may_see(event, incident, known, sight):
            continue
        text, rest = _folded(line.text)
        lines.append(LineView(line.version, present.moment(line.at), line.who, text, rest))
    return tuple(reversed(lines))


def _said_elsewhere(event: Event) -> bool:
    """The room's checklist and the matrix show these; the timeline would drown in them."""
    if isinstance(event, events.ReceiptsRecorded):
        return all(receipt.stage not in ("failed", "in_doubt") for receipt in event.receipts)
    return isinstance(event, events.RoomStepRecorded)


def _may_see(event: Event, incident: Incident, known: set[str], sight: Sight) -> bool:
    if isinstance(event, events.IncidentLinked):
        return event.other in known
    if isinstance(event, events.IncidentMerged):
        return event.into in known
    # Labels come from the state, because the records may not reach back to the notice itself.
    notices = (incident.notices.get(str(number)) for number in notices_in(event))
    return all(notice is not None and sight.label(notice.tlp, incident) for notice in notices)


def _folded(text: str) -> tuple[str, str]:
    if len(text) <= LONG:
        return text, ""
    cut = text.rfind(" ", LONG // 2, LONG)
    at = cut if cut > 0 else LONG
    return text[:at], text[at:].lstrip()
