"""The whole path: open, room, headline, playbook, notices, answers; and what then changes."""

from __future__ import annotations

import json
import urllib.error

import pytest

from tests.scenarios.acting import Stage, Visitor
from tests.scenarios.coalition import ALICE, INGA, JONAS, MART, MIKKO, slack_id

# How Slack delivers is tried where it matters; here one way will do.
pytestmark = pytest.mark.parametrize("house", ["socket"], indirect=True)

INVITED = "--invite lv,lt,fi"


def test_opening_makes_the_room_with_everybody_and_the_headline(stage: Stage) -> None:
    incident = stage.opens(options=INVITED)
    for who in (ALICE, INGA, JONAS, MIKKO):
        stage.workspace.wait("channel", name=incident.number.lower(), user=who)
    headline = incident.headline_says("TLP:GREEN", incident.number, "Alice Tamm")
    assert "Open" in headline
    stage.workspace.until(lambda: incident.number in stage.dms(INGA), "Inga to be told directly")
    (bookmark,) = stage.house.sandbox.world.channels[incident.room].bookmarks
    assert bookmark["link"] == f"{stage.house.hub}/board/{incident.number}"


def test_a_playbook_asks_the_partners_and_the_headline_follows_their_answers(
    stage: Stage,
) -> None:
    stage.workspace.behave("lv", ack_after_seconds=0.1, answer="accept", note="Four people")
    stage.workspace.behave("fi", ack_after_seconds=0.1, answer="acknowledge", via="webhook_api")
    incident = stage.opens(options=INVITED)
    page = stage.board(ALICE, incident)
    said = incident.types(ALICE, "/playbook run cross-border-ddos chase_after=1h service=banks")
    assert f"{incident.number}-r1" in said
    assert incident.arrives("lv", "webhook")["signature"] == "valid"
    incident.arrives("fi", "webhook")
    mail = incident.arrives("lt", "mail")
    incident.headline_says("2 of 3 acknowledged", "accepted", "NKSC-LT", "Cross-border DDoS")

    stage.workspace.answer("lt", mail["notice_id"], "decline", note="No capacity tonight")
    incident.headline_says("3 of 3 acknowledged", "declined", "NKSC-LT")
    answer = incident.says("No capacity tonight")
    assert answer["thread_ts"] != answer["ts"]  # in the thread under its notice
    shown = page.reads()
    for text in ("Four people", "No capacity tonight", "Cross-border DDoS"):
        assert text in shown


def test_the_question_of_a_playbook_is_answered_by_its_button(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    incident.types(ALICE, "/playbook run cross-border-ddos chase_after=1h answer_within=1h")
    item = incident.arrives("lv", "webhook")
    stage.workspace.answer("lv", item["notice_id"], "acknowledge")
    question = incident.says("Is upstream filtering")
    seen = stage.workspace.click(ALICE, incident.room, question, "Answer")["seen"]
    assert "upstream filtering" in json.dumps(seen["views"])
    stage.submits(ALICE, **{"in-filtering": "refused"})
    stage.workspace.until(lambda: "AID-" in stage.dms(MART), "Mart to be asked to approve")
    assert "Asked now: CERT-LV" in incident.types(MART, "/aid accept --approve")
    help_wanted = incident.arrives("lv", "webhook", count=2)
    assert help_wanted["kind"] == "notice.mutual_aid_request"
    assert "CERT-EE asks for help (AID-" in help_wanted["text"]


def test_a_partner_that_needs_to_know_more_is_shown_with_its_question(stage: Stage) -> None:
    incident = stage.opens(options="--invite fi")
    text = "/incident notify Block 203.0.113.0/24 --members fi --ask Please confirm --yes"
    incident.types(ALICE, text)
    item = incident.arrives("fi", "webhook")
    how = {"via": "webhook_api", "note": "Which direction?", "by": "Mikko"}
    stage.workspace.answer("fi", item["notice_id"], "need_info", **how)
    incident.headline_says("1 of 1 acknowledged", "needs more information: NCSC-FI")
    incident.says("Which direction?")
    assert "Which direction?" in stage.board(ALICE, incident).reads()


def test_the_preview_names_the_ways_and_sends_nothing_before_it_is_confirmed(
    stage: Stage,
) -> None:
    incident = stage.opens(options="--invite lv,lt --tlp AMBER")
    form = stage.form(ALICE, "/incident notify Secret source --members lv,lt", incident.room)
    preview = json.dumps(form["blocks"], ensure_ascii=False)
    assert "nothing is sent yet" in preview
    assert "CERT-LV: by webhook" in preview
    assert "NKSC-LT: by email (only that it waits)" in preview  # mail is no way for TLP:AMBER
    assert incident.items("lv") == []
    stage.submits(ALICE)
    assert "Secret source" in str(incident.arrives("lv", "webhook"))
    assert "Secret source" not in str(incident.arrives("lt", "mail"))


def test_the_board_is_entered_once_by_each_link(stage: Stage) -> None:
    incident = stage.opens(room=False)
    link = stage.way_in(ALICE)
    page = Visitor(stage.house.hub, link, f"/board/{incident.number}")
    assert incident.number in page.reads()
    with pytest.raises(urllib.error.HTTPError, match="410"):
        Visitor(stage.house.hub, link, page.page)


def test_who_joins_later_is_invited_and_can_act(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    incident.types(INGA, "/incident update --members lt")
    stage.workspace.wait("channel", name=incident.number.lower(), user=JONAS)
    incident.headline_says("Affected:* CERT-EE, NKSC-LT")
    incident.types(JONAS, "/incident note We see it too")
    assert slack_id(JONAS) in stage.house.sandbox.world.channels[incident.room].members
