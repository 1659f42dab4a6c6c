"""Silence: the next channel, then an alarm that names the telephone, until somebody answers."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.acting import Stage
from tests.scenarios.coalition import ALICE, slack_id

# What happens here is the workers' doing; how Slack delivers makes no difference.
pytestmark = pytest.mark.parametrize("house", ["socket"], indirect=True)


def test_a_silent_partner_is_tried_by_mail_then_phoned_and_may_still_answer(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    text = "/incident notify Filter 203.0.113.0/24 --ask Can you? --members lv --within 1s --yes"
    incident.types(ALICE, text)
    by_webhook = incident.arrives("lv", "webhook")
    by_mail = incident.arrives("lv", "mail")
    assert by_mail["notice_id"] == by_webhook["notice_id"]
    assert by_mail["delivery_id"] != by_webhook["delivery_id"]
    escalated = incident.says("now tried by email")
    assert "CERT-LV" in escalated["text"]

    alarm = incident.says("ALARM")
    assert "+371 555 0100" in alarm["text"]
    assert f"<@{slack_id(ALICE)}>" in alarm["text"]  # calls the lead by name
    incident.headline_says("Needs a human now", "CERT-LV", "+371 555 0100")

    stage.workspace.answer("lv", by_webhook["notice_id"], "accept", note="Found the mail")
    headline = incident.headline_says("1 of 1 acknowledged", "accepted")
    assert "Needs a human now" not in headline
    assert {row["shown"] for row in stage.deliveries(incident.number)} == {1}


def test_whoever_takes_the_alarm_in_hand_is_named_in_the_timeline(stage: Stage) -> None:
    incident = stage.opens(options="--invite lt")
    incident.types(ALICE, "/incident notify Filter it --members lt --within 1s --yes")
    incident.arrives("lt", "mail")  # all this member has
    alarm = incident.says("ALARM")
    incident.headline_says("Needs a human now")
    told = stage.workspace.click(ALICE, incident.room, alarm, "I take it in hand")
    assert "taken the alarm" in json.dumps(told["seen"]["views"])
    stage.workspace.until(
        lambda: "Needs a human now" not in incident.headline(), "the alarm to leave the headline"
    )
    assert "Alice Tamm" in stage.board(ALICE, incident).reads()


def test_a_partner_whose_endpoint_is_broken_is_reached_by_the_next_channel(stage: Stage) -> None:
    stage.workspace.behave("lv", webhook_replies=[{"status": 400}])
    incident = stage.opens(options="--invite lv")
    incident.types(ALICE, "/incident notify Look at this --members lv --yes")
    by_mail = incident.arrives("lv", "mail")
    stage.workspace.answer("lv", by_mail["notice_id"], "acknowledge")
    incident.headline_says("1 of 1 acknowledged")


def test_an_endpoint_that_is_down_for_a_moment_gets_the_notice_once(stage: Stage) -> None:
    stage.workspace.behave("fi", webhook_replies=[{"status": 503, "times": 1}, {"status": 200}])
    incident = stage.opens(options="--invite fi")
    incident.types(ALICE, "/incident notify Look at this --members fi --yes")
    incident.arrives("fi", "webhook")
    (row,) = stage.deliveries(incident.number)
    (tries,) = row["ids"].values()
    assert (tries["attempts"], tries["accepted"]) == (2, 1)
