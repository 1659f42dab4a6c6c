"""The closed vocabularies of an incident."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """S0 routine … S4 societal emergency; compared by `rank`."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def rank(self) -> int:
        """0 … 4."""
        return int(self.value[1])


Status = Literal["warning", "check", "open", "contained", "monitoring", "closed", "merged"]
ROOMLESS: frozenset[Status] = frozenset({"warning", "check"})
"""An early warning and a communications check: no room, and nothing to assess."""

IncidentKind = Literal[
    "ddos", "ransomware", "intrusion", "malware", "phishing", "leak", "vulnerability", "other"
]
NoticeKind = Literal[
    "alert",
    "early_warning",
    "mutual_aid_request",
    "sighting",
    "sitrep",
    "correction",
    "withdrawal",
    "comms_check",
]
Answer = Literal["acknowledge", "accept", "decline", "need_info", "offer", "affected"]
USUAL: tuple[Answer, ...] = ("acknowledge", "need_info", "offer", "affected")
"""What may be answered to a notice that asks for no decision."""
DECISIONS: frozenset[Answer] = frozenset({"accept", "decline", "offer"})
"""Answers that settle what was asked: the first stands. The others may be followed by one."""
Stage = Literal[
    "queued",
    "sent",
    "delivered",
    "received",
    "acknowledged",
    "answered",
    "failed",
    "in_doubt",
    "expired",
    "superseded",
]
RUNGS: dict[Stage, int] = {
    "queued": 0,
    "superseded": 1,
    "sent": 2,
    "in_doubt": 3,
    "failed": 4,
    "delivered": 5,
    "received": 6,
}
"""The rungs one sending climbs, lowest first; it never comes down again. A failure may turn out
to have been a delivery (a late reply), a delivery never turns into a failure; what was superseded
while it left has left all the same. The rest of the
ladder (`acknowledged`, `answered`) belongs to the recipient, not to a sending."""
RoomStep = Literal["create", "topic", "invite", "headline", "pin", "bookmark", "announce"]
ROOM_STEPS: tuple[RoomStep, ...] = (
    "create",
    "topic",
    "invite",
    "headline",
    "pin",
    "bookmark",
    "announce",
)
