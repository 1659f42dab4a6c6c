"""An incident with one notice sent, and what comes back to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from coalition.domain.incident.commands import AnswerNotice, IssueNotice
from coalition.domain.incident.words import Stage
from coalition.domain.labels import Tlp
from coalition.domain.receipts import Receipt
from tests.domain.cast import NOW, Story, opened, partner

HOUR = timedelta(hours=1)
NOTICE: dict[str, Any] = {"kind": "alert", "to": ("lv", "lt"), "text": "DDoS on two banks"}
AID: dict[str, Any] = {
    "kind": "mutual_aid_request",
    "to": ("lv",),
    "text": "We need scrubbing",
    "answers": ("acknowledge", "accept", "decline", "need_info"),
}


def told(**fields: Any) -> Story:
    """A TLP:GREEN incident: Latvia by webhook then mail, Lithuania by mail then webhook."""
    story = opened(tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", **{**NOTICE, **fields})
    return story


def receipt(member: str, stage: Stage, attempt: int = 1, **fields: Any) -> Receipt:
    given = {"notice": 1, "member": member, "attempt": attempt, "channel": 0, "stage": stage}
    return Receipt.model_validate({**given, "at": NOW, **fields})


def answer(story: Story, who: str, word: str, via: str = "link", **fields: Any) -> list[Any]:
    about = {"notice": 1, "member": who, "answer": word, **fields}
    return list(story.tell(AnswerNotice, partner(who, via), **about))
