"""The open waits of an incident, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.chasing import UPDATE, due, notice_timer

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.state import Incident


def timers(state: Incident) -> dict[str, datetime]:
    """`update` and one `notice:<n>` for each notice that somebody must still acknowledge -> due.

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
    return waits
