"""How a notice takes the place of an earlier one, and how one goes by every channel at once."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.application.policies import react
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.apply import apply
from coalition.domain.incident.commands import (
    EscalateRecipients,
    IssueNotice,
    PassDeadline,
    RecordReceipts,
    RemindRecipients,
)
from coalition.domain.incident.events import AlarmCleared, NoticeIssued, Thread
from coalition.domain.incident.superseding import standing
from coalition.domain.incident.timers import timers
from coalition.domain.messages import SYSTEM, Record
from tests.domain.cast import NOW, Story
from tests.domain.notices_sent import HOUR, answer, receipt, told


def corrected(story: Story, **fields: Any) -> NoticeIssued:
    """The newest notice corrects the first; what its event says."""
    about = {"kind": "correction", "to": ("lv", "lt"), "text": "Only one bank.", "supersedes": 1}
    *_, issued = story.tell(IssueNotice, "ee-op", **{**about, **fields})
    assert isinstance(issued, NoticeIssued)
    return issued


def test_the_pending_sendings_of_a_superseded_notice_are_superseded_and_nobody_is_chased() -> None:
    story = told()
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"),))
    corrected(story.wait(HOUR / 4))
    earlier = story.now.notices["1"]
    assert earlier.superseded_by == 2
    assert [one.attempts[0].stage for one in earlier.recipients.values()] == [
        "delivered", "superseded",
    ]  # fmt: skip
    assert {one.stage for one in earlier.recipients.values()} == {"superseded"}
    assert "notice:1" not in timers(story.now)
    assert "notice:2" in timers(story.now)
    for command in (RemindRecipients, EscalateRecipients):
        assert story.tell(command, SYSTEM, notice=1) == []
    assert story.tell(PassDeadline, timer="notice:1") == []


def test_who_had_answered_the_superseded_notice_keeps_that_answer() -> None:
    story = told()
    answer(story, "lv", "acknowledge")
    corrected(story)
    stages = {name: one.stage for name, one in story.now.notices["1"].recipients.items()}
    assert stages == {"lv": "acknowledged", "lt": "superseded"}


def test_a_sending_that_left_while_it_was_superseded_is_recorded_as_what_became_of_it() -> None:
    story = told()
    corrected(story)
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"), receipt("lt", "failed")))
    recipients = story.now.notices["1"].recipients
    assert recipients["lv"].attempts[0].stage == "delivered"
    assert [one.stage for one in recipients["lt"].attempts] == ["failed"]  # no next channel
    assert recipients["lt"].stage == "superseded"


def test_whoever_was_sent_the_earlier_notice_is_sent_the_new_one_too() -> None:
    issued = corrected(told(to=("lv", "lt", "pl")), to=("lv",))
    assert [one.member for one in issued.recipients] == ["lv", "lt", "pl"]


def test_nobody_needs_to_be_named_again() -> None:
    issued = corrected(told(), to=())
    assert [one.member for one in issued.recipients] == ["lv", "lt"]


def test_the_alarms_about_a_superseded_notice_end() -> None:
    story = told(to=("lv",))
    for _ in range(2):
        story.wait(2 * HOUR).tell(PassDeadline, timer="notice:1")
    assert "silent:1:lv" in story.now.alarms
    assert [task.done_at for task in story.now.tasks.values()] == [None]  # somebody is to phone
    events = story.tell(
        IssueNotice, "ee-op", kind="withdrawal", to=(), text="All of it was wrong.", supersedes=1
    )
    assert AlarmCleared(subject="silent:1:lv") in events
    assert story.now.alarms == {}
    assert all(task.done_at for task in story.now.tasks.values())


def test_an_answer_to_a_superseded_notice_is_refused_and_leads_to_the_one_that_stands() -> None:
    story = told()
    corrected(story)
    with pytest.raises(UserError, match="superseded by notice 2"):
        answer(story, "lv", "acknowledge")
    assert answer(story, "lv", "acknowledge", notice=2)


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_a_correction_or_withdrawal_says_of_what(kind: str) -> None:
    with pytest.raises(UserError, match="standing now: 1") as caught:
        told().tell(IssueNotice, "ee-op", kind=kind, to=("lv",), text="Wrong.")
    assert caught.value.field == "supersedes"


def test_only_what_stands_can_be_superseded() -> None:
    story = told()
    corrected(story)
    with pytest.raises(UserError, match="Supersede notice 2 instead"):
        corrected(story)
    with pytest.raises(NotFound, match="no notice 9"):
        corrected(story, supersedes=9)


def test_a_chain_counts_its_updates_and_knows_where_it_began() -> None:
    story = told()
    first = corrected(story.wait(HOUR))
    second = corrected(story.wait(HOUR), supersedes=2, kind="alert")
    assert (first.update, second.update) == (1, 2)
    assert first.thread == Thread(first=1, since=NOW, told_since=NOW, earlier=2)
    assert second.thread == first.thread.model_copy(update={"earlier": 3})
    assert standing(story.now, story.now.notices["1"]).notice == 3


def test_a_notice_by_every_channel_attempts_them_all_at_once_and_is_never_escalated() -> None:
    story = told(kind="comms_check", every_channel=True)
    attempts = story.now.notices["1"].recipients["lv"].attempts
    assert [(one.attempt, one.channel, one.stage) for one in attempts] == [
        (1, 0, "queued"), (2, 1, "queued"),
    ]  # fmt: skip
    assert "notice:1" not in timers(story.now)
    story.tell(RecordReceipts, receipts=(receipt("lv", "failed", attempt=2, channel=1),))
    assert len(story.now.notices["1"].recipients["lv"].attempts) == 2
    assert story.now.alarms == {}
    assert story.tell(EscalateRecipients, SYSTEM, notice=1) == []
    sent = [
        (one.payload["member"], one.payload["attempt"], one.payload["channel"])
        for one in react(story.records[-2], None)  # type: ignore[arg-type]  # it looks at nothing
        if one.kind == "notice.send"
    ]
    assert sent == [("lv", 1, 0), ("lv", 2, 1), ("lt", 1, 0), ("lt", 2, 1)]


def test_a_recorded_notice_from_before_all_this_still_loads_and_folds() -> None:
    story = told()
    record = story.records[-1]
    new = {"details", "supersedes", "update", "thread", "every_channel", "sources", "aid"}
    old = {key: value for key, value in record.data.items() if key not in new}
    assert len(old) < len(record.data)
    loaded = Record.model_validate({**record.model_dump(), "data": old}).event()
    assert isinstance(loaded, NoticeIssued)
    assert loaded.details.rsit == "unknown"
    state = apply(story.now, record.model_copy(update={"data": old}), loaded)
    assert state.notices["1"].superseded_by is None


def test_an_opened_incidents_notice_says_that_the_case_is_open() -> None:
    (issued,) = told().records[-1:]
    assert issued.data["details"]["status"] == "open"
