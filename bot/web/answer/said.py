"""What has been answered so far, in sentences for whoever opens the page after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.board.text import visible
from coalition.rendering.notices.build import moment
from coalition.rendering.notices.wording import ANSWERS

if TYPE_CHECKING:
    from bot.web.answer.case import Case


def proof(case: Case) -> str:
    """What makes an acceptance count."""
    return (
        "A link proves nobody's identity. To make it count, send the same answer signed to "
        f"/api/v1/inbox/{case.member.id} of the hub, or let one of your delegates give it in Slack."
    )


def said(case: Case) -> list[str]:
    """The first answer, who gave it and when, and one that followed; nothing where none was given.

    Times stand in UTC and in the partner's own zone.
    """
    recipient, zone = case.recipient, case.member.timezone
    if recipient.acknowledged_at is None:
        return []
    acknowledged = moment(recipient.acknowledged_at, zone).spoken
    if recipient.answer is None or recipient.answered_at is None:
        return [_sentence(case, "acknowledge", acknowledged)]
    lines = []
    if recipient.answered_at != recipient.acknowledged_at:
        lines.append(f"Acknowledged on {acknowledged}.")
    lines.append(_sentence(case, recipient.answer, moment(recipient.answered_at, zone).spoken))
    if recipient.unconfirmed:
        lines.append(f"Recorded as NOT VERIFIED: it counts as an acknowledgement. {proof(case)}")
    return lines


def _sentence(case: Case, answer: str, when: str) -> str:
    recipient = case.recipient
    is_named = recipient.answered_by and not recipient.answered_by.startswith("partner:")
    who = recipient.answered_by if is_named else f"{case.member.name} (no name given)"
    meaning = next(text for known, text in ANSWERS.items() if known == answer)
    note = f" Note: {recipient.note}" if recipient.note else ""
    return visible(f"Answered by {who} on {when}: “{meaning}”{note}")
