"""A recorded notice and what one recipient gets of it, without any application around."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.incident.events import NoticeIssued, Recipient
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails
from coalition.rendering.notices.build import Draft, Hub
from tests.notices.stage import INCIDENT, TEXT, coalition, member

if TYPE_CHECKING:
    from coalition.rendering.notices.model import OutwardNotice

ISSUED = datetime(2026, 1, 21, 3, 12, tzinfo=UTC)
DETAILS = NoticeDetails.model_validate(
    {
        "extra_restrictions": ["Not to be shared with suppliers."],
        "pap": "PAP:GREEN",
        "why": "Your banks use the same provider.",
        "done_by": ISSUED + timedelta(hours=6),
        "rsit": "availability:ddos",
        "determination": "confirmed",
        "status": "open",
        "confidence": "high",
        "malicious": "yes",
        "started": ISSUED - timedelta(hours=2),
        "detected": ISSUED - timedelta(minutes=40),
        "impact": "Two internet banks cannot be reached.",
        "sectors": ["banking"],
        "countries": ["EE"],
        "counts": {"internet banks": 2},
        "indicators": [
            {
                "value": "198.51.100.0/24",
                "role": "source",
                "first_seen": ISSUED - timedelta(hours=2),
                "last_seen": ISSUED,
                "confidence": "high",
                "to_ids": True,
            },
            {"value": "https://panel.example/login.php", "role": "c2", "confidence": "low"},
        ],
        "mitigations": ["The provider drops traffic from outside Europe."],
        "permitted_actions": ["Block the sources at your border."],
        "contact": "the shift lead",
    }
)
LINK = "https://tocsin.example/n/WyJJTkMtMjAyNi0wMDA3IiwxLCJsdiIsMTc2OTAwMDAwMF0.abc"
COALITION = coalition(member("lv", dependencies=["viasat-ka-sat"]))
EXERCISE = coalition(member("lv"), exercise=True)


def event(**changes: Any) -> NoticeIssued:
    known: dict[str, Any] = {
        "notice": 1,
        "kind": "alert",
        "text": TEXT,
        "ask": "Block the listed sources at your border and tell us the volume.",
        "answers": ("acknowledge", "accept", "decline", "need_info"),
        "tlp": Tlp.GREEN,
        "severity": Severity.S2,
        "title": "DDoS on two banks",
        "member": "ee",
        "exercise": False,
        "ack_within": timedelta(hours=1),
        "ack_by": ISSUED + timedelta(hours=1),
        "recipients": (Recipient(member="lv", channels=(0,)),),
        "source": None,
        "details": NO_DETAILS,
    }
    return NoticeIssued(**(known | changes))


def outward(
    *,
    attempt: int = 1,
    exercise: bool = False,
    languages: tuple[str, ...] = ("en",),
    earlier: NoticeIssued | None = None,
    **changes: Any,
) -> OutwardNotice:
    """What CERT-LV gets."""
    group = EXERCISE if exercise else COALITION
    at = changes.pop("at", ISSUED)
    issued = event(exercise=exercise, **changes)
    hub = Hub("https://tocsin.example", "hub@tocsin.example")
    draft = Draft.of(INCIDENT, issued, at, group, hub, earlier)
    return draft.for_recipient(
        group.member("lv").model_copy(update={"languages": languages}),
        tlp=issued.tlp,
        attempt=attempt,
        ack_by=issued.ack_by,
        answer_url=LINK,
    )
