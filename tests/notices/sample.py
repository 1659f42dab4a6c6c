"""A recorded notice and what one recipient gets of it, without any application around."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.incident.events import NoticeIssued, Recipient
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.rendering.notices.build import Draft, Hub
from tests.notices.stage import INCIDENT, TEXT, coalition, member

if TYPE_CHECKING:
    from coalition.rendering.notices.model import OutwardNotice

ISSUED = datetime(2026, 1, 21, 3, 12, tzinfo=UTC)
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
    }
    return NoticeIssued(**(known | changes))


def outward(*, attempt: int = 1, exercise: bool = False, **changes: Any) -> OutwardNotice:
    """What CERT-LV gets."""
    group = EXERCISE if exercise else COALITION
    issued = event(exercise=exercise, **changes)
    hub = Hub("https://tocsin.example", "hub@tocsin.example")
    return Draft.of(INCIDENT, issued, ISSUED, group, hub).for_recipient(
        group.member("lv"),
        tlp=issued.tlp,
        attempt=attempt,
        ack_by=issued.ack_by,
        answer_url=LINK,
    )
