"""The open waits of an incident, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.chasing import UPDATE, due, notice_timer
from coalition.domain.incident.checking import CHECK, ends

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.state import Incident


def timers(state: Incident) -> dict[str, datetime]:
    """`update`, one `notice:<n>` for each notice that somebody must still acknowledge, `check`.

    Exactly these are open: `PassDeadline` for any other does nothing.
    """
    if state.over:
        return {}
    waits: dict[str, datetime] = {}
    if state.next_update_due is not None and not state.update_overdue:
        waits[UPDATE] = state.next_update_due
    for notice in state.notices.values():
        late = due(notice)
        if late is not None:
            waits[notice_timer(notice.notice)] = late
    over = ends(state)
    if over is not None:
        waits[CHECK] = over
    return waits
