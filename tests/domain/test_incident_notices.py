from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.errors import GateRefusal, UserError
from coalition.domain.incident.commands import (
    ChangeSeverity,
    CloseIncident,
    EscalateRecipients,
    IssueNotice,
    PassDeadline,
    RecordReceipts,
    RemindRecipients,
    ReopenIncident,
)
from coalition.domain.incident.events import (
    AlarmRaised,
    ChannelEscalated,
    NoticeIssued,
    NoticeReminded,
    ReceiptsRecorded,
    TaskAdded,
)
from coalition.domain.incident.timers import timers
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from coalition.domain.world import World
from tests.domain.cast import NOW, coalition, opened
from tests.domain.notices_sent import HOUR, NOTICE, answer, receipt, told


def test_a_notice_goes_by_the_channels_that_the_gate_allows_in_their_order() -> None:
    story = told()
    recipients = story.now.notices["1"].recipients
    assert recipients["lv"].recipient.channels == (0, 1)
    assert [one.channel for one in recipients["lt"].attempts] == [0]
    strict = opened()
    strict.tell(IssueNotice, "ee-op", **NOTICE)
    lv, lt = (strict.now.notices["1"].recipients[one].recipient for one in ("lv", "lt"))
    # Plain mail may only say that the notice waits, and it is the last that is tried.
    assert (lv.channels, lv.nudged) == ((0, 1), (1,))
    assert (lt.channels, lt.nudged) == ((1, 0), (0,))


def test_a_notice_is_labelled_like_its_incident_or_stricter() -> None:
    story = opened()
    with pytest.raises(UserError, match="a notice from it cannot be TLP:GREEN"):
        story.tell(IssueNotice, "ee-op", **NOTICE, tlp=Tlp.GREEN)
    with pytest.raises(GateRefusal, match="TLP:RED may go to none of them"):
        story.tell(IssueNotice, "ee-op", **NOTICE, tlp=Tlp.RED)
    assert story.now.notices == {}
    story.tell(IssueNotice, "ee-op", **NOTICE)
    assert story.now.notices["1"].tlp is Tlp.AMBER


def test_the_sender_is_not_sent_its_own_notice() -> None:
    story = opened()
    (event,) = story.tell(IssueNotice, "lv-op", kind="sighting", to=("ee", "lv"), text="Here too")
    assert isinstance(event, NoticeIssued)
    assert (event.member, [one.member for one in event.recipients]) == ("lv", ["ee"])


