"""Which ways lead to one recipient: with the content, with a nudge, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.gate import ToChannel, explain, member_ceiling
from coalition.domain.hours import deadline
from coalition.domain.incident.events import Recipient
from coalition.domain.labels import Tlp

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from coalition.domain.members import Coalition, Member

NUDGES = ("webhook", "email", "mattermost", "slack", "phone")
"""Kinds of channel that somebody reads soon; an empty event in a MISP helps nobody."""


def recipient_of(
    member: Member, tlp: Tlp, severity: str, at: datetime, within: timedelta, coalition: Coalition
) -> Recipient:
    """The channels that may carry the notice, then those that may only say that it waits.

    Nobody is nudged about what they may not see anyhow.
    """
    reasons = {
        index: explain(tlp=tlp, audience=ToChannel(member.id, index), coalition=coalition)
        for index in range(len(member.channels))
    }
    full = tuple(index for index, reason in reasons.items() if reason is None)
    nudged = tuple(
        index for index in reasons if index not in full and may_nudge(member, index, tlp, coalition)
    )
    why = " ".join(dict.fromkeys(reason for reason in reasons.values() if reason))
    return Recipient(
        member=member.id,
        channels=full + nudged,
        nudged=nudged,
        refused="" if full else why or "It has no channel in the coalition file.",
        ack_by=deadline(member, severity, at, within) if member.hours else None,
    )


def may_nudge(member: Member, index: int, tlp: Tlp, coalition: Coalition) -> bool:
    """Whether this channel may say that a notice of this label waits."""
    ceiling = member_ceiling(member)
    if ceiling is None or tlp > ceiling or member.channels[index].kind not in NUDGES:
        return False
    to = ToChannel(member.id, index)
    return explain(tlp=Tlp.CLEAR, audience=to, coalition=coalition) is None
