"""The report and the timeline, compared with what they should read (golden/report.md).

After a wished-for change: `UPDATE_GOLDEN=1 pytest tests/domain/test_report.py`, then read the
difference before committing it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.incident.guest_messages import AddGuest, RemoveGuest
from coalition.domain.incident.release_messages import (
    ApproveOverride,
    RecordPermission,
    RequestOverride,
)
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Event
from coalition.domain.receipts import Receipt
from coalition.domain.world import World
from coalition.rendering.report import escaped, report
from coalition.rendering.timeline import SENTENCES, timeline
from tests.domain.cast import COALITION, NOW, Story, coalition, opened, partner, warned

GOLDEN = Path(__file__).parent / "golden" / "report.md"
MINUTE = timedelta(minutes=1)


def received(member: str, stage: str, attempt: int = 1, channel: int = 0) -> Receipt:
    given = {"notice": 1, "member": member, "attempt": attempt, "channel": channel}
    return Receipt.model_validate({**given, "stage": stage, "at": NOW + MINUTE})


def told() -> Story:
    """A whole incident: a warning that grows, is answered in every way, and is closed."""
    story = warned(tlp=Tlp.GREEN, members=("lv", "lt", "pl", "ie"))
    story.tell(
        c.RecordReceipts,
        receipts=(received("lv", "delivered"), received("lt", "failed"), received("pl", "sent")),
    )
    story.wait(MINUTE).tell(
        c.AnswerNotice, partner("lv"), notice=1, member="lv", answer="acknowledge"
    )
    story.tell(c.OpenIncident, "ee-op", title="DDoS on | two banks", severity="S2", tlp="TLP:GREEN")
    story.tell(c.AddMembers, "ee-op", affected=("lv",))
    story.tell(c.RecordRoomStep, step="create", state="done", channel="C1")
    story.tell(c.RecordRoomStep, step="pin", state="failed", detail="not_pinned")
    story.tell(c.RetryRoom, "ee-op")
    story.tell(c.AssignRole, "ee-op", role="scribe", delegate="lv-vo")
    story.tell(c.AddTask, "ee-op", text="Ask *upstream* to filter", assignee="lv-op")
    story.tell(c.AddTask, "ee-op", text="Write to <the press>")
    story.tell(c.CompleteTask, "lv-op", task=1)
    story.tell(c.AddNote, "ee-op", text="Seen\n# 4M packets/s", ref="C1:1", author="lv-op")
    story.tell(c.PostUpdate, "ee-op", text="Filters hold", next_in=30 * MINUTE)
    story.wait(30 * MINUTE).tell(c.PassDeadline, timer="update")
    story.tell(
        c.IssueNotice,
        "ee-op",
        kind="mutual_aid_request",
        to=("lv", "lt", "pl"),
        text="We need scrubbing",
        answers=("acknowledge", "accept", "decline"),
        tlp=Tlp.AMBER,
    )
    story.tell(
        c.AnswerNotice, partner("lv"), notice=2, member="lv", answer="accept", note="4 people"
    )
    story.tell(c.AnswerNotice, "lt-op", notice=2, member="lt", answer="decline")
    story.tell(RequestOverride, "ee-ap", notice=2, members=("pl",), reason="Its banks are next")
    story.tell(ApproveOverride, "ee-both", override=1)
    story.tell(RecordPermission, "lv-ap", tlp=Tlp.GREEN, reason="Published by the victim")
    story.tell(c.RemindRecipients, SYSTEM, notice=1)
    story.wait(60 * MINUTE).tell(c.PassDeadline, timer="notice:1")
    return _ended(story)


def _ended(story: Story) -> Story:
    story.tell(c.ChangeStatus, "ee-op", status="contained")
    story.tell(c.ChangeSeverity, "ee-op", severity="S4", reason="hospitals are hit")
    story.tell(c.ChangeSeverity, "ee-op", severity="S3")
    story.tell(c.AssignLead, "ee-op", delegate="lv-op", handover_note="I go to sleep")
    story.tell(c.LinkIncident, "ee-op", other="INC-2026-0003")
    story.tell(c.ChangeTlp, "ee-op", tlp=Tlp.AMBER, reason="names of victims")
    story.tell(
        c.RaiseAlarm, subject="room", text="The room has no pin.", fallback="Pin it by hand."
    )
    story.tell(c.ClearAlarm, "ee-op", subject="room")
    for command in (AddGuest, RemoveGuest):
        story.tell(command, delegate="ie-op", aid="AID-2026-0001", mission=1)
    story.tell(c.CloseIncident, "ee-op", cause="A botnet of 85,000 hosts", lessons="Ask earlier")
    story.tell(c.ReopenIncident, "ee-op", reason="it is back")
    story.tell(c.MergeIncident, "ee-op", into="INC-2026-0009")
    return story


def test_the_report_reads_as_it_should() -> None:
    story = told()
    text = report(story.now, story.records, COALITION).text
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_event_has_its_sentence_and_the_story_above_tells_all_of_them() -> None:
    events = {one for name, one in Event.registry.items() if ".incident." in one.__module__}
    assert set(SENTENCES) == events
    here = {one for one in events if not one.__module__.endswith("check_messages")}
    assert {record.type for record in told().records} == {one.__name__ for one in here}


def test_each_record_gives_one_line_in_order_with_who_and_when() -> None:
    story = told()
    lines = list(timeline(story.records, COALITION))
    assert [line.version for line in lines] == [record.version for record in story.records]
    assert [line.at for line in lines] == [record.at for record in story.records]
    assert {line.who for line in lines} == {
        "EE Op (CERT-EE)", "LV Op (CERT-LV)", "LT Op (CERT-LT)", "CERT-LV", "Tocsin",
        "EE Ap (CERT-EE)", "EE Both (CERT-EE)", "LV Ap (CERT-LV)",
    }  # fmt: skip


def test_lines_about_a_notice_carry_its_label() -> None:
    lines = {line.version: line for line in timeline(told().records, COALITION)}
    labels = {
        record.type: lines[record.version].tlp
        for record in told().records
        if record.data.get("notice") == 2
    }
    assert labels == dict.fromkeys(
        ("NoticeIssued", "NoticeAnswered", "OverrideApproved"), Tlp.AMBER
    )
    assert lines[1].tlp is None


def test_the_reports_label_is_the_strictest_of_what_is_inside() -> None:
    story = opened(tlp=Tlp.GREEN)
    story.tell(c.IssueNotice, "ee-op", kind="alert", to=("lv",), text="secret", tlp=Tlp.AMBER)
    whole = report(story.now, story.records, COALITION)
    assert (whole.tlp, whole.withheld) == (Tlp.AMBER, 0)
    assert whole.text.startswith("**TLP:AMBER**\n")
    assert whole.text.endswith("\n**TLP:AMBER**\n")


def test_what_is_above_the_readers_ceiling_is_left_out_and_counted() -> None:
    story = opened(tlp=Tlp.GREEN)
    story.tell(c.IssueNotice, "ee-op", kind="alert", to=("lv",), text="secret", tlp=Tlp.AMBER)
    story.tell(c.AnswerNotice, partner("lv"), notice=1, member="lv", answer="acknowledge")
    part = report(story.now, story.records, COALITION, ceiling=Tlp.GREEN)
    assert (part.tlp, part.withheld) == (Tlp.GREEN, 3)
    assert "secret" not in part.text
    assert "TLP:AMBER" not in part.text
    assert "3 entries above TLP:GREEN are left out" in part.text


def test_a_report_of_an_exercise_says_so_first_and_last() -> None:
    story = opened(World(coalition(exercise=True)))
    text = report(story.now, story.records, story.world.coalition).text
    mark = "**TLP:AMBER** · **EXERCISE EXERCISE EXERCISE**\n"
    assert text.startswith(mark)
    assert text.endswith(mark)


@pytest.mark.parametrize(
    "typed",
    [
        "![x](https://evil.example/p.png)",
        "<img src=https://evil.example>",
        "a | b\n| - | - |",
        "# heading",
        "`code` **bold** _it_ ~~no~~",
        "[link](javascript:x)",
        "&lt;b&gt;",
    ],
)
def test_what_people_typed_can_neither_format_nor_load_anything(typed: str) -> None:
    shown = escaped(typed)
    assert "\n" not in shown
    for index, letter in enumerate(shown):
        if letter in "`*_[]<>|#!~&":
            assert shown[index - 1] == "\\"


def test_people_who_have_left_the_file_are_still_named_by_their_id() -> None:
    story = opened(severity=Severity.S1)
    story.tell(c.IssueNotice, "ee-op", kind="alert", to=("lv",), text="x")
    only = coalition(members=("mt",))
    text = report(story.now, story.records, only).text
    assert "**ee-op** sent notice 1" in text
    assert "| lv | channel 1 (queued) |" in text


def test_the_report_of_a_warning_says_that_nobody_has_assessed_it() -> None:
    story = warned()
    written = report(story.now, story.records, COALITION, ceiling=Tlp.RED).text
    assert "| Severity | not assessed (an early warning, no legal status) |" in written
    assert "significant" not in written
