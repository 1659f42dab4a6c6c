"""/playbook: list, preview, run with what it asks for, answer, decide, cancel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coalition.domain.incident.commands import AddTask, IssueNotice, NoticeSource
from coalition.domain.messages import SYSTEM
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import ReportStep
from coalition.domain.run.state import Run
from coalition.rendering.slack.run_posts import preview
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, body_of, said, stage

RUN = "INC-2026-0001-r1"
ASKING = """
playbook: evening-check
title: Evening check
about: Asks whether it is over.
tlp: TLP:GREEN
inputs:
  place: {type: text, about: Where to look}
steps:
  - {id: ask_over, do: ask, text: "Is it over at {{place}}?", save: over}
  - id: more
    do: ask
    text: How bad is it?
    fields:
      level: {type: severity, label: Level}
      note: {type: text, required: false}
  - {id: settle, do: wait, for: 30m}
"""
SECRET = """
playbook: strict-steps
title: Steps for few
tlp: TLP:AMBER
steps:
  - {id: note, do: task, text: Call the minister}
"""


@pytest.fixture
def slack(api: SlackApi, tmp_path: Path) -> Stage:
    (tmp_path / "asking.yaml").write_text(ASKING, encoding="utf-8")
    (tmp_path / "strict.yaml").write_text(SECRET, encoding="utf-8")
    one = stage(api, playbooks=tmp_path)
    one.open_room()
    return one


@pytest.fixture
def running(slack: Stage) -> Stage:
    """The evening check runs, and its first question has been asked."""
    slack.here("/playbook run evening-check place=the bank")
    asked(slack, "ask_over")
    return slack


def asked(slack: Stage, step: str, people: tuple[str, ...] = ()) -> None:
    """What the worker does for a step that asks."""
    slack.tocsin.dispatcher.execute(
        ReportStep(
            id=f"report-{step}", at=slack.clock.now(), actor=SYSTEM, run=RUN, step=step,
            attempt=1, ok=True, output={"people": people},
        )
    )  # fmt: skip


def run(slack: Stage) -> Run:
    state = slack.tocsin.dispatcher.read("run", RUN)
    assert isinstance(state, Run)
    return state


def test_list_and_preview_start_nothing(slack: Stage) -> None:
    listed = slack.here("/playbook list")
    assert "*TLP:GREEN* \\u00b7 *Evening check*" in listed
    assert "Steps for few" in listed
    assert "Is it over at {{place}}?" in slack.here("/playbook preview evening-check")
    assert slack.tocsin.log.ids("run") == []


def test_outside_a_room_only_what_the_whole_coalition_may_see_is_listed(slack: Stage) -> None:
    listed = said(slack.command("/playbook list"))
    assert "Evening check" in listed
    assert "Steps for few" not in listed
    assert "There is no playbook" in said(slack.command("/playbook preview strict-steps"))


def test_a_file_that_was_changed_and_refused_is_named_without_its_words(
    slack: Stage, tmp_path: Path
) -> None:
    broken = ASKING.replace("playbook: evening-check", "playbok: evening-check # MINISTER")
    (tmp_path / "asking.yaml").write_text(broken, encoding="utf-8")
    listed = said(slack.command("/playbook list"))
    assert "Changed but refused:* `asking.yaml:" in listed
    assert "MINISTER" not in listed


def test_what_a_playbook_asks_for_is_typed_or_asked_in_a_form(slack: Stage) -> None:
    assert slack.here("/playbook run evening-check") == ""
    assert slack.opened["blocks"][1]["label"]["text"] == "Where to look"
    assert "It asks for place." in json.dumps(slack.opened)
    page = said(slack.submit(slack.opened, {"in-place": "the bank"}))
    assert "runs as `INC-2026-0001-r1`" in page
    assert run(slack).inputs == {"place": "the bank"}
    assert run(slack).started_by.delegate == "ee-alice"


def test_a_bare_run_lets_one_choose(slack: Stage) -> None:
    slack.here("/playbook run")
    names = [one["value"] for one in slack.opened["blocks"][1]["element"]["options"]]
    assert names == ["evening-check", "strict-steps"]
    shown = body_of(slack.submit(slack.opened, {"playbook": "strict-steps"}))["view"]
    assert "Nothing is started yet" in json.dumps(shown)
    assert slack.tocsin.log.ids("run") == []
    said(slack.submit(shown, {}))
    assert run(slack).name == "strict-steps"


TELLING = """
playbook: tell-many
title: Tell many
tlp: TLP:GREEN
inputs:
  whom: {type: members, default: lv}
  what: {default: look out}
roles:
  counsel: {group: Counsel, people: approver}
steps:
  - {id: first, do: notify, to: lv, text: "{{what}}"}
  - {id: more, do: share, to: "{{whom}}", text: "{{what}}"}
  - {id: ok, do: approve, to: counsel, text: Go on?, within: 1h}
