"""Deadlines of members that are not there day and night."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coalition.domain.hours import deadline, parse_hours
from coalition.domain.incident.commands import EscalateRecipients, IssueNotice, PassDeadline
from coalition.domain.incident.events import ChannelEscalated
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, canonical
from coalition.domain.world import World
from tests.domain.cast import COALITION, NOW, opened
from tests.domain.notices_sent import told

HOUR = timedelta(hours=1)
SATURDAY_NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MONDAY_AT_NINE = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 09:00 in Tallinn


def with_hours(hours: str) -> Coalition:
    raw: Any = json.loads(canonical(COALITION.model_dump(mode="json")))
    next(one for one in raw["members"] if one["id"] == "lv")["hours"] = hours
    return Coalition.model_validate_json(canonical(raw))


OFFICE = with_hours("Mon-Fri 08:00-17:00")


@pytest.mark.parametrize(
    ("severity", "within", "due"),
    [
        ("S2", HOUR, MONDAY_AT_NINE),
        ("S0", 10 * HOUR, datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        ("S3", HOUR, SATURDAY_NIGHT + HOUR),
        ("S4", HOUR, SATURDAY_NIGHT + HOUR),
    ],
)
def test_a_deadline_counts_working_time_below_s3(
    severity: str, within: timedelta, due: datetime
) -> None:
    assert deadline(OFFICE.member("lv"), severity, SATURDAY_NIGHT, within) == due


def test_a_member_without_hours_answers_day_and_night() -> None:
    assert deadline(OFFICE.member("lt"), "S0", SATURDAY_NIGHT, HOUR) == SATURDAY_NIGHT + HOUR


def test_working_time_follows_the_clock_change_of_the_zone() -> None:
    member = with_hours("Sun 00:00-06:00").member("lv")
    spring = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)  # Sunday 00:00 in Tallinn
    assert deadline(member, "S0", spring, 5 * HOUR) == spring + 5 * HOUR  # 06:00 is 5 hours on


@pytest.mark.parametrize(
    "text", ["8-17", "Mon-Fri", "Mon-Fri 17:00-08:00", "Mon-Xyz 08:00-17:00", "Mon 08:00-25:00", ""]
)
def test_hours_that_cannot_be_read_say_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write days and times|closes before"):
        parse_hours(text)


def test_a_span_of_days_may_go_over_the_weekend() -> None:
    assert parse_hours("Sat-Mon 08:00-12:00").days == {5, 6, 0}


def test_each_recipient_of_a_notice_has_its_own_deadline() -> None:
    story = opened(World(OFFICE), tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", kind="alert", to=("lv", "lt"), text="x")
    recipients = story.now.notices["1"].recipients
    assert recipients["lv"].attempts[0].ack_by == MONDAY_AT_NINE
    assert recipients["lt"].attempts[0].ack_by == NOW + HOUR
    events = story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    assert {event.member for event in events if isinstance(event, ChannelEscalated)} == {"lt"}


def test_a_playbook_does_not_ring_again_whom_a_deadline_has_just_moved() -> None:
    story = told(to=("lv",))
    (moved,) = story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    assert isinstance(moved, ChannelEscalated)
    assert story.tell(EscalateRecipients, SYSTEM, notice=1) == []
    assert story.tell(EscalateRecipients, "ee-op", notice=1)  # a person may hurry it on


def test_a_playbook_may_escalate_again_what_it_has_escalated_itself() -> None:
    story = told(to=("lv",))
    assert story.tell(EscalateRecipients, SYSTEM, notice=1)
    assert story.tell(EscalateRecipients, SYSTEM, notice=1)
