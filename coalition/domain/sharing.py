"""What of an incident an audience may have, where parts of it carry a stricter label. Pure.

A notice's own label can be stricter than its incident's. Then even who was sent it, and who has
been silent, is for those alone who may see the notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.gate import Audience, explain
from coalition.domain.incident.chasing import silent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.members import Coalition


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
    """The incident without these notices and the alarms about them."""
    numbers = {str(one.notice) for one in hidden}
    if not numbers:
        return incident
    about = {subject for number in numbers for subject in alarms_about(incident.notices[number])}
    return incident.model_copy(
        update={
            "notices": {key: one for key, one in incident.notices.items() if key not in numbers},
            "alarms": {key: one for key, one in incident.alarms.items() if key not in about},
        }
    )


def alarms_about(notice: NoticeState) -> set[str]:
    """The subjects of all alarms that a notice can lead to."""
    return {silent(notice.notice, member) for member in notice.recipients}


def notice_alarmed(incident: Incident, subject: str) -> NoticeState | None:
    """The notice that an alarm of this subject is about, if any."""
    return next((one for one in incident.notices.values() if subject in alarms_about(one)), None)
