"""A communications check: everybody, every channel, each answered by itself, ended by its timer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident.check_messages import (
    CheckComms,
    CheckEnded,
    CheckStarted,
    KeyFinding,
    RecordKeys,
)
from coalition.domain.incident.checking import CHECK
from coalition.domain.incident.events import NoticeIssued
from coalition.domain.incident.timers import timers
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt
from coalition.rendering.comms import findings
from coalition.rendering.report import report
from coalition.rendering.timeline import timeline
from tests.domain.cast import COALITION, Story, partner

if TYPE_CHECKING:
    from coalition.rendering.comms import Findings

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KEY = KeyFinding(whose="lv", fingerprint="A" * 40, what="expires 2027-01-03")


def started(**given: Any) -> Story:
    story = Story()
    story.tell(CheckComms, "ee-op", within=4 * HOUR, **given)
    return story


def found(story: Story) -> Findings:
    result = findings(story.now, COALITION)
    assert result is not None
    return result


def test_it_goes_to_every_member_by_every_channel_at_once_without_content() -> None:
    story = started()
    begun, issued = (record.event() for record in story.records)
    assert isinstance(begun, CheckStarted)
    assert isinstance(issued, NoticeIssued)
    assert (issued.kind, issued.tlp, issued.every_channel) == ("comms_check", Tlp.CLEAR, True)
    told = {one.member: one.channels for one in issued.recipients}
    assert told == {
        "ee": (0,), "lv": (0, 1), "lt": (0, 1), "pl": (0, 1), "mt": (0,), "no": (0,), "ie": (),
    }  # fmt: skip
    attempts = story.now.notices["1"].recipients["lv"].attempts
    assert [(one.attempt, one.channel) for one in attempts] == [(1, 0), (2, 1)]
    assert story.now.status == "check"
    assert story.now.roomless


def test_each_channel_is_acknowledged_by_itself_and_only_once() -> None:
    story = started()
    story.wait(2 * MINUTE).tell(c.AnswerNotice, partner("lv"), notice=1, member="lv",
                            answer="acknowledge", attempt=2)  # fmt: skip
    again = {"notice": 1, "member": "lv", "answer": "acknowledge", "attempt": 2}
    assert story.tell(c.AnswerNotice, partner("lv"), **again) == []
    story.wait(MINUTE).tell(c.AnswerNotice, partner("lv"), **(again | {"attempt": 1}))
    webhook, mail = next(one for one in found(story).members if one.member == "lv").ways
    assert (webhook.took, mail.took) == (timedelta(minutes=3), timedelta(minutes=2))
    assert mail.said == "acknowledged after 2m"


@pytest.mark.parametrize(("via", "attempt"), [("webhook", 1), ("mail", 2), ("link", None)])
def test_where_the_answer_does_not_say_its_way_in_tells_which_channel(
    via: str, attempt: int | None
) -> None:
    story = started()
    story.tell(c.AnswerNotice, partner("lv", via), notice=1, member="lv", answer="acknowledge")
    heard = [one.attempt for one in story.now.notices["1"].recipients["lv"].attempts
             if one.acknowledged_at]  # fmt: skip
    assert heard == ([attempt] if attempt else [])


def test_when_its_time_is_over_it_ends_with_what_was_not_heard() -> None:
    story = started(members=("lv", "mt"))
    story.tell(c.AnswerNotice, partner("lv"), notice=1, member="lv", answer="acknowledge",
               attempt=1)  # fmt: skip
    assert timers(story.now) == {CHECK: story.at + 4 * HOUR}
    assert story.tell(c.PassDeadline, SYSTEM, timer=CHECK) == []
    (ended,) = story.wait(4 * HOUR).tell(c.PassDeadline, SYSTEM, timer=CHECK)
    assert ended == CheckEnded(unreached={"lv": (1,), "mt": (0,)})
    assert story.now.status == "closed"
    assert timers(story.now) == {}
    assert found(story).summary == (
        "1 of 3 channels of 2 members answered; not reached at all: CERT-MT (+372 555 0100)."
    )


def test_nobody_is_reminded_phoned_or_tried_again_because_a_channel_is_silent() -> None:
    story = started(members=("lv",))
    lost = Receipt(notice=1, member="lv", attempt=1, channel=0, stage="failed", at=story.at)
    assert len(story.tell(c.RecordReceipts, SYSTEM, receipts=(lost,))) == 1
    story.wait(4 * HOUR).tell(c.PassDeadline, SYSTEM, timer=CHECK)
    assert story.now.alarms == {}
    assert story.now.tasks == {}
    line = found(story).members[0].line
    assert line == "CERT-LV: webhook NOT HEARD (failed); email NOT HEARD (queued)."


def test_a_member_without_a_channel_is_named_as_not_reached() -> None:
    story = started(members=("lv", "ie"))
    ireland = found(story).members[1]
    assert ireland.unreachable
    assert ireland.line == "CERT-IE: NO CHANNEL."


def test_keys_that_need_somebody_are_recorded_once_and_shown() -> None:
    story = started()
    assert len(story.tell(RecordKeys, SYSTEM, keys=(KEY,))) == 1
    assert story.tell(RecordKeys, SYSTEM, keys=(KEY,)) == []
    assert found(story).keys == (f"Key {'A' * 40} of lv: expires 2027-01-03",)


def test_it_can_be_started_by_the_schedule_in_the_name_of_the_first_member() -> None:
    story = Story()
    story.tell(CheckComms, SYSTEM)
    assert story.now.member == "ee"
    assert story.now.lead is None


def test_who_may_not_start_it_is_told_why() -> None:
    with pytest.raises(NotAllowed):
        Story().tell(CheckComms, "ee-vo")
    with pytest.raises(NotAllowed):
        Story().tell(CheckComms, partner("lv"))
    with pytest.raises(UserError, match="at most 14 days"):
        Story().tell(CheckComms, "ee-op", within=timedelta(days=15))
    with pytest.raises(UserError, match="exists already"):
        started().tell(CheckComms, "ee-op")


def test_it_is_no_incident_and_cannot_be_made_one() -> None:
    story = started()
    for command, fields in (
        (c.OpenIncident, {"title": "x", "severity": "S1", "tlp": Tlp.CLEAR}),
        (c.ChangeStatus, {"status": "open"}),
        (c.AddMembers, {"affected": ("lv",)}),
    ):
        with pytest.raises(UserError):
            story.tell(command, "ee-op", **fields)


def test_the_timeline_tells_it_in_sentences() -> None:
    story = started(members=("lv",))
    story.tell(RecordKeys, SYSTEM, keys=(KEY,))
    story.wait(4 * HOUR).tell(c.PassDeadline, SYSTEM, timer=CHECK)
    said = [line.text for line in timeline(story.records, COALITION)]
    assert said[0] == "started a communications check of CERT-EE, CERT-LV"
    assert "lv: expires 2027-01-03" in said[2]
    assert said[-1] == "ended the communications check; not heard on every channel: CERT-LV"


def test_the_report_says_who_was_reached_by_what_and_how_fast() -> None:
    story = started(members=("lv", "ie"))
    story.tell(RecordKeys, SYSTEM, keys=(KEY,))
    story.wait(2 * MINUTE).tell(c.AnswerNotice, partner("lv"), notice=1, member="lv",
                                answer="acknowledge", attempt=1)  # fmt: skip
    text = report(story.now, story.records, COALITION).text
    assert "1 of 2 channels of 2 members answered so far" in text
    assert "| CERT-LV | webhook acknowledged after 2m; email nothing heard yet (queued) |" in text
    assert "| CERT-IE | no channel |" in text
    assert "expires 2027-01-03" in text
