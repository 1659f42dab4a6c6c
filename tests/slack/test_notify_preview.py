"""/incident notify: the preview shows what each would get; an override takes two people."""

from __future__ import annotations

import json

from tests.slack.stage import Stage, body_of, said


def test_the_preview_shows_exactly_what_one_recipient_gets_and_sends_nothing(
    slack: Stage,
) -> None:
    slack.open_room()
    shown = slack.here("/incident notify Block it --members lv,lt --preview")
    assert "Preview, nothing is sent yet" in shown
    assert "Exactly what CERT.LV gets by webhook" in shown
    assert "Block it" in shown
    assert "Nothing was sent" in shown
    assert slack.incident().notices == {}


def test_in_the_form_another_text_is_chosen_before_anything_is_sent(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident notify Block it --members lv,lt")
    view = slack.opened
    ways = [
        option["value"]
        for block in view["blocks"]
        if block.get("block_id") == "show"
        for option in block["element"]["options"]
    ]
    assert len(ways) > 1
    other = next(one for one in ways if one.startswith("lt:"))
    page = body_of(slack.submit(view, {"show": other}))
    assert "Exactly what NKSC" in json.dumps(page, ensure_ascii=False)
    assert slack.incident().notices == {}
    answer = said(slack.submit(page["view"], {}))
    assert "is on its way" in answer
    assert len(slack.incident().notices) == 1


def test_point_7_the_preview_shows_no_text_that_slack_may_not_show(slack: Stage) -> None:
    slack.open_room()
    shown = slack.here("/incident notify Hidden words --members lv --tlp AMBER+STRICT --preview")
    assert "Hidden words" not in shown
    assert "tocsin notice preview" in shown


def test_facts_are_options_and_a_wrong_one_is_named(slack: Stage) -> None:
    slack.open_room()
    refused = slack.here("/incident notify Look --members lv --malicious perhaps --yes")
    assert "malicious" in refused
    slack.here("/incident notify Look --members lv --malicious yes --rsit availability:ddos --yes")
    assert len(slack.incident().notices) == 1


def test_an_override_takes_two_approvers_and_sends_then(slack: Stage) -> None:
    slack.open_room("DDoS --severity S2 --tlp AMBER --members lv")
    slack.here("/incident notify Look --members lv,fi --yes")
    assert slack.incident().notices["1"].recipients["fi"].attempts == ()  # trusted with GREEN
    asked = slack.here("/incident notify --override Its banks are next --notice 1 --members fi")
    assert "nothing is sent yet" in asked
    said(slack.press("release_override", "INC-2026-0001|1"))
    assert "somebody else must approve" in json.dumps(slack.opened)
    assert slack.incident().overrides["1"].approved_by is None
    said(slack.press("release_override", "INC-2026-0001|1", user="U02BRUNO"))
    assert "is released" in json.dumps(slack.opened)
    released = slack.incident()
    assert released.overrides["1"].approved_by == "lv-bruno"
    (attempt,) = released.notices["1"].recipients["fi"].attempts
    assert (attempt.channel, attempt.reason) == (0, "override")


def test_an_override_can_be_asked_for_with_the_notice_and_released_by_typing(slack: Stage) -> None:
    slack.open_room("DDoS --severity S2 --tlp AMBER --members lv")
    slack.here("/incident notify Look --members fi --override Its banks are next --yes")
    assert slack.incident().overrides["1"].reason == "Its banks are next"
    slack.here("/incident notify --release 1", user="U02BRUNO")
    assert slack.incident().overrides["1"].approved_by == "lv-bruno"


def test_nobody_releases_past_a_hard_rule(slack: Stage) -> None:
    slack.open_room("DDoS --severity S2 --tlp AMBER --members lv")
    refused = slack.here(
        "/incident notify Look --members lv --tlp AMBER+STRICT --override They need it --yes"
    )
    assert "No override can send TLP:AMBER+STRICT" in refused
    assert slack.incident().notices == {}


def test_a_permission_of_a_source_is_recorded_by_its_approver(slack: Stage) -> None:
    slack.open_room("DDoS --severity S2 --tlp AMBER --members lv")
    slack.here("/incident tlp GREEN Published by us --permit", user="U02BRUNO")
    assert slack.incident().permissions == {"lv": "TLP:GREEN"}
    assert slack.incident().tlp == "TLP:AMBER"
