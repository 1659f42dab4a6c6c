"""A receipt: one rung of the ladder, for one recipient, on one channel attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from coalition.domain.incident.words import Stage
from coalition.domain.messages import Message, Utc

if TYPE_CHECKING:
    from collections.abc import Mapping

BOUNCE: Final = "bounce"
"""Evidence of a failure that was reported after the delivery: a mail that came back."""

LONGEST: Final = 200
BESIDES: Final = frozenset({"at", "way", "user_agent", "error_class"})
"""Kept in the log, and said elsewhere or to nobody."""


def evidence_line(evidence: Mapping[str, Any]) -> str:
    """What the other side said, in one line that fits a table: `status 202, host cert.example`."""
    said = [
        name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {value}"
        for name, value in sorted(evidence.items())  # as the log has them
        if name not in BESIDES and value not in (None, "", False)
    ]
    line = " ".join(", ".join(said).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


class Receipt(Message):
    """What is known of one sending. `evidence` is what the other side said (SMTP reply, status)."""

    notice: int  # number of the notice within its incident
    member: str
    attempt: int  # 1, 2, 3 …: reminders and channel changes count up
    channel: int  # index into the member's channels
    stage: Stage
    at: Utc
    evidence: dict[str, Any] = Field(default_factory=dict)
    effect: str = ""  # id of the effect that made it