"""


def test_a_form_shows_whom_a_run_tells_and_asks_inputs_that_have_defaults(
    slack: Stage, tmp_path: Path
) -> None:
    (tmp_path / "telling.yaml").write_text(TELLING, encoding="utf-8")
    slack.here("/playbook run")
    shown = body_of(slack.submit(slack.opened, {"playbook": "tell-many"}))["view"]
    text = json.dumps(shown)
    assert "*Told, TLP:AMBER:*\\n\\u2022 CERT.LV: by webhook" in text
    assert "*Asked:* Counsel (Alice Tamm)" in text
    assert "Without an answer: look out" in text
    again = body_of(slack.submit(shown, {"in-whom": ["lt"], "in-what": "duck"}))["view"]
    assert slack.tocsin.log.ids("run") == []  # others than were shown: shown once more
    assert json.dumps(again) != text
    slack.submit(again, {"in-whom": ["lt"], "in-what": "duck"})
    assert run(slack).inputs == {"whom": ["lt"], "what": "duck"}


def test_typing_everything_starts_at_once_unless_a_preview_is_asked_for(slack: Stage) -> None:
    slack.here("/playbook run strict-steps --preview")
    assert "Nothing is started yet" in json.dumps(slack.opened)
    assert slack.tocsin.log.ids("run") == []
    assert "runs as" in slack.here("/playbook run strict-steps")


def test_the_same_start_delivered_twice_is_one_run(slack: Stage) -> None:
    for _ in range(2):
        typed = "/playbook run strict-steps"
        said(slack.command(typed, channel="C0ROOM", trigger="9.twice"))
    assert slack.tocsin.log.ids("run") == [RUN]


def test_a_question_is_answered_by_typing(running: Stage) -> None:
    assert "Your answer is recorded" in running.here("/playbook answer over=no")
    assert run(running).variables["over"] == "no"


def test_a_question_is_answered_by_its_button(running: Stage) -> None:
    value = f"INC-2026-0001|{RUN}|ask_over:1"
    said(running.press("verb:playbook:answer", value, channel="C0ROOM"))
    assert "Is it over at the bank?" in json.dumps(running.opened)
    assert "Your answer is recorded" in said(running.submit(running.opened, {"in-over": "yes"}))
    assert run(running).variables["over"] == "yes"


def test_a_wrong_answer_is_refused_and_the_question_stays(running: Stage) -> None:
    assert "Not done" in running.here("/playbook answer over=perhaps")
    assert "ask_over:1" in run(running).open


def test_an_answer_that_was_given_already_is_said(running: Stage) -> None:
    running.here("/playbook answer over=no")
    value = f"INC-2026-0001|{RUN}|ask_over:1"
    said(running.press("verb:playbook:answer", value, channel="C0ROOM"))
    page = json.dumps(body_of(running.submit(running.opened, {})))
    assert "does not wait for an answer any more" in page


def test_a_failed_step_is_decided_about(running: Stage) -> None:
    running.here("/playbook answer over=no")
    running.tocsin.dispatcher.execute(
        ReportStep(
            id="failed", at=running.clock.now(), actor=SYSTEM, run=RUN, step="more",
            attempt=1, ok=False, error="nobody to ask",
        )
    )  # fmt: skip
    running.here("/playbook answer")
    assert "This step failed" in json.dumps(running.opened)
    page = body_of(running.submit(running.opened, {"decision": "skip"}))
    assert "reason" in page["errors"]
    said(
        running.submit(running.opened, {"decision": "skip", "reason": "By phone"}, view_hash="2.b")
    )
    assert run(running).stuck == {}
    assert "settle:1" in run(running).open


def test_cancelling_says_what_has_been_sent_and_what_stays_on_the_list(running: Stage) -> None:
    now = {"at": running.clock.now(), "actor": SYSTEM, "incident": "INC-2026-0001"}
    for number, run_id in enumerate((RUN, f"{RUN}-dig-1", f"{RUN}0"), start=1):
        source = NoticeSource(run=run_id, step="tell", attempt=1)
        notice = {"kind": "alert", "to": ("lv", "lt"), "text": "MINISTER", "source": source}
        running.tocsin.dispatcher.execute(IssueNotice(id=f"n{number}", **now, **notice))
        running.tocsin.dispatcher.execute(
            AddTask(id=f"t{number}", **now, text="MINISTER", source=source)
        )
    said = running.here("/playbook cancel The flood has ended")
    assert "Already sent: notice 1 to 2 members, notice 2 to 2 members." in said
    assert "Still on the list of tasks: 1, 2." in said
    assert "MINISTER" not in said


def test_a_run_is_cancelled_with_a_reason(running: Stage) -> None:
    assert "It had sent nothing." in running.here("/playbook cancel The flood has ended")
    assert run(running).status == "cancelled"
    assert "No playbook is running here" in running.here("/playbook cancel Again")


def test_with_nothing_to_approve_approve_says_so(slack: Stage) -> None:
    assert "No playbook waits for an approval" in slack.here("/playbook approve")


def test_an_unknown_playbook_lists_those_there_are(slack: Stage) -> None:
    answer = slack.here("/playbook run evening-chek place=x")
    assert "There are: evening-check, strict-steps" in answer


def test_a_preview_says_in_words_when_a_step_comes() -> None:
    steps = [
        {"id": "tell", "do": "notify", "to": ["participants"], "text": "DDoS", "about": "Tell",
         "if_fails": [{"id": "phone", "do": "task", "text": "Phone them"}]},
        {"id": "sure", "if": "severity = 'S4'", "about": "Is it grave?",
         "then": [{"id": "call", "do": "task", "text": "Call the minister"}],
         "else": [{"id": "calm", "do": "task", "text": "Keep calm"}]},
    ]  # fmt: skip
    written = {"playbook": "p", "title": "P", "tlp": "TLP:CLEAR", "steps": steps}
    (block,) = preview(Playbook.model_validate(written))
    assert block["text"]["text"].strip("`").splitlines() == [
        "1. Tell",
        "    - if that fails: Task: Phone them",
        "2. Is it grave?",
        "    - if so: Task: Call the minister",
        "    - if not: Task: Keep calm",
    ]
