"""The receipts matrix and the headline: every rung, and silence apart from what was said."""

from __future__ import annotations

from datetime import timedelta

from coalition.domain.incident.commands import (
    AnswerNotice,
    IssueNotice,
    PassDeadline,
    RecordReceipts,
)
from coalition.domain.incident.release_messages import ApproveOverride, RequestOverride
from coalition.domain.labels import Tlp
from coalition.domain.receipts import Receipt, evidence_line
from coalition.rendering.board.moments import Present
from coalition.rendering.board.receipts import Matrix, matrix
from coalition.rendering.slack.receipts import notice_line
from coalition.rendering.slack.release_posts import override_lines
from tests.domain.cast import COALITION, Story, opened, partner
from tests.domain.notices_sent import told

HOUR = timedelta(hours=1)


def drawn(story: Story) -> Matrix:
    present = Present(now=story.at, zone="Europe/Tallinn")
    return matrix(story.now.notices.values(), COALITION, present)


def delivered(member: str, attempt: int = 1, channel: int = 0) -> Receipt:
    return Receipt(
        notice=1, member=member, attempt=attempt, channel=channel, stage="delivered",
        at=told().at, evidence={"status": 202, "host": "cert.lv.example", "user_agent": "x"},
    )  # fmt: skip


def answer(story: Story, member: str, word: str, **more: object) -> None:
    story.tell(
        AnswerNotice, partner(member, "webhook"), notice=1, member=member, answer=word, **more
    )


def test_the_silent_stand_apart_from_the_affected_and_from_those_that_are_not() -> None:
    story = told(to=("lv", "lt", "pl"), answers=("acknowledge", "offer", "affected"))
    answer(story, "lv", "affected", details={"count": "3", "services": "mail"})
    answer(story, "lt", "affected", details={"count": "0"})
    story.wait(HOUR)
    standings = {group.standing: [row.id for row in group.rows] for group in drawn(story).groups}
    assert standings == {"silent": ["pl"], "affected": ["lv"], "unaffected": ["lt"]}
    story.tell(PassDeadline, timer="notice:1")
    line = notice_line(COALITION, story.now.notices["1"])
    assert "*silent*, past their deadline: CERT-PL" in line
    assert "*affected:* CERT-LV (3)" in line
    assert "not affected: CERT-LT" in line


def test_being_affected_hides_no_offer() -> None:
    story = told(to=("lv",), answers=("acknowledge", "offer", "affected"))
    answer(story, "lv", "affected", details={"services": "mail"})
    answer(story, "lv", "offer", details={"size": "2"})
    (cell,) = drawn(story).groups[0].rows[0].cells
    assert cell is not None
    assert (cell.standing, cell.mark.word) == ("affected", "Offers help")
    assert (cell.affected, cell.details) == ("affected, services mail", ("size: 2",))


def test_point_33_each_attempt_shows_its_channel_reason_times_and_evidence() -> None:
    story = told(to=("lv",))
    story.tell(RecordReceipts, receipts=(delivered("lv"),))
    story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    (cell,) = drawn(story).groups[0].rows[0].cells
    assert cell is not None
    first, second = cell.ladder
    assert (first.channel, first.reason, first.evidence) == (
        "webhook", "", "host cert.lv.example, status 202",
    )  # fmt: skip
    assert [step.word for step in first.steps] == ["queued", "delivered"]
    assert (second.channel, second.reason, second.evidence) == (
        "email", "the one before was late", "",
    )  # fmt: skip


def test_a_nudge_is_told_from_the_notice() -> None:
    story = told(to=("lt",), tlp=Tlp.AMBER)
    story.wait(HOUR).tell(PassDeadline, timer="notice:1")
    (cell,) = drawn(story).groups[0].rows[0].cells
    assert cell is not None
    assert [(rung.channel, rung.nudge) for rung in cell.ladder] == [
        ("webhook", False), ("email", True),
    ]  # fmt: skip


def test_an_override_stands_in_the_headline_with_both_names() -> None:
    story = opened(tlp=Tlp.AMBER)
    story.tell(IssueNotice, "ee-op", kind="alert", to=("lv", "pl"), text="x")
    story.tell(RequestOverride, "ee-ap", notice=1, members=("pl",), reason="next")
    (waiting,) = override_lines(COALITION, story.now)
    assert "waits for a second approver" in waiting
    story.tell(ApproveOverride, "ee-both", override=1)
    (released,) = override_lines(COALITION, story.now)
    assert "released by" in released
    cells = [cell for group in drawn(story).groups for row in group.rows for cell in row.cells]
    assert "released by override 1" in [one for cell in cells if cell for one in cell.remarks]


def test_evidence_is_one_line_that_never_holds_a_browsers_name() -> None:
    assert evidence_line({"user_agent": "x", "tls": True, "reply": "250\nok", "ms": None}) == (
        "reply 250 ok, tls"
    )
    assert len(evidence_line({"reply": "x" * 900})) == 200
