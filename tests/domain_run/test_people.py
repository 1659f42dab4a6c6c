"""What people do in a run: answer, decide on failures, cancel; and who may."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.messages import SYSTEM, Actor
from coalition.domain.run.commands import (
    AdvanceRun,
    CancelRun,
    PassRunTimer,
    ReportStep,
    ResolveStep,
    SignalRun,
)
from coalition.domain.run.events import (
    FactsChanged,
    QuestionAsked,
    RunCancelled,
    RunEnded,
    StepEnded,
    StepNeedsDecision,
    StepResolved,
)
from tests.domain.cast import partner, person
from tests.domain_run.stage import RunStory, check_log, mark, notify, playbook, wait_acks


def asking(**fields: Any) -> RunStory:
    step = {"id": "q", "do": "ask", "to": "lead", "text": "Over?", "save": "over", **fields}
    after = {"id": "which", "if": "over = 'yes'", "then": [mark("is_over")]}
    story = RunStory(playbook(step, after)).start()
    story.report("q", people=["ee-op"])
    return story


def test_a_question_says_who_is_asked_what_and_by_when() -> None:
    story = asking(within="1h")
    (asked,) = story.of(QuestionAsked)
    assert asked.people == ("ee-op",)
    assert asked.text == "Over?"
    assert asked.form["over"]["type"] == "yes_no"
    assert asked.due == story.timers()["due:q:1"]


def test_an_answer_sets_the_variable_and_the_run_goes_on() -> None:
    story = asking()
    story.reply("q", over="Yes")
    assert story.now.variables["over"] == "yes"
    assert story.of(StepEnded)[0].output == {"people": ["ee-op"], "answered_by": "ee-op"}
    assert story.outcomes() == ["q ok", "which ok", "is_over ok"]
    check_log(story)


def test_late_is_not_an_answer_and_the_answer_after_it_is_told_so() -> None:
    story = asking(within="1h", if_late=[mark("nobody")])
    story.wait(hours=1).ring("due:q:1")
    assert story.outcomes() == ["q late", "nobody ok", "which ok"]
    assert story.now.variables["over"] == ""
    with pytest.raises(UserError, match="asks nothing"):
        story.reply("q", over="yes")
    check_log(story)


def test_an_answer_to_a_question_that_is_over_says_how_it_ended() -> None:
    steps: list[dict[str, Any]] = [
        {"id": "q", "do": "ask", "text": "?", "save": "a", "within": "1m"},
        {"id": "pause", "do": "wait", "for": "1d"},
    ]
    story = RunStory(playbook(*steps)).start()
    with pytest.raises(UserError, match="not ready to be answered"):
        story.reply("q", a="yes")
    story.report("q", people=[])
    story.wait(minutes=1).ring("due:q:1")
    with pytest.raises(UserError, match=r"The time to answer q has passed\."):
        story.reply("q", a="yes")
    with pytest.raises(UserError, match="has been asked again"):
        story.reply("q", attempt=2, a="yes")


def test_the_form_is_checked_by_type_and_every_refusal_names_the_field() -> None:
    fields = {
        "hours": {"type": "number", "label": "Hours down"},
        "cause": {"type": "choice", "choices": ["fire", "flood"], "required": False},
        "seen": {"type": "members", "required": False},
    }
    step = {"id": "q", "do": "ask", "text": "?", "fields": fields}
    story = RunStory(playbook(step)).start()
    story.report("q", people=[])
    choices = "choose one of fire, flood."
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({}, "hours", "Hours down is not answered. Write an answer."),
        ({"hours": "x"}, "hours", "Hours down: 'x' is not a number; write it like 3 or 2.5."),
        ({"hours": 1, "cause": "war"}, "cause", f"cause: 'war' is not a choice; {choices}"),
        ({"hours": 1, "why": "?"}, "why", "'why' is not asked. Asked: hours, cause, seen."),
    ]
    for values, field, words in wrong:
        with pytest.raises(UserError) as caught:
            story.reply("q", **values)
        assert (caught.value.field, str(caught.value)) == (field, words)
    story.reply("q", hours="2.5")
    assert story.now.variables == {"hours": 2.5, "cause": "", "seen": []}


def test_only_those_asked_and_the_present_lead_may_answer() -> None:
    story = asking()
    with pytest.raises(NotAllowed, match="asks ee-op, not you"):
        story.reply("q", actor="ee-vo", over="yes")
    story.tell(SignalRun, topic="incident", data={"lead": "lv-op"})
    story.reply("q", actor="lv-op", over="no")
    assert story.now.steps["q"].by == "lv-op"


def test_a_question_to_nobody_in_particular_may_be_answered_by_operators_alone() -> None:
    step = {"id": "q", "do": "ask", "text": "?", "save": "a"}
    story = RunStory(playbook(step)).start()
    story.report("q", people=[])
    with pytest.raises(NotAllowed, match="needs the role operator"):
        story.reply("q", actor="ee-vo", a="yes")
    story.reply("q", actor="lv-op", a="yes")
    assert story.now.over


def failed(**fields: Any) -> RunStory:
    story = RunStory(playbook(notify(**fields), wait_acks(need=1))).start()
    story.report("tell", ok=False, error="The gate refused.")
    return story


def test_a_failure_follows_if_fails_and_goes_on() -> None:
    story = RunStory(playbook(notify(if_fails=[mark("plan_b")]), mark("after"))).start()
    story.report("tell", ok=False, error="no")
    assert story.outcomes() == ["tell failed", "plan_b ok", "after ok"]
    assert not story.of(StepNeedsDecision)
    check_log(story)


def test_a_failure_without_if_fails_waits_for_a_human_and_says_why() -> None:
    story = failed()
    (event,) = story.of(StepNeedsDecision)
    assert (event.step, event.attempt, event.error) == ("tell", 1, "The gate refused.")
    assert story.now.status == "needs_decision"
    assert story.timers() == {}
    check_log(story)


def test_retry_starts_the_step_again_as_a_new_attempt() -> None:
    story = failed()
    story.tell(ResolveStep, "lv-op", step="tell", attempt=1, decision="retry")
    assert "tell:2" in story.now.open
    assert not story.now.stuck
    assert story.report("tell", attempt=1, notice=9, told=["lv"]) == []
    story.report("tell", attempt=2, notice=1, told=["lv"])
    story.answers(attempt=2, lv="accept")
    assert story.now.status == "completed"
    check_log(story)


def test_skip_goes_on_with_the_defaults_in_place() -> None:
    story = RunStory(
        playbook(
            {"id": "q", "do": "ask", "to": "lead", "text": "?", "save": "a"},
            {"id": "which", "if": "a = 'yes'", "then": [mark("b")], "else": [mark("c")]},
        )
    ).start()
    story.report("q", ok=False, error="nobody")
    story.tell(ResolveStep, "ee-op", step="q", attempt=1, decision="skip", reason="asked by phone")
    assert story.outcomes() == ["q failed", "which ok", "c ok"]
    assert story.now.steps["q"].outcome == "skipped"
    assert story.of(StepResolved)[0].variables == {"a": ""}
    check_log(story)


def test_stop_ends_the_run() -> None:
    story = failed()
    story.tell(ResolveStep, "ee-op", step="tell", attempt=1, decision="stop", reason="pointless")
    assert story.of(RunEnded) == [RunEnded(outcome="stopped", reason="pointless")]
    check_log(story)


def test_decisions_need_a_reason_an_open_failure_and_a_person() -> None:
    story = failed()
    wrong = {"step": "tell", "attempt": 2, "decision": "retry"}
    with pytest.raises(UserError, match="does not wait for a decision"):
        story.tell(ResolveStep, "ee-op", **wrong)
    with pytest.raises(UserError, match="To skip needs a reason"):
        story.tell(ResolveStep, "ee-op", step="tell", attempt=1, decision="skip", reason=" ")
    with pytest.raises(NotAllowed):
        story.tell(ResolveStep, SYSTEM, step="tell", attempt=1, decision="retry")


def test_a_condition_that_has_no_answer_waits_for_a_human() -> None:
    steps = [mark("a", "{{text}}", "n"), {"id": "which", "if": "n > 3", "then": [mark("b")]}]
    given = playbook(*steps, inputs={"text": {"default": "many"}})
    story = RunStory(given).start()
    (event,) = story.of(StepNeedsDecision)
    assert "has no order" in event.error


def test_cancel_leaves_nothing_open_and_says_what_had_begun() -> None:
    story = RunStory(playbook(notify(), wait_acks(remind_every="5m"), mark("never"))).start()
    story.told()
    story.tell(CancelRun, "lt-op", reason="false alarm")
    assert story.of(RunCancelled) == [RunCancelled(reason="false alarm", unfinished=("acks",))]
    assert story.outcomes() == ["tell ok", "acks cancelled"]
    check_log(story)
    for late in (story.report("tell"), story.answers(lv="accept"), story.ring("due:acks:1")):
        assert late == []
    with pytest.raises(UserError, match="is over already: cancelled"):
        story.tell(CancelRun, "ee-op", reason="again")
    assert story.tell(CancelRun, SYSTEM, reason="again") == []


def test_cancelling_needs_a_reason() -> None:
    with pytest.raises(UserError, match="To cancel needs a reason"):
        RunStory(playbook(notify())).start().tell(CancelRun, "ee-op", reason="")


def test_a_run_ends_with_its_incident() -> None:
    story = RunStory(playbook(notify())).start()
    story.tell(SignalRun, topic="incident", data={"status": "closed"})
    assert story.now.status == "cancelled"
    assert story.now.reason == "INC-2026-0007 is closed"
    check_log(story)


def test_a_run_that_closes_its_incident_goes_on_to_its_own_end() -> None:
    story = RunStory(playbook({"id": "shut", "do": "close"}, mark("last"))).start()
    story.tell(SignalRun, topic="incident", data={"status": "closed"})
    assert not story.now.over
    story.report("shut")
    assert story.outcomes() == ["shut ok", "last ok"]
    assert story.now.status == "completed"


def test_what_changes_in_the_incident_is_known_to_later_steps() -> None:
    steps = [notify(), {"id": "big", "if": "severity >= 'S3'", "then": [mark("yes")]}]
    story = RunStory(playbook(*steps)).start()
    facts = {**story.now.facts, "severity": "S4"}
    assert story.tell(SignalRun, topic="incident", data=facts) == [
        FactsChanged(facts={"severity": "S4"})
    ]
    assert story.tell(SignalRun, topic="incident", data=facts) == []
    story.told()
    assert story.outcomes() == ["tell ok", "big ok", "yes ok"]


@pytest.mark.parametrize(
    "actor",
    [person("ee-vo"), person("no-op"), person("hu-op"), person("xx-op"), partner("lv")],
    ids=["without the role", "observer", "suspended", "unknown", "partner"],
)
def test_only_operators_of_active_members_start_runs(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        RunStory(playbook(mark("a"))).start(actor)


def test_members_that_take_no_part_are_told_that_there_is_no_such_incident() -> None:
    with pytest.raises(NotFound, match="no incident INC-2026-0007 that you may see"):
        RunStory(playbook(mark("a"))).start(person("pl-op"))


def test_a_rule_may_start_a_run_but_not_in_an_incident_that_is_over() -> None:
    assert RunStory(playbook(mark("a"))).start(SYSTEM).now.over
    with pytest.raises(UserError, match="is closed"):
        RunStory(playbook(mark("a"))).start(SYSTEM, facts={"status": "closed"})


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (AdvanceRun, {}),
        (ReportStep, {"step": "tell", "attempt": 1, "ok": True}),
        (SignalRun, {"topic": "incident", "data": {}}),
        (PassRunTimer, {"timer": "due:acks:1"}),
    ],
)
def test_the_machinery_is_not_for_people(command: Any, fields: dict[str, Any]) -> None:
    story = RunStory(playbook(notify())).start()
    with pytest.raises(NotAllowed, match="Only Tocsin itself"):
        story.tell(command, "ee-op", **fields)


def test_an_unknown_run_is_not_found() -> None:
    with pytest.raises(NotFound, match="There is no run"):
        RunStory(playbook(mark("a"))).tell(CancelRun, "ee-op", reason="x")
