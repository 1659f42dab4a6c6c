"""A state on the board: always a word and a shape, and only besides them a colour."""

from __future__ import annotations

from typing import Literal, NamedTuple

from coalition.domain.incident.words import Answer, Severity, Stage, Status
from coalition.domain.severity import EQUIVALENTS

Tone = Literal["calm", "wait", "good", "warn", "bad"]
Shape = Literal[
    "alarm",
    "arrow",
    "check",
    "circle",
    "clock",
    "cross",
    "dash",
    "diamond",
    "double-check",
    "half",
    "question",
    "ring",
    "square",
    "triangle",
]


class Mark(NamedTuple):
    """`word` says it all; `shape` names a drawing of shapes.html, `tone` a colour."""

    word: str
    shape: Shape
    tone: Tone


STAGES: dict[Stage, Mark] = {
    "queued": Mark("Queued", "ring", "wait"),
    "sent": Mark("Sent", "arrow", "wait"),
    "delivered": Mark("Delivered", "half", "wait"),
    "received": Mark("Received", "circle", "wait"),
    "acknowledged": Mark("Acknowledged", "check", "good"),
    "answered": Mark("Answered", "double-check", "good"),
    "failed": Mark("Failed", "cross", "bad"),
    "in_doubt": Mark("In doubt", "question", "warn"),
    "expired": Mark("Expired", "clock", "warn"),
    "superseded": Mark("Superseded", "dash", "calm"),
}

ANSWERS: dict[Answer, Mark] = {
    "acknowledge": STAGES["acknowledged"],
    "accept": Mark("Accepts", "double-check", "good"),
    "decline": Mark("Declines", "square", "warn"),
    "need_info": Mark("Needs information", "question", "warn"),
    "offer": Mark("Offers help", "double-check", "good"),
    "affected": Mark("Affected", "triangle", "bad"),
}

NOT_SENT = Mark("Not sent", "dash", "bad")
NO_ANSWER = Mark("No answer", "alarm", "bad")

_LEVELS: tuple[tuple[Severity, Shape, Tone], ...] = (
    (Severity.S0, "ring", "calm"),
    (Severity.S1, "circle", "calm"),
    (Severity.S2, "diamond", "warn"),
    (Severity.S3, "triangle", "warn"),
    (Severity.S4, "alarm", "bad"),
)
SEVERITIES: dict[Severity, Mark] = {
    level: Mark(f"{level} {EQUIVALENTS[level].meaning}", shape, tone)
    for level, shape, tone in _LEVELS
}
NOT_ASSESSED = Mark("Severity not assessed", "question", "calm")

STATUSES: dict[Status, Mark] = {
    "warning": Mark("Early warning", "triangle", "warn"),
    "check": Mark("Communications check", "clock", "wait"),
    "open": Mark("Open", "circle", "bad"),
    "contained": Mark("Contained", "half", "warn"),
    "monitoring": Mark("Monitoring", "clock", "wait"),
    "closed": Mark("Closed", "check", "good"),
    "merged": Mark("Merged", "arrow", "calm"),
}

CHECKS: dict[str, Mark] = {
    "todo": Mark("Not yet tried", "ring", "wait"),
    "done": Mark("Done", "check", "good"),
    "degraded": Mark("Left out", "dash", "warn"),
    "failed": Mark("Failed", "cross", "bad"),
}
