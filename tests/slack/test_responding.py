"""Delegates answer a notice in Slack, by the button below it or by typing."""

from __future__ import annotations

import json

from coalition.domain.incident.commands import IssueNotice
from coalition.domain.messages import Actor
from tests.slack.stage import NIGHT, Stage, said


def asked(slack: Stage) -> None:
    """Alice asks LV and LT for help; both take part."""
    slack.open_room("DDoS --severity S2 --tlp AMBER --members lv,lt")
    slack.tocsin.dispatcher.execute(
        IssueNotice(
            id="n1",
            at=NIGHT,
            actor=Actor(kind="delegate", member="ee", delegate="ee-alice", via="slack"),
            incident="INC-2026-0001",
            kind="mutual_aid_request",
            to=("lv", "lt"),
            text="Send people",
            answers=("acknowledge", "accept", "decline", "need_info", "offer", "affected"),
        )
    )


def test_point_32_a_delegate_offers_help_by_the_button_and_it_counts(slack: Stage) -> None:
    asked(slack)
    said(slack.press("answer_notice", "INC-2026-0001|1", user="U02BRUNO"))
    fields = [one["block_id"] for one in slack.opened["blocks"] if one["type"] == "input"]
    assert {"answer", "size", "days", "count", "services", "question", "note"} <= set(fields)
    page = said(slack.submit(slack.opened, {"answer": "offer", "size": "2"}, user="U02BRUNO"))
    assert "offered help" in page
    lv = slack.incident().notices["1"].recipients["lv"]
    assert (lv.stage, lv.answer, lv.verified, lv.unconfirmed) == ("answered", "offer", True, False)
    assert (lv.details, lv.answered_by, lv.answered_via) == (
        {"size": "2"}, "Bruno Kalns", "slack",
    )  # fmt: skip


def test_an_answer_can_be_typed_and_says_whether_one_is_affected(slack: Stage) -> None:
    asked(slack)
    typed = "/incident notify --answer affected --count 3 --services mail"
    assert "said whether it is affected" in slack.here(typed, user="U02BRUNO")
    slack.here("/incident notify --answer unaffected --notice 1", user="U03DAIVA")
    recipients = slack.incident().notices["1"].recipients
    assert recipients["lv"].affected == {"count": "3", "services": "mail"}
    assert recipients["lt"].affected == {"count": "0"}
    board = slack.here("/incident notify --answer accept --size many", user="U02BRUNO")
    assert "Size is not a number" in board


def test_who_was_not_asked_is_told_what_was_sent_to_them(slack: Stage) -> None:
    asked(slack)
    refused = slack.here("/incident notify --answer accept --notice 1")
    assert "No notice 1 went to CERT-EE" in refused
    said(slack.press("answer_notice", "INC-2026-0001|9", user="U02BRUNO"))
    page = said(slack.submit(slack.opened, {"answer": "acknowledge"}, user="U02BRUNO"))
    assert "Sent to you: 1" in page + json.dumps(slack.opened)
