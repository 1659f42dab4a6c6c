"""A notice stricter than its incident: not even who was sent it shows where it may not be read."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, said, stage
from tests.slack.workspace import Workspace
from workers.rooms.posts import label_of


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A local Slack, and a coalition that talks to it."""
    with Workspace() as one:
        yield one


def test_the_headline_counts_no_receipts_and_no_alarm_of_a_notice_above_its_room(
    workspace: Workspace,
) -> None:
    channel = workspace.open_room(tlp=Tlp.GREEN, invite=("lv", "fi"))  # fi: TLP:GREEN at most
    workspace.do(c.IssueNotice, kind="alert", to=("lv",), text="Implant", tlp=Tlp.AMBER)
    alarm = {"subject": "silent:1:lv", "text": "CERT.LV is silent on n1", "fallback": "Phone it"}
    workspace.do(c.RaiseAlarm, SYSTEM, **alarm)
    workspace.settle()
    posts = workspace.history(channel)
    shown = json.dumps(
        posts + [one for post in posts for one in workspace.thread(channel, post["ts"])]
    )
    assert "Receipts of notice 1" not in shown
    assert "CERT.LV is silent" not in shown
    assert "A human must act" in shown  # the alarm rings all the same


def silent_on_a_strict_notice(api: SlackApi) -> Stage:
    slack = stage(api)
    slack.open_room("Flood --severity S2 --tlp GREEN --invite lv,fi")
    slack.here("/incident notify Implant --members lv --tlp AMBER --yes")
    slack.tocsin.dispatcher.execute(
        c.RaiseAlarm(
            id="a", at=slack.clock.now(), actor=SYSTEM, incident="INC-2026-0001",
            subject="silent:1:lv", text="CERT.LV is silent on n1", fallback="Phone it",
        )
    )  # fmt: skip
    return slack


def test_report_and_lists_keep_it_from_a_viewer_below_it(api: SlackApi) -> None:
    slack = silent_on_a_strict_notice(api)
    below, above = "U04EEROO", "U02BRUNO"
    for verb in ("report", "list"):
        shown = slack.here(f"/incident {verb}", below)
        assert "CERT.LV is silent" not in shown
        assert "A human must act" not in shown
        assert "not yet answered" not in shown
    assert "CERT.LV is silent" in slack.here("/incident report", above)
    assert "A human must act" in said(slack.command("/incident list", above))


def test_an_alarm_about_a_notice_carries_the_notices_label(api: SlackApi) -> None:
    slack = silent_on_a_strict_notice(api)
    record = slack.tocsin.log.tail("incident", "INC-2026-0001", 1)[0]
    assert record.type == "AlarmRaised"
    assert label_of(slack.tocsin, slack.incident(), record) is Tlp.AMBER
