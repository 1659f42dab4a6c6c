"""What of an incident an audience may have, where parts of it carry a stricter label. Pure.

A notice's own label can be stricter than its incident's. Then even who was sent it, and who has
been silent, is for those alone who may see the notice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coalition.domain.gate import Audience, explain
from coalition.domain.incident.events import ReceiptsRecorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Event


def part_for(incident: Incident, audience: Audience, coalition: Coalition) -> Incident:
    """The incident without the notices whose label is above the audience, and their alarms.

    Whether its audience may see the incident at all is still asked where it is shown.
    """
    hidden = [
        one
        for one in incident.notices.values()
        if explain(tlp=one.tlp, audience=audience, coalition=coalition) is not None
    ]
    return without(incident, hidden)


def without(incident: Incident, hidden: Iterable[NoticeState]) -> Incident:
    """The incident without these notices, and the alarms, calls and overrides about them."""
    numbers = {one.notice for one in hidden}
    if not numbers:
        return incident
    return incident.model_copy(
        update={
            "notices": {
                key: one for key, one in incident.notices.items() if one.notice not in numbers
            },
            "alarms": {
                key: one for key, one in incident.alarms.items() if about(key) not in numbers
            },
            "tasks": {
                key: one
                for key, one in incident.tasks.items()
                if one.call is None or one.call.notice not in numbers
            },
            "overrides": {
                key: one for key, one in incident.overrides.items() if one.notice not in numbers
            },
        }
    )


def about(subject: str) -> int | None:
    """The notice that an alarm of this subject is about, if any."""
    found = _ABOUT_A_NOTICE.match(subject)
    return int(found[1]) if found else None


def notices_in(event: Event) -> set[int]:
    """The notices that an event tells of: whoever may not see one is not shown the event."""
    if isinstance(event, ReceiptsRecorded):
        return {receipt.notice for receipt in event.receipts}
    part = getattr(event, "call", None) or getattr(event, "override", None)
    numbers = (
        getattr(event, "notice", None),
        getattr(part, "notice", None),
        about(getattr(event, "subject", "")),
    )
    return {number for number in numbers if isinstance(number, int)}


_ABOUT_A_NOTICE = re.compile(r"(?:silent|call):([0-9]{1,9}):")
