"""That a notice was superseded is seen wherever the incident is: room, board, timeline, report."""

from __future__ import annotations

from typing import Any, cast

from coalition.domain.incident.commands import IssueNotice
from coalition.domain.incident.events import NoticeIssued
from coalition.domain.notice.details import NoticeDetails
from coalition.rendering.board.moments import Present
from coalition.rendering.board.receipts import matrix
from coalition.rendering.slack.notice_posts import issued
from coalition.rendering.slack.receipts import notice_line
from coalition.rendering.slack.telling import Telling
from tests.domain.cast import COALITION, NOW, Story
from tests.domain.notices_sent import HOUR, told
from tests.slack.rules import texts


def corrected() -> Story:
    story = told()
    details = NoticeDetails.model_validate(
        {
            "rsit": "ddos",
            "pap": "PAP:RED",
            "indicators": ["203.0.113.5"],
            "extra_restrictions": ["Not for the <!channel> press."],
        }
    )
    fields: dict[str, Any] = {"kind": "correction", "to": (), "text": "One bank.", "supersedes": 1}
    story.tell(IssueNotice, "ee-op", **fields, details=details)
    return story.wait(3 * HOUR)


def said_in_the_room(story: Story, record: int) -> str:
    event = cast("NoticeIssued", story.records[record].event())
    telling = Telling(COALITION, story.now, story.records[record], story.now.tlp)
    post = issued(telling, event)
    return "\n".join(texts(list(post.rendered.blocks)))


def test_the_room_is_told_which_notice_it_replaces_and_what_it_states() -> None:
    said = said_in_the_room(corrected(), -1)
    assert "Notice 2 (correction, TLP:GREEN PAP:RED)* in place of notice 1" in said
    assert "*Class:* availability:ddos · 1 indicator" in said
    assert "Not for the &lt;!channel&gt; press." in said
    assert "203.0.113.5" not in said  # the room is told how many; nothing there becomes a link
    assert "in place of" not in said_in_the_room(told(), -1)


def test_the_headline_says_that_the_earlier_one_was_superseded_and_waits_for_nobody() -> None:
    line = notice_line(COALITION, corrected().now.notices["1"])
    assert "(alert, superseded by notice 2): 0 of 2 acknowledged" in line
    assert "waiting" not in line


def test_the_board_shows_superseded_cells_apart_from_the_silent() -> None:
    story = corrected()
    present = Present(NOW + 3 * HOUR, "UTC")
    board = matrix(story.now.notices.values(), COALITION, present)
    assert [one.superseded_by for one in board.columns] == [None, 2]
    (group,) = board.groups
    assert group.standing == "silent"  # on the notice that stands
    for row in group.rows:
        newer, older = row.cells
        assert newer is not None
        assert older is not None
        assert older.mark.word == "Superseded"
        assert older.deadline is None