def test_the_deadline_is_the_charters_for_the_severity_unless_said() -> None:
    assert timers(told().now) == {"notice:1": NOW + HOUR}
    soon = told(ack_within=timedelta(minutes=7))
    assert timers(soon.now) == {"notice:1": NOW + timedelta(minutes=7)}
    story = opened()
    story.tell(ChangeSeverity, "ee-op", severity=Severity.S4)
    story.tell(IssueNotice, "ee-op", **NOTICE)
    assert timers(story.now) == {"notice:1": NOW + timedelta(minutes=5)}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "The text is empty"),
        ({"answers": ()}, "at least one answer"),
        ({"to": ("lx",)}, "No member is called 'lx'"),
        ({"ack_within": timedelta(0)}, "longer than nothing"),
        ({"ack_within": timedelta(days=31)}, "at most 30 days"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_what_to_do(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        opened().tell(IssueNotice, "ee-op", **{**NOTICE, **fields})


def test_silence_goes_to_the_next_channel_and_then_to_the_phone() -> None:
    story = told(to=("lv",))
    assert story.tell(PassDeadline, timer="notice:1") == []  # not due
    (event,) = story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    assert event == ChannelEscalated(
        notice=1, member="lv", attempt=2, channel=1, reason="late", ack_by=NOW + 2 * HOUR
    )
    assert story.tell(PassDeadline, timer="notice:1") == []  # that wait has a new deadline
    task, alarm = story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    assert isinstance(alarm, AlarmRaised)
    assert isinstance(task, TaskAdded)
    assert (task.text, task.assignee) == (alarm.fallback, "ee-op")
    assert alarm.subject == "silent:1:lv"
    assert "Tried: webhook (queued), email (queued)." in alarm.text
    assert alarm.fallback == (
        "Phone the duty officer of CERT-LV, +372 555 0100, and say: “This is CERT-EE. We sent you "
        "notice INC-2026-0007-n1, TLP:GREEN, on 21 Nov 03:00 UTC. Please read it and "
        "acknowledge it.” If nobody answers, ask for: LV Op, LV Both, LV Ap."
    )
    assert "DDoS" not in alarm.text + alarm.fallback  # it is said on an open line
    assert timers(story.now) == {}
    assert story.tell(PassDeadline, timer="notice:1") == []


def test_in_an_exercise_the_words_for_the_phone_say_so() -> None:
    story = opened(World(coalition(exercise=True)), tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", **{**NOTICE, "to": ("no",)})
    _, alarm = story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    assert isinstance(alarm, AlarmRaised)
    assert alarm.text.startswith("EXERCISE")
    assert "“EXERCISE, EXERCISE, EXERCISE. This is CERT-EE." in alarm.fallback


def test_timers_that_are_not_open_do_nothing() -> None:
    story = told()
    story.wait(HOUR)
    for timer in ("notice:2", "update", "notice:", "else"):
        assert story.tell(PassDeadline, timer=timer) == []


def test_a_failed_sending_goes_to_the_next_channel_at_once() -> None:
    story = told()
    events = story.tell(
        RecordReceipts, receipts=(receipt("lv", "failed"), receipt("lt", "delivered"))
    )
    assert [type(event) for event in events] == [ReceiptsRecorded, ChannelEscalated]
    assert events[1] == ChannelEscalated(
        notice=1, member="lv", attempt=2, channel=1, reason="failed", ack_by=NOW + HOUR
    )
    assert story.now.notices["1"].recipients["lt"].stage == "delivered"


def test_a_sending_in_doubt_is_never_repeated_on_its_channel() -> None:
    story = told(to=("lv",))
    (_, event) = story.tell(RecordReceipts, receipts=(receipt("lv", "in_doubt"),))
    assert isinstance(event, ChannelEscalated)
    assert (event.channel, event.reason) == (1, "in_doubt")
    (*_, alarm) = story.tell(RecordReceipts, receipts=(receipt("lv", "in_doubt", 2, channel=1),))
    assert isinstance(alarm, AlarmRaised)
    assert story.tell(RemindRecipients, SYSTEM, notice=1) == []


def test_receipts_are_recorded_once_and_only_climb() -> None:
    story = told(to=("lv",))
    story.tell(RecordReceipts, receipts=(receipt("lv", "sent"), receipt("lv", "sent")))
    assert len(getattr(story.records[-1].event(), "receipts", ())) == 1
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"),))
    for stage in ("queued", "sent", "delivered", "failed", "in_doubt"):
        assert story.tell(RecordReceipts, receipts=(receipt("lv", stage),)) == []
    story.tell(RecordReceipts, receipts=(receipt("lv", "received"),))
    assert story.now.notices["1"].recipients["lv"].stage == "received"
    assert story.now.notices["1"].recipients["lv"].attempts[0].delivered_at == NOW


def test_receipts_of_sendings_that_are_not_known_are_left_out() -> None:
    story = told(to=("lv",))
    strangers = (
        receipt("lv", "delivered", notice=2),
        receipt("lt", "delivered"),
        receipt("lv", "delivered", 2),
        receipt("lv", "delivered", 0),
        receipt("lv", "acknowledged"),
    )
    assert story.tell(RecordReceipts, receipts=strangers) == []


def test_a_failure_that_turns_out_a_delivery_is_corrected() -> None:
    story = told(to=("lv",))
    story.tell(RecordReceipts, receipts=(receipt("lv", "failed"),))
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"),))
    assert [one.stage for one in story.now.notices["1"].recipients["lv"].attempts] == [
        "delivered",
        "queued",
    ]


def test_no_channel_is_tried_after_the_answer() -> None:
    story = told(to=("lv",))
    answer(story, "lv", "acknowledge")
    assert timers(story.now) == {}
    events = story.tell(RecordReceipts, receipts=(receipt("lv", "failed"),))
    assert [type(event) for event in events] == [ReceiptsRecorded]
    assert story.wait(HOUR).tell(PassDeadline, timer="notice:1") == []


def test_a_reminder_goes_by_the_same_channel_and_moves_no_deadline() -> None:
    story = told(to=("lv",))
    assert story.tell(RemindRecipients, SYSTEM, notice=1) == []  # it has not even left
    with pytest.raises(UserError, match="nobody to remind of notice 1"):
        story.tell(RemindRecipients, "ee-op", notice=1)
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"),))
    story.wait(timedelta(minutes=20))
    assert story.tell(RemindRecipients, "ee-op", notice=1) == [
        NoticeReminded(notice=1, attempts={"lv": 2})
    ]
    recipient = story.now.notices["1"].recipients["lv"]
    assert [one.channel for one in recipient.attempts] == [0, 0]
    assert (recipient.stage, recipient.reminders) == ("delivered", 1)
    assert timers(story.now) == {"notice:1": NOW + HOUR}


def test_a_reminder_that_fails_leads_to_the_next_channel() -> None:
    story = told(to=("lv",))
    story.tell(RecordReceipts, receipts=(receipt("lv", "delivered"),))
    story.tell(RemindRecipients, "ee-op", notice=1)
    (_, event) = story.tell(RecordReceipts, receipts=(receipt("lv", "failed", 2),))
    assert isinstance(event, ChannelEscalated)
    assert (event.attempt, event.channel) == (3, 1)


def test_escalating_by_hand_names_who_is_not_silent() -> None:
    story = told()
    answer(story, "lv", "acknowledge")
    with pytest.raises(UserError, match="Notice 1 waits for no channel of: lv, pl"):
        story.tell(EscalateRecipients, "ee-op", notice=1, members=("lv", "lt", "pl"))
    (event,) = story.tell(EscalateRecipients, SYSTEM, notice=1, members=("lv", "lt"))
    assert isinstance(event, ChannelEscalated)
    assert (event.member, event.reason) == ("lt", "asked")
    answer(story, "lt", "acknowledge")
    assert story.tell(EscalateRecipients, SYSTEM, notice=1) == []
    with pytest.raises(UserError, match="Nobody is silent on notice 1"):
        story.tell(EscalateRecipients, "ee-op", notice=1)


def test_whoever_has_not_answered_at_the_end_is_no_longer_waited_for() -> None:
    story = told()
    story.tell(CloseIncident, "ee-op")
    assert timers(story.now) == {}
    assert story.now.notices["1"].recipients["lv"].stage == "expired"
    story.tell(RecordReceipts, receipts=(receipt("lv", "failed"), receipt("lt", "delivered")))
    assert answer(story, "lt", "acknowledge")  # late, and still heard
    assert story.now.notices["1"].recipients["lt"].stage == "acknowledged"
    story.tell(ReopenIncident, "ee-op", reason="it is back")
    assert timers(story.now) == {}
