"""What a communications check has found so far, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.calling import still_known
from coalition.domain.incident.check_messages import CheckEnded

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.state import Attempt, Incident, RecipientState
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event

TITLE = "Communications check"
CHECK = "check"
"""Name of the timer that ends it."""

DELIVERY_COUNTS = frozenset({"misp", "taxii", "phone"})
"""Kinds of channel by which nobody answers."""


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


def end(state: Incident, coalition: Coalition) -> list[Event]:
    """CheckEnded, with the channels (indices) of each member on which nothing was heard."""
    found = {
        name: unreached(recipient, still_known(name, coalition))
        for notice in state.notices.values()
        for name, recipient in notice.recipients.items()
    }
    return [CheckEnded(unreached={name: missing for name, missing in found.items() if missing})]


def unreached(recipient: RecipientState, member: Member | None) -> tuple[int, ...]:
    """The channels that were tried and on which nothing was heard."""
    found = {one.channel: heard_at(one, member) for one in recipient.attempts}
    return tuple(channel for channel, at in found.items() if at is None)


def heard_at(attempt: Attempt, member: Member | None) -> datetime | None:
    """When the partner was heard on this sending; None: not yet.

    A machine (MISP, TAXII) answers nothing, and who phones has spoken to somebody: there the
    delivery is all that can be known.
    """
    channels = member.channels if member else ()
    kind = channels[attempt.channel].kind if attempt.channel < len(channels) else ""
    return attempt.delivered_at if kind in DELIVERY_COUNTS else attempt.acknowledged_at
