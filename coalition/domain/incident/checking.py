"""What a communications check has found so far, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.check_messages import CheckEnded

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.state import Incident, RecipientState
    from coalition.domain.messages import Event

TITLE = "Communications check"
CHECK = "check"
"""Name of the timer that ends it."""


def ends(state: Incident) -> datetime | None:
    """When the check is over; None for whatever is none, or has ended."""
    if state.status != "check":
        return None
    attempts = (
        attempt.ack_by
        for notice in state.notices.values()
        for recipient in notice.recipients.values()
        for attempt in recipient.attempts
    )
    return max(attempts, default=None)


def end(state: Incident) -> list[Event]:
    """CheckEnded, with the channels (indices) of each member on which nothing was heard."""
    found = {
        name: unreached(recipient)
        for notice in state.notices.values()
        for name, recipient in notice.recipients.items()
    }
    return [CheckEnded(unreached={name: missing for name, missing in found.items() if missing})]


def unreached(recipient: RecipientState) -> tuple[int, ...]:
    """The channels that were tried and on which no acknowledgement came."""
    heard = {one.channel for one in recipient.attempts if one.acknowledged_at is not None}
    tried = dict.fromkeys(one.channel for one in recipient.attempts)
    return tuple(channel for channel in tried if channel not in heard)
