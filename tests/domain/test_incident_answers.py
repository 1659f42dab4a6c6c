from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.incident.commands import AnswerNotice, EscalateRecipients, IssueNotice
from coalition.domain.incident.events import AlarmCleared, NoteAdded, NoticeAnswered
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from tests.domain.cast import opened, partner
from tests.domain.notices_sent import AID, answer, told


def test_the_first_answer_stands() -> None:
    story = told(answers=("acknowledge", "accept", "decline"))
    answer(story, "lv", "acknowledge")
    assert story.now.notices["1"].recipients["lv"].stage == "acknowledged"
    assert answer(story, "lv", "acknowledge") == []
    answer(story, "lv", "accept", note=" two analysts ", by="Juris")
    recipient = story.now.notices["1"].recipients["lv"]
    assert (recipient.stage, recipient.answer, recipient.note) == (
        "answered",
        "accept",
        "two analysts",
    )
    assert recipient.answered_by == "Juris"
    for word in ("accept", "decline", "acknowledge"):
        assert answer(story, "lv", word) == []


def test_an_answer_clears_the_alarm_of_a_silent_recipient() -> None:
    story = told(to=("lv",), answers=("acknowledge", "need_info"))
    story.tell(EscalateRecipients, "ee-op", notice=1)
    story.tell(EscalateRecipients, "ee-op", notice=1)
    assert list(story.now.alarms) == ["silent:1:lv"]
    events = answer(story, "lv", "need_info")
    assert events[1] == AlarmCleared(subject="silent:1:lv")
    assert story.now.alarms == {}


def test_aid_accepted_by_a_mere_link_counts_as_acknowledged_until_confirmed() -> None:
    story = opened(tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", **AID)
    accepted, note = answer(story, "lv", "accept")
    assert not accepted.verified
    assert isinstance(note, NoteAdded)
    assert "does not prove who did. Confirm it before relying on it: +372 555 0100" in note.text
    recipient = story.now.notices["1"].recipients["lv"]
    assert (recipient.stage, recipient.answer, recipient.unconfirmed) == (
        "acknowledged",
        "accept",
        True,
    )
    assert answer(story, "lv", "decline") == []  # another click proves no more
    (confirmed,) = answer(story, "lv", "accept", via="webhook")
    assert isinstance(confirmed, NoticeAnswered)
    assert confirmed.verified
    assert story.now.notices["1"].recipients["lv"].stage == "answered"
    assert answer(story, "lv", "decline", via="webhook") == []


def test_a_delegate_in_slack_accepts_aid_with_proof() -> None:
    story = opened(tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", **AID)
    (event,) = story.tell(AnswerNotice, "lv-op", notice=1, member="lv", answer="accept")
    assert isinstance(event, NoticeAnswered)
    assert (event.verified, event.by) == (True, "lv-op")


@pytest.mark.parametrize(
    ("actor", "member", "says"),
    [
        (partner("lt"), "lv", "partner:lt does not answer for CERT-LV"),
        (SYSTEM, "lv", "system does not answer for CERT-LV"),
        (partner("pl"), "pl", "CERT-PL was not sent notice 1"),
        (partner("ie"), "ie", "CERT-IE was not sent notice 1"),
        (partner("hu"), "hu", "CERT-HU is suspended"),
        ("lt-op", "lv", "lt-op does not answer for CERT-LV"),
        ("lv-vo", "lv", "needs the role operator"),
    ],
)
def test_only_the_member_that_was_asked_answers(actor: Any, member: str, says: str) -> None:
    story = told(to=("lv", "lt", "ie"))
    with pytest.raises(NotAllowed, match=says):
        story.tell(AnswerNotice, actor, notice=1, member=member, answer="acknowledge")


def test_an_answer_that_was_not_offered_is_refused_with_those_that_were() -> None:
    with pytest.raises(UserError, match="Answer one of: acknowledge, need_info"):
        answer(told(), "lv", "accept")
    with pytest.raises(NotFound, match=r"has no notice 1\. Known: none yet"):
        answer(opened(), "lv", "accept")
