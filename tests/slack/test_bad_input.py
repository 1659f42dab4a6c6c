"""What cannot be done: each with a clear sentence, and nothing half done."""

from __future__ import annotations

import time
from typing import Any

import pytest
import structlog

from coalition.domain.errors import TransientError
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, body_of, said, stage


def refused(answer: str, *words: str) -> None:
    assert "Not done" in answer
    for word in words:
        assert word in answer


def test_an_unknown_verb_names_the_nearest(slack: Stage) -> None:
    refused(said(slack.command("/incident opne")), "no verb 'opne'", "/incident open", "help")


def test_an_unknown_member_names_the_nearest(slack: Stage) -> None:
    typed = "/incident open Flood --severity S1 --tlp AMBER --members lvv"
    refused(said(slack.command(typed)), "No member is called 'lvv'", "'lv'")
    assert slack.incidents() == []


def test_a_wrong_label_lists_the_five(slack: Stage) -> None:
    typed = "/incident open Flood --severity S1 --tlp ORANGE"
    refused(said(slack.command(typed)), "ORANGE", "TLP:AMBER+STRICT")
    assert slack.incidents() == []


def test_a_missing_label_opens_the_form_with_what_was_typed(slack: Stage) -> None:
    answer = slack.command("/incident open Flood --severity S1")
    assert said(answer) == ""
    blocks = {block.get("block_id"): block for block in slack.opened["blocks"]}
    assert blocks["title"]["element"]["initial_value"] == "Flood"
    assert blocks["severity"]["element"]["initial_option"]["value"] == "S1"
    assert "initial_option" not in blocks["tlp"]["element"]
    assert slack.incidents() == []


def test_a_stranger_is_told_so_and_changes_nothing(slack: Stage) -> None:
    typed = "/incident open Flood --severity S1 --tlp AMBER"
    refused(said(slack.command(typed, user="U0STRANGER")), "not a delegate")
    assert slack.incidents() == []


def test_a_delegate_without_the_role_is_told_which_one(slack: Stage) -> None:
    typed = "/incident open Flood --severity S1 --tlp AMBER"
    refused(said(slack.command(typed, user="U0VOTEREE")), "operator")
    assert slack.incidents() == []


def test_an_incident_of_others_does_not_exist_for_the_rest(slack: Stage) -> None:
    slack.open_room()
    unseen = said(slack.command("/incident note x --incident INC-2026-0001", user="U03DAIVA"))
    unknown = said(slack.command("/incident note x --incident INC-2026-0099", user="U03DAIVA"))
    assert unseen.replace("0001", "0099") == unknown


def test_a_closed_incident_says_how_to_reopen_it(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident close")
    slack.here("/incident close --cause x --lessons y")
    refused(slack.here("/incident note Late thought"), "closed", "reopen")


def test_outside_a_room_an_act_asks_which_incident(slack: Stage) -> None:
    slack.open_room()
    refused(said(slack.command("/incident update All is well")), "Which incident?", "--incident")


@pytest.mark.parametrize("typed", ["soon", "1 hour", "-3h", "0h0"])
def test_a_wrong_duration_says_how_to_write_it(slack: Stage, typed: str) -> None:
    slack.open_room()
    refused(slack.here(f"/incident update Fine --next {typed}"), "write it like")


def test_a_forged_signature_is_refused(slack: Stage) -> None:
    body = "command=%2Fincident&text=list&user_id=U01ALICE&channel_id=C1&trigger_id=1.x"
    assert slack.send(body, secret="another").status == 401


def test_an_old_signature_is_refused(slack: Stage) -> None:
    body = "command=%2Fincident&text=list&user_id=U01ALICE&channel_id=C1&trigger_id=1.x"
    assert slack.send(body, at=time.time() - 360).status == 401


def test_when_nothing_can_be_stored_people_are_told_and_events_come_again(
    slack: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.open_room()

    def broken(*_: Any, **__: Any) -> Any:
        raise TransientError("the log does not answer")

    monkeypatch.setattr(slack.tocsin.log, "append", broken)
    monkeypatch.setattr(slack.tocsin.ledger, "plan", broken)
    monkeypatch.setattr(slack.tocsin.tallies, "add", broken)  # kept in the same store
    with structlog.testing.capture_logs() as logs:
        answer = body_of(slack.command("/incident note x", channel="C0ROOM"))
        assert "Not recorded." in answer["text"]
        assert answer["response_type"] == "ephemeral"
        event = {
            "type": "reaction_added",
            "user": "U01ALICE",
            "reaction": "pushpin",
            "item": {"type": "message", "channel": "C0ROOM", "ts": "1.5"},
        }
        assert slack.event(event).status == 500
    assert [one["event"] for one in logs] == ["slack_not_recorded"] * 2


def test_a_call_that_slack_refuses_is_counted(slack: Stage) -> None:
    slack.api.answers["views.open"] = [{"ok": False, "error": "invalid_auth"}]
    with structlog.testing.capture_logs():
        assert "Not recorded." in body_of(slack.command("/incident open"))["text"]
    assert slack.tocsin.tallies.read()["slack_failures"] == 1


def test_a_form_that_opens_too_late_says_to_type_instead(slack: Stage) -> None:
    slack.api.answers["views.open"] = [{"ok": False, "error": "expired_trigger_id"}]
    refused(said(slack.command("/incident open")), "took too long", "type the whole command")


def test_a_click_delivered_twice_is_no_error(slack: Stage) -> None:
    slack.api.answers["views.open"] = [{"ok": False, "error": "exchanged_trigger_id"}]
    assert said(slack.command("/incident open")) == ""


def test_commands_may_carry_a_prefix(api: SlackApi) -> None:
    slack = stage(api, slack_command_prefix="x-")
    answer = said(slack.command("/x-incident opne"))
    assert "Did you mean /x-incident open?" in answer
    assert slack.command("/incident list").status == 404
