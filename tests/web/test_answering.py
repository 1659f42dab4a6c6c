"""Questions, approvals and failed steps, answered on the board by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.labels import Tlp
from coalition.domain.messages import canonical
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import ReportStep, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from tests.web.asgi import Browser
from tests.web.stage import Stage
from tests.web.test_board import words

SignIn = Callable[[str], Browser]
RUN = "INC-2026-0007-r1"
AT = f"/board/INC-2026-0007/answer/{RUN}"
FORM = {
    "cause": {"type": "choice", "choices": ["fire", "flood"], "label": "What caused it?"},
    "hours": {"type": "number"},
    "seen_by": {"type": "members", "required": False},
    "note": {"type": "text", "required": False},
}
ASK = {"id": "ask", "do": "ask", "text": "How bad is it?", "fields": FORM, "within": "30m"}
CUT = {"id": "cut", "do": "approve", "text": "Cut the link?", "need": 2, "within": "15m"}
END = {"id": "end", "do": "wait", "for": "1d"}


def running(stage: Stage, *steps: dict[str, Any], tlp: str = "TLP:GREEN", **output: Any) -> None:
    """A run whose first step has been performed, started by Alice."""
    incident = stage.open(invite=("lv", "lt", "fi"))
    raw = {"playbook": "try", "title": "Try", "tlp": tlp, "steps": [*steps, END]}
    playbook = Playbook.model_validate_json(canonical(raw))
    facts = facts_of(stage.tocsin.dispatcher.read("incident", incident))
    pinned = stage.tocsin.playbooks.pin(playbook)
    about = {"run": RUN, "incident": incident, "playbook": pinned, "name": "try", "facts": facts}
    stage.tell(StartRun, "ee-alice", **about)
    ok, error = output.pop("ok", True), output.pop("error", "")
    done = {"ok": ok, "error": error, "output": {"people": [], **output}}
    stage.tell(ReportStep, run=RUN, step=steps[0]["id"], attempt=1, **done)


def run(stage: Stage) -> Run:
    state = stage.tocsin.dispatcher.read("run", RUN)
    assert isinstance(state, Run)
    return state


def test_the_incident_leads_to_the_question_and_the_question_says_who_and_by_when(
    stage: Stage, alice: Browser
) -> None:
    running(stage, ASK, people=["ee-alice"])
    assert f'href="{AT}/ask/1"' in alice.get("/board/INC-2026-0007").text
    page = alice.get(f"{AT}/ask/1")
    assert page.status == 200
    heard = words(page.text)
    for said in ("How bad is it?", "Asked: Alice Tamm (CERT-EE).", "Answer by 03:44:05 UTC",
                 "What caused it?", "Answer as Alice Tamm"):  # fmt: skip
        assert said in heard, said
    assert "checked" not in page.text
    assert page.text.count("TLP:AMBER</strong>") == 2


def test_an_answer_counts_is_in_the_persons_name_and_twice_is_once(
    stage: Stage, alice: Browser
) -> None:
    running(stage, ASK)
    form = {"cause": "flood", "hours": "2.5", "seen_by": "lv"}
    answer = alice.post(f"{AT}/ask/1", form)
    assert (answer.status, answer.headers["location"]) == (303, "/board/INC-2026-0007#runs")
    state = run(stage)
    assert state.variables == {"cause": "flood", "hours": 2.5, "seen_by": ["lv"], "note": ""}
    assert state.steps["ask"].by == "ee-alice"
    last = stage.tocsin.log.tail("run", RUN, 5)
    assert {one.actor.via for one in last if one.type == "StepEnded"} == {"board"}
    again = alice.post(f"{AT}/ask/1", form)
    assert again.status == 410
    assert "The step has ended: ok." in words(again.text)


def test_looking_changes_nothing(stage: Stage, alice: Browser) -> None:
    running(stage, ASK)
    before = stage.tocsin.log.load("run", RUN).version
    for method in ("GET", "HEAD"):
        assert alice.send(method, f"{AT}/ask/1").status == 200
    assert stage.tocsin.log.load("run", RUN).version == before


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "What caused it? is not answered."),
        ({"cause": "war", "hours": "1"}, "'war' is not a choice"),
        ({"cause": "fire", "hours": "many"}, "is not a number"),
        ({"cause": "fire", "hours": "1", "else": "x"}, "'else' is not asked"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_filled_in_stays(
    stage: Stage, alice: Browser, form: dict[str, str], said: str
) -> None:
    running(stage, ASK)
    page = alice.post(f"{AT}/ask/1", {**form, "note": "Water everywhere"})
    assert page.status == 422
    assert said in words(page.text)
    assert "Water everywhere" in page.text
    assert "ask:1" in run(stage).open


def test_two_approve_and_neither_is_who_asked(
    stage: Stage, alice: Browser, sign_in: SignIn
) -> None:
    running(stage, CUT, people=["lv-jnis", "lt-rasa"], not_by=[])
    heard = words(alice.get(f"{AT}/cut/1").text)
    assert "May not, because it is their own request: Alice Tamm (CERT-EE)." in heard
    own = alice.post(f"{AT}/cut/1", {"decision": "approve"})
    assert own.status == 422
    assert "Nobody approves their own request" in words(own.text)
    assert sign_in("lv-jnis").post(f"{AT}/cut/1", {"decision": "approve"}).status == 303
    rasa = sign_in("lt-rasa")
    assert "1 of 2 needed approved: Jānis Bērziņš (CERT.LV)." in words(rasa.get(f"{AT}/cut/1").text)
    assert rasa.post(f"{AT}/cut/1", {"decision": "approve"}).status == 303
    assert run(stage).steps["cut"].output["decision"] == "approved"


def test_who_is_not_asked_is_told_whom_to_ask(stage: Stage, sign_in: SignIn) -> None:
    running(stage, CUT, people=["lv-jnis", "lt-rasa"], not_by=[])
    page = sign_in("fi-aino").post(f"{AT}/cut/1", {"decision": "approve"})
    assert page.status == 422
    assert "asks lv-jnis, lt-rasa, not you" in words(page.text)


def failed(stage: Stage) -> None:
    running(stage, ASK, ok=False, error="Nobody to ask")


def test_a_failed_step_is_decided_about(stage: Stage, alice: Browser) -> None:
    failed(stage)
    assert f'href="{AT}/ask/1">Decide' in alice.get("/board/INC-2026-0007").text
    heard = words(alice.get(f"{AT}/ask/1").text)
    assert "This step has failed" in heard
    assert "Nobody to ask" in heard
    form = {"decision": "skip", "reason": "Known by phone"}
    assert alice.post(f"{AT}/ask/1", form).status == 303
    assert run(stage).stuck == {}
    assert run(stage).steps["ask"].by == "ee-alice"


def test_a_decision_needs_a_choice_and_to_skip_a_reason(stage: Stage, alice: Browser) -> None:
    failed(stage)
    nothing = alice.post(f"{AT}/ask/1", {})
    assert (nothing.status, "Nothing was chosen." in words(nothing.text)) == (422, True)
    unfounded = alice.post(f"{AT}/ask/1", {"decision": "skip"})
    assert (unfounded.status, "needs a reason" in words(unfounded.text)) == (422, True)
    assert run(stage).stuck


@pytest.mark.parametrize("who", ["pl-ewa", "ie-aoife"])
def test_for_those_who_take_no_part_there_is_nothing(
    stage: Stage, sign_in: SignIn, who: str
) -> None:
    running(stage, ASK)
    browser = sign_in(who)
    assert browser.get(f"{AT}/ask/1").status == 404
    assert browser.post(f"{AT}/ask/1", {"cause": "fire", "hours": "1"}).status == 404


def test_a_playbook_above_the_viewers_ceiling_is_not_shown(stage: Stage, sign_in: SignIn) -> None:
    running(stage, ASK, tlp="TLP:RED")
    assert sign_in("lv-jnis").get(f"{AT}/ask/1").status == 404


def test_strangers_and_foreign_forms_get_nowhere(
    stage: Stage, browser: Browser, alice: Browser
) -> None:
    running(stage, ASK)
    form = {"cause": "fire", "hours": "1"}
    assert browser.get(f"{AT}/ask/1").status == 401
    assert browser.post(f"{AT}/ask/1", form).status == 401
    assert alice.post(f"{AT}/ask/1", form, origin="https://evil.example").status == 403
    assert alice.post(f"{AT}/ask/1", form, origin=None).status == 403
    assert "ask:1" in run(stage).open


@pytest.mark.parametrize(
    "path",
    [
        f"/board/INC-2026-0008/answer/{RUN}/ask/1",
        "/board/INC-2026-0007/answer/INC-2026-0007-r9/ask/1",
    ],
)
def test_what_does_not_exist_is_not_found(stage: Stage, alice: Browser, path: str) -> None:
    running(stage, ASK)
    assert alice.get(path).status == 404


def test_an_attempt_that_is_over_says_so(stage: Stage, alice: Browser) -> None:
    running(stage, ASK)
    assert alice.get(f"{AT}/ask/2").status == 410
    assert alice.post(f"{AT}/never/1", {"decision": "approve"}).status == 410


def test_words_of_partners_are_no_markup(stage: Stage, alice: Browser) -> None:
    running(stage, {**ASK, "text": "<script>alert(1)</script>"})
    page = alice.get(f"{AT}/ask/1").text
    assert not re.search(r"<script>alert", page)
    assert Tlp.AMBER.value in page


def with_task(stage: Stage) -> str:
    incident = stage.open(invite=("lv",))
    stage.tell(c.AddTask, "ee-alice", incident=incident, text="File the early warning")
    return f"/board/{incident}/task/1"


def test_a_task_is_marked_as_done_on_the_board_in_the_persons_name(
    stage: Stage, alice: Browser
) -> None:
    path = with_task(stage)
    assert f'href="{path}"' in alice.get("/board/INC-2026-0007").text
    assert "File the early warning" in words(alice.get(path).text)
    assert stage.tocsin.dispatcher.read("incident", "INC-2026-0007").tasks["1"].done_at is None
    for _ in range(2):
        assert alice.post(path).status == 303
    assert (
        stage.tocsin.dispatcher.read("incident", "INC-2026-0007").tasks["1"].done_by == "ee-alice"
    )
    assert "marked as done already" in words(alice.get(path).text)


def test_who_may_not_see_the_incident_marks_none_of_its_tasks(
    stage: Stage, browser: Browser, alice: Browser, sign_in: SignIn
) -> None:
    path = with_task(stage)
    assert browser.post(path).status == 401
    assert sign_in("pl-ewa").get(path).status == 404
    assert sign_in("pl-ewa").post(path).status == 404
    assert alice.post(path, origin="https://evil.example").status == 403
    assert alice.get(path.replace("task/1", "task/9")).status == 404
    assert alice.get(path.replace("0007", "0008")).status == 404
    assert stage.tocsin.dispatcher.read("incident", "INC-2026-0007").tasks["1"].done_at is None
