"""Approvals in Slack: the button, the modal, the typed word; who may, and what it came to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import ReportStep
from coalition.domain.run.state import Run
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, said, stage

RUN = "INC-2026-0001-r1"
PLAYBOOK = """
playbook: cut-link
title: Cut the link
tlp: TLP:GREEN
steps:
  - {id: cut, do: approve, to: all, need: 2, text: Cut the link?, within: 30m}
  - {id: settle, do: wait, for: 30m}
"""
FORM = """
playbook: how-bad
title: How bad
tlp: TLP:GREEN
steps:
  - id: size
    do: ask
    text: How bad is it?
    fields:
      whom: {type: member, label: Whom does it hit?}
      hours: {type: number}
      seen: {type: members, required: false}
"""


@pytest.fixture
def slack(api: SlackApi, tmp_path: Path) -> Stage:
    (tmp_path / "cut.yaml").write_text(PLAYBOOK, encoding="utf-8")
    (tmp_path / "form.yaml").write_text(FORM, encoding="utf-8")
    one = stage(api, playbooks=tmp_path)
    one.open_room("DDoS --severity S2 --tlp GREEN --invite lv,lt,fi")
    return one


def performed(slack: Stage, step: str, **output: object) -> None:
    """What the worker does for a step that people answer."""
    slack.tocsin.dispatcher.execute(
        ReportStep(
            id=f"report-{step}", at=slack.clock.now(), actor=SYSTEM, run=RUN, step=step,
            attempt=1, ok=True, output=output,
        )
    )  # fmt: skip


@pytest.fixture
def asked(slack: Stage) -> Stage:
    """Alice's run wants two approvals, by others than Alice."""
    slack.here("/playbook run cut-link")
    performed(slack, "cut", people=["lv-bruno", "lt-daiva"], not_by=["ee-alice"])
    return slack


def run(slack: Stage) -> Run:
    state = slack.tocsin.dispatcher.read("run", RUN)
    assert isinstance(state, Run)
    return state


def test_the_modal_says_who_may_by_when_how_many_and_who_may_not(asked: Stage) -> None:
    value = f"INC-2026-0001|{RUN}|cut:1"
    said(asked.press("verb:playbook:answer", value, user="U02BRUNO", channel="C0ROOM"))
    shown = json.dumps(asked.opened, ensure_ascii=False)
    for text in ("Cut the link?", "May approve or refuse: Bruno Kalns (CERT.LV), Daiva",
                 "Answer by <!date^", "0 of 2 needed approved.",
                 "their own request: Alice Tamm (CERT-EE)", "late is not approved"):  # fmt: skip
        assert text in shown, text
    assert "initial_option" not in shown
    answer = asked.submit(asked.opened, {"in-decision": "approve"}, user="U02BRUNO")
    assert "is recorded" in said(answer)
    assert run(asked).open["cut:1"].said == {"lv-bruno": {"decision": "approve"}}


def test_two_people_approve_by_typing_and_each_is_told_what_it_came_to(asked: Stage) -> None:
    first = asked.here("/playbook approve approve", user="U02BRUNO")
    assert "still needed: 1" in first
    again = asked.here("/playbook approve approve --reason Sure", user="U02BRUNO")
    assert "still needed: 1" in again
    assert "last approval needed" in asked.here("/playbook approve approve", user="U03DAIVA")
    assert run(asked).steps["cut"].outcome == "ok"
    assert "settle:1" in run(asked).open


def test_a_refusal_decides_it_with_its_reason(asked: Stage) -> None:
    typed = "/playbook approve refuse --reason It would hit the hospital"
    assert "You have refused it" in asked.here(typed, user="U02BRUNO")
    state = run(asked)
    assert state.steps["cut"].outcome == "refused"
    assert state.steps["cut"].output["reason"] == "It would hit the hospital"
    assert state.status == "needs_decision"


def test_nobody_approves_their_own_request(asked: Stage) -> None:
    assert "Nobody approves their own request" in asked.here("/playbook approve approve")
    assert run(asked).open["cut:1"].said == {}


def test_who_is_not_asked_is_told_who_is(asked: Stage) -> None:
    answer = asked.here("/playbook approve approve", user="U04EEROO")
    assert "asks lv-bruno, lt-daiva, not you" in answer


def test_typed_bare_the_form_shows_what_is_to_be_approved(asked: Stage) -> None:
    assert asked.here("/playbook approve", user="U02BRUNO") == ""
    shown = json.dumps(asked.opened, ensure_ascii=False)
    assert "Cut the link?" in shown
    answer = asked.submit(asked.opened, {"decision": "approve"}, user="U02BRUNO")
    assert "still needed: 1" in said(answer)


def test_what_waits_to_be_approved_cannot_be_skipped(asked: Stage) -> None:
    asked.here("/playbook approve refuse", user="U02BRUNO")
    answer = asked.here("/playbook answer --decision skip --reason Hurry")
    assert "cannot be skipped" in answer


def test_a_form_offers_members_by_name_and_says_how_numbers_are_written(slack: Stage) -> None:
    slack.here("/playbook run how-bad")
    performed(slack, "size", people=[])
    slack.here("/playbook answer")
    shown = json.dumps(slack.opened, ensure_ascii=False)
    assert "NCSC-FI (fi)" in shown
    assert "A number, such as 3 or 2.5" in shown
    said(slack.submit(slack.opened, {"in-whom": "fi", "in-hours": "2.5", "in-seen": ["lv"]}))
    assert run(slack).variables == {"whom": "fi", "hours": 2.5, "seen": ["lv"]}
