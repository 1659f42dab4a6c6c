"""Branches side by side and loops: what begins, what waits for what, what sees what."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.run.commands import AdvanceRun, CancelRun, ResolveStep
from coalition.domain.run.events import RoundStarted, RunYielded, StepNeedsDecision, StepStarted
from tests.domain_run.stage import RunStory, check_log, mark, notify, playbook, wait_acks


def pause(id: str, time: str = "1h", **fields: Any) -> dict[str, Any]:
    return {"id": id, "do": "wait", "for": time, **fields}


def ask(id: str = "q", **fields: Any) -> dict[str, Any]:
    return {"id": id, "do": "ask", "text": "{{who}}?", "save": "said", **fields}


def test_branches_begin_together_and_the_step_after_them_waits_for_all() -> None:
    both = {"id": "both", "parallel": [[notify("a"), mark("a2")], [notify("b")], [mark("c")]]}
    story = RunStory(playbook(both, mark("after"))).start()
    assert sorted(story.now.open) == ["a:1", "b:1", "both:1"]
    assert story.outcomes() == ["c ok"]
    story.told("b", notice=2)
    assert "after ok" not in story.outcomes()
    story.told("a")
    assert story.outcomes() == ["c ok", "b ok", "a ok", "a2 ok", "both ok", "after ok"]
    assert story.now.status == "completed"
    assert story.now.rounds == {}
    check_log(story)


def test_a_failing_branch_waits_for_a_human_while_the_others_go_on() -> None:
    both = {"id": "both", "parallel": [[notify("a"), mark("a2")], [notify("b"), mark("b2")]]}
    story = RunStory(playbook(both, mark("after"))).start()
    story.report("a", ok=False, error="no")
    assert [event.step for event in story.of(StepNeedsDecision)] == ["a"]
    story.told("b")
    assert story.outcomes() == ["a failed", "b ok", "b2 ok"]
    check_log(story)
    story.tell(ResolveStep, "ee-op", step="a", attempt=1, decision="skip", reason="phoned")
    assert story.outcomes()[-3:] == ["a2 ok", "both ok", "after ok"]
    assert story.now.steps["a"].outcome == "skipped"
    check_log(story)


def test_retrying_in_a_branch_begins_there_again() -> None:
    both = {"id": "both", "parallel": [[notify("a"), mark("a2")], [notify("b")]]}
    story = RunStory(playbook(both)).start()
    story.report("a", ok=False, error="no")
    story.tell(ResolveStep, "ee-op", step="a", attempt=1, decision="retry")
    story.report("a", attempt=2, notice=1, told=["lv"])
    story.told("b")
    assert story.outcomes() == ["a failed", "a ok", "a2 ok", "b ok", "both ok"]
    check_log(story)


def test_cancelling_ends_what_all_branches_have_open_and_names_the_verbs_alone() -> None:
    both = {"id": "both", "parallel": [[notify("a")], [pause("b")], [mark("c")]]}
    story = RunStory(playbook(both, mark("after"))).start()
    (*_, cancelled) = story.tell(CancelRun, "ee-op", reason="over")
    assert cancelled.unfinished == ("a", "b")  # type: ignore[attr-defined]
    assert story.outcomes() == ["c ok", "b cancelled", "a cancelled", "both cancelled"]
    check_log(story)


def test_a_loop_goes_through_its_items_one_after_the_other() -> None:
    each = {"id": "each", "for_each": "word", "in": ["x", "y"],
            "steps": [mark("say", "{{word}}!", "last"), pause("rest")]}  # fmt: skip
    story = RunStory(playbook(each, mark("after", "{{last}} {{each.rounds}}", "end"))).start()
    assert story.now.variables == {"last": "x!"}
    assert list(story.now.rounds) == ["each:1:0"]
    story.wait(hours=1).ring("due:rest:1")
    assert story.now.variables == {"last": "y!"}
    assert story.ring("due:rest:1") == []
    story.wait(hours=1).ring("due:rest:2")
    assert story.now.variables["end"] == "y! 2"
    assert story.now.status == "completed"
    check_log(story)


def test_members_of_a_loop_are_found_when_it_begins_and_can_be_told() -> None:
    each = {"id": "each", "for_each": "who", "members": "partners",
            "steps": [notify("tell", to="{{who}}")]}  # fmt: skip
    story = RunStory(playbook(each)).start()
    (first,) = [event for event in story.of(StepStarted) if event.step == "tell"]
    assert first.request["to"][0]["who"] == ["lv"]
    story.told("tell", "lv")
    assert story.of(StepStarted)[-1].request["to"][0]["who"] == ["lt"]
    check_log(story)


def test_rounds_at_once_see_their_own_values_answers_and_steps() -> None:
    each = {
        "id": "each",
        "for_each": "who",
        "members": "partners",
        "at_once": True,
        "steps": [notify("tell", to="{{who}}"), wait_acks(), ask(), mark("x", "{{who}} {{said}}")],
    }
    story = RunStory(playbook(each)).start()
    assert sorted(story.now.open) == ["each:1", "tell:1", "tell:2"]
    story.report("tell", attempt=2, notice=2, told=["lt"])
    story.report("tell", attempt=1, notice=1, told=["lv"])
    assert story.now.open["acks:1"].request["notice"] == 2
    story.answers("tell", 1, lv="acknowledge")
    assert "acks:2" not in story.now.open
    assert "acks:1" in story.now.open
    story.answers("tell", 2, lt="acknowledge")
    for attempt, said in ((2, "no"), (1, "yes")):
        story.report("q", attempt=attempt, people=["ee-op"])
        story.reply("q", attempt=attempt, said=said)
    kept = [event.variables for event in story.events if getattr(event, "step", "") == "x"
            and hasattr(event, "variables")]  # fmt: skip
    assert {one["v_x"] for one in kept} == {"lv yes", "lt no"}
    assert story.now.variables == {}
    assert story.now.status == "completed"
    assert list(story.now.heard) == ["tell:2"]  # a wait after the loop may still ask for it
    check_log(story)


def test_a_loop_over_nobody_is_over_at_once() -> None:
    each = {"id": "each", "for_each": "who", "members": "{{helpers}}", "steps": [mark("a")]}
    given = playbook(each, mark("b"), inputs={"helpers": {"type": "members", "default": []}})
    story = RunStory(given).start()
    assert story.outcomes() == ["each ok", "b ok"]
    assert story.now.steps["each"].output == {"rounds": 0}


@pytest.mark.parametrize(
    ("test", "limit", "start", "rounds", "done"),
    [("after", 5, 3, 1, "yes"), ("before", 5, 3, 0, "yes"), ("after", 4, 1, 4, "no")],
)
def test_repeat_goes_on_while_its_condition_holds(
    test: str, limit: int, start: int, rounds: int, done: str
) -> None:
    loop = {"id": "loop", "repeat": "n < 3", "at_most": limit, "test": test,
            "steps": [mark("go", "{{n}}", "m")]}  # fmt: skip
    story = RunStory(playbook(mark("s", start, "n"), loop)).start()
    assert story.now.steps["loop"].output == {"rounds": rounds, "done": done}
    assert len(story.of(RoundStarted)) == rounds
    check_log(story)


def test_a_question_is_asked_again_until_it_is_answered_as_hoped() -> None:
    loop = {"id": "until", "repeat": "said != 'yes'", "at_most": 24,
            "steps": [ask(text="Over?", after="1h", within="2h")]}  # fmt: skip
    story = RunStory(playbook(loop)).start()
    assert list(story.timers()) == ["start:q:1"]
    assert story.ring("start:q:1") == []
    story.wait(hours=1).ring("start:q:1")
    story.report("q", people=[])
    story.reply("q", said="no")
    assert list(story.timers()) == ["start:q:2"]
    assert story.ring("start:q:1") == []
    story.wait(hours=1).ring("start:q:2")
    story.wait(hours=2).ring("due:q:2")
    story.wait(hours=1).ring("start:q:3")
    story.report("q", attempt=3, people=[])
    story.reply("q", attempt=3, said="yes")
    assert story.outcomes() == ["q ok", "q late", "q ok", "until ok"]
    assert story.now.status == "completed"
    check_log(story)


def test_a_condition_that_cannot_be_told_is_a_failed_loop_and_a_human_decides() -> None:
    loop = {"id": "loop", "repeat": "n > 3", "at_most": 9, "steps": [mark("s", "{{title}}", "n")]}
    story = RunStory(playbook(loop, mark("after"))).start()
    (stuck,) = story.now.stuck.values()
    assert "has no order" in stuck.error
    check_log(story)
    story.tell(ResolveStep, "ee-op", step="loop", attempt=1, decision="skip", reason="enough")
    assert story.now.status == "completed"


def test_many_rounds_at_once_yield_and_go_on_without_losing_one() -> None:
    inputs = {"words": {"type": "list", "default": [f"w{n}" for n in range(500)]}}
    each = {"id": "each", "for_each": "w", "in": "{{words}}", "at_once": True,
            "steps": [mark("a", "{{w}}"), mark("b")]}  # fmt: skip
    story = RunStory(playbook(each, mark("last"), inputs=inputs)).start()
    for _ in range(4):
        assert story.of(RunYielded)
        story.tell(AdvanceRun)
    assert story.now.status == "completed"
    assert len([one for one in story.outcomes() if one == "b ok"]) == 500
    check_log(story)
