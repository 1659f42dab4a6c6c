"""Every verb of /incident, typed: what it records and what it says."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import get_args

import pytest

from bot.slack.verbs import GROUPS
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.incident.words import Answer, Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from tests.slack.stage import NIGHT, Stage, body_of, said


def test_open_records_everything_that_was_typed(slack: Stage) -> None:
    answer = slack.command(
        "/incident open DDoS on two banks --severity S3 --tlp AMBER --members lv,lt --kind ddos"
    )
    (incident,) = slack.incidents()
    assert incident.number == "INC-2026-0001"
    assert (incident.title, incident.severity, incident.tlp, incident.kind) == (
        "DDoS on two banks",
        Severity.S3,
        Tlp.AMBER,
        "ddos",
    )
    assert set(incident.affected) == {"ee", "lv", "lt"}
    assert incident.lead == "ee-alice"
    body = body_of(answer)
    assert body["response_type"] == "ephemeral"
    assert body["text"].startswith("TLP:AMBER")
    assert "INC-2026-0001 is open" in body["text"]


def test_the_same_command_delivered_twice_opens_one_incident(slack: Stage) -> None:
    for _ in range(2):
        answer = slack.command("/incident open Flood --severity S1 --tlp GREEN", trigger="7.twice")
        assert "INC-2026-0001 is open" in said(answer)
    assert len(slack.incidents()) == 1
    # Nor is a number used up, which would look like an incident that somebody hides.
    assert "INC-2026-0002" in said(slack.command("/incident open Other --severity S1 --tlp GREEN"))


def test_open_says_when_the_campaign_floor_lifted_the_severity(slack: Stage) -> None:
    answer = said(slack.command("/incident open Flood --severity S1 --tlp AMBER --members lv"))
    assert "It is S3 and not S1: 2 members are affected" in answer


def test_the_severity_may_come_from_the_answers(slack: Stage) -> None:
    said(slack.command("/incident open Flood --tlp AMBER --service society"))
    assert slack.incident().severity == Severity.S4


def test_warn_reaches_the_chosen_members_and_sets_no_legal_status(slack: Stage) -> None:
    answer = said(slack.command("/incident warn Wiper mails --members lv,lt --tlp AMBER"))
    incident = slack.incident()
    assert incident.status == "warning"
    assert set(incident.notices["1"].recipients) == {"lv", "lt"}
    assert "It has no legal status" in answer
    assert "CERT.LV, NKSC" in answer


def test_a_warning_becomes_an_incident_and_brings_its_title_and_label(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    said(slack.command("/incident open INC-2026-0001 --severity S2"))
    incident = slack.incident()
    assert (incident.status, incident.title, incident.tlp) == ("open", "Wiper mails", Tlp.AMBER)
    assert len(slack.incidents()) == 1


def test_in_a_room_the_incident_is_implied(slack: Stage) -> None:
    slack.open_room()
    assert "in the timeline" in slack.here("/incident note Border router shows 4 Gbit/s")
    record = slack.tocsin.log.tail("incident", "INC-2026-0001", 1)[0]
    assert record.data["text"] == "Border router shows 4 Gbit/s"
    assert record.actor.delegate == "ee-alice"
    assert record.actor.via == "slack"


@pytest.mark.parametrize(
    "typed",
    [
        "/incident status contained --incident INC-2026-0001",
        "/incident status INC-2026-0001 contained",
        "/incident status inc-1 contained",
    ],
)
def test_outside_the_room_the_incident_is_named(slack: Stage, typed: str) -> None:
    slack.open_room()
    assert "Contained" in said(slack.command(typed))
    assert slack.incident().status == "contained"


def test_severity_and_label_can_be_changed(slack: Stage) -> None:
    slack.open_room()
    assert "S3" in slack.here("/incident severity S3 Two members are hit")
    assert "TLP:GREEN" in slack.here("/incident tlp GREEN The vendor has published it")
    incident = slack.incident()
    assert (incident.severity, incident.tlp) == (Severity.S3, Tlp.GREEN)


def test_the_lead_is_handed_over_to_somebody_who_is_mentioned(slack: Stage) -> None:
    slack.open_room()
    answer = slack.here("/incident lead <@U02BRUNO|bruno> Scrubbing runs until 06:00")
    assert "Bruno Kalns" in answer
    assert slack.incident().lead == "lv-bruno"


def test_roles_tasks_and_updates(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident role scribe lv-bruno")
    slack.here("/incident task Call the provider --assignee <@U02BRUNO>")
    slack.here("/incident update Both banks are reachable --next 1h")
    incident = slack.incident()
    assert incident.roles == {"scribe": "lv-bruno"}
    assert incident.tasks["1"].assignee == "lv-bruno"
    assert incident.next_update_due == NIGHT + timedelta(hours=1)
    assert "Task 1 is done" in slack.here("/incident task done 1")
    assert slack.incident().tasks["1"].done_by == "ee-alice"


def test_members_join_by_an_update(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident update --members lt")
    assert "lt" in slack.incident().affected


def test_notify_with_yes_sends_and_says_who_was_refused_and_why(slack: Stage) -> None:
    slack.open_room()
    answer = slack.here(
        "/incident notify Block it --members lv,fi --ask Confirm --within 30m --yes"
    )
    assert "on its way to 1 member" in answer
    assert "NCSC-FI" in answer
    assert "TLP:GREEN at most" in answer
    recipients = list(slack.incident().notices.values())[-1].recipients
    assert recipients["lv"].recipient.channels
    assert not recipients["fi"].recipient.channels


def test_whoever_is_asked_for_something_may_say_yes_or_no(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident notify Look out --members lv --yes")
    slack.here("/incident notify Filter it --ask Can you? --members lv --yes")
    told, asked = list(slack.incident().notices.values())[-2:]
    assert told.answers == ("acknowledge", "need_info", "offer", "affected")
    assert asked.answers == get_args(Answer)


def test_close_needs_cause_and_lessons_from_s3_and_says_so(slack: Stage) -> None:
    slack.open_room("Flood --severity S3 --tlp AMBER --reason Real")
    refused = slack.here("/incident close --cause Botnet")
    assert "Not done" in refused
    assert "lessons" in refused
    assert slack.incident().status == "open"
    slack.here("/incident close --cause Botnet --lessons Scrub earlier")
    assert slack.incident().status == "closed"
    slack.here("/incident reopen The flood is back")
    assert slack.incident().status == "open"


def test_merge_sends_the_reader_to_the_other_incident(slack: Stage) -> None:
    slack.open_room()
    said(slack.command("/incident open Same flood --severity S1 --tlp AMBER --invite lv"))
    assert "It goes on in INC-2026-0002" in slack.here("/incident merge INC-2026-0002")
    assert slack.incident().merged_into == "INC-2026-0002"


def test_list_shows_what_the_caller_may_see_and_nothing_else(slack: Stage) -> None:
    slack.open_room()
    said(slack.command("/incident open Only ours --severity S1 --tlp AMBER"))
    mine = said(slack.command("/incident list"))
    assert "DDoS on two banks" in mine
    assert "Only ours" in mine
    theirs = said(slack.command("/incident list", user="U02BRUNO"))
    assert "DDoS on two banks" in theirs
    assert "Only ours" not in theirs
    assert "INC-2026-0002" not in theirs


def test_report_writes_the_record_for_whoever_may_see_it(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident note Quiet since 02:00")
    answer = slack.here("/incident report")
    assert "TLP:AMBER" in answer
    assert "Quiet since 02:00" in answer


def test_help_shows_every_verb_with_an_example(slack: Stage) -> None:
    for group, verbs in GROUPS.items():
        answer = json.dumps(body_of(slack.command(f"/{group} help")))
        for verb in verbs.values():
            assert f"/{group} {verb.name}" in answer


def test_coalition_members_and_check_show_how_each_can_be_reached(slack: Stage) -> None:
    members = said(slack.command("/coalition members"))
    assert "NCSC-FI" in members
    assert "up to TLP:GREEN" in members
    check = said(slack.command("/coalition reach"))
    assert "webhook up to TLP:AMBER" in check
    assert "a second channel" in check
    assert "Nothing was sent" in check


def test_no_word_of_slack_gives_a_warning_a_severity(slack: Stage) -> None:
    answer = said(slack.command("/incident warn Wiper mails --members lv,lt --tlp AMBER"))
    listed = said(slack.command("/incident list"))
    report = said(slack.command("/incident report INC-2026-0001"))
    asked = said(slack.command("/incident note --incident INC-2026-0001")) or slack.opened
    for words in (answer, listed, report, json.dumps(asked)):
        assert "not assessed" in words
        assert "significant" not in words
        assert not re.search(r"\bS[0-4]\b", words)


def test_what_was_a_warning_has_a_severity_once_it_is_opened(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    said(slack.command("/incident open INC-2026-0001 --severity S1"))
    assert "S1 single entity" in said(slack.command("/incident list"))


def test_a_warning_that_was_closed_has_still_no_severity(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    said(slack.command("/incident close INC-2026-0001 --cause A joke"))
    shown = said(slack.command("/incident list closed"))
    assert "not assessed" in shown
    assert "significant" not in shown


def test_a_task_is_ticked_off_by_its_button(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident task Call the provider")
    for _ in range(2):  # pressed again, it is still done once
        said(slack.press("task_done", "INC-2026-0001|1", channel="C0ROOM"))
        assert "Task 1 of INC-2026-0001 is done." in json.dumps(slack.opened)
    assert slack.incident().tasks["1"].done_by == "ee-alice"


def test_a_warning_names_who_is_not_told_and_whom_to_phone(slack: Stage) -> None:
    answer = said(slack.command("/incident warn Wiper mails --members lv,fi --tlp AMBER"))
    assert "on its way to CERT.LV. It has no legal status." in answer
    assert "NCSC-FI: *not sent.* TLP:AMBER is too strict" in answer
    assert "take TLP:GREEN at most. Phone +372 555 0100." in answer


def test_the_way_from_a_warning_to_an_incident_can_be_typed_as_it_stands(slack: Stage) -> None:
    answer = said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    assert "`/incident open INC-2026-0001`" in answer
    said(slack.command("/incident open INC-2026-0001"))
    assert slack.opened["callback_id"] == "form:incident:open"


def test_open_says_where_it_goes_on_before_there_is_a_room(slack: Stage) -> None:
    answer = said(slack.command("/incident open Flood --severity S2 --tlp AMBER"))
    assert "Its room *#inc-2026-0001* is being opened" in answer
    assert "Tocsin sends you a message with the way in" in answer


def test_the_menu_of_a_room_offers_what_can_be_done_now(slack: Stage) -> None:
    slack.open_room()
    going_on = slack.here("/incident")
    assert "menu:incident:reopen" not in going_on
    slack.here("/incident close --cause Botnet")
    over = slack.here("/incident")
    assert "menu:incident:reopen" in over
    assert "menu:incident:report" in over
    assert "menu:incident:notify" not in over


def test_the_list_says_how_many_have_acknowledged_and_who_has_not(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv,lt --tlp GREEN"))
    assert "0 of 2 acknowledged, waiting for CERT.LV, NKSC" in said(slack.command("/incident list"))
    for member in ("lv", "lt"):
        slack.tocsin.dispatcher.execute(
            AnswerNotice(
                id=member, at=slack.clock.now(), incident="INC-2026-0001", notice=1, member=member,
                actor=Actor(kind="partner", member=member, via="link"), answer="acknowledge",
            )
        )  # fmt: skip
    assert "2 of 2 acknowledged" in said(slack.command("/incident list"))
