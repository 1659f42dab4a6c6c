"""A receipt: one rung of the ladder, for one recipient, on one channel attempt."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from coalition.domain.incident.words import Stage
from coalition.domain.messages import Message, Utc


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
