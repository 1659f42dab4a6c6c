"""Choosing, jumping, stopping, waiting for one's turn, trying again."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.run.commands import AdvanceRun, ResolveStep
from coalition.domain.run.events import RunEnded, StepDelayed, StepNeedsDecision
from coalition.domain.run.rounds import JUMPS
from tests.domain_run.stage import RunStory, check_log, mark, notify, playbook


@pytest.mark.parametrize(("n", "taken"), [(1, "one"), (2, "two"), (7, "many"), (0, "none")])
def test_choose_takes_the_first_case_that_holds(n: int, taken: str) -> None:
    cases = [
        {"when": "n = 1", "then": [mark("one")]},
        {"when": "n = 2", "then": [mark("two")]},
        {"when": "n >= 2", "then": [mark("many")]},
    ]
    step = {"id": "which", "choose": cases, "else": [mark("none")]}
    story = RunStory(playbook(mark("s", n, "n"), step, mark("z"))).start()
    assert story.outcomes() == ["s ok", "which ok", f"{taken} ok", "z ok"]
    check_log(story)


@pytest.mark.parametrize(
    ("answer", "taken"), [("granted", ["yes ok"]), ("partly", ["yes ok"]), ("refused", [])]
)
def test_choose_by_value_takes_the_case_that_names_it(answer: str, taken: list[str]) -> None:
    step = {"id": "which", "on": "a", "choose": [
        {"is": ["granted", "partly"], "then": [mark("yes")]}, {"is": "other", "then": [mark("o")]}
    ]}  # fmt: skip
    story = RunStory(playbook(mark("s", answer, "a"), step)).start()
    assert story.outcomes() == ["s ok", "which ok", *taken]


def test_stop_ends_the_run_with_its_reason_whatever_else_is_open() -> None:
    step = {"id": "enough", "stop": "{{title}}: nothing to do"}
    both = {"id": "both", "parallel": [[notify()], [{"id": "i", "if": "severity = 'S2'",
                                                     "then": [step]}]]}  # fmt: skip
    story = RunStory(playbook(both, mark("never"))).start()
    ended = RunEnded(outcome="stopped", reason="Banks under fire: nothing to do")
    assert story.of(RunEnded) == [ended]
    assert story.outcomes() == ["i ok", "enough ok", "tell cancelled", "both cancelled"]
    assert story.told() == []
    check_log(story)


def test_stop_can_be_a_good_end() -> None:
    step = {"id": "done", "stop": "false alarm", "outcome": "completed"}
    assert RunStory(playbook(step)).start().now.status == "completed"


def jumping(**ask: Any) -> RunStory:
    question = {"id": "q", "do": "ask", "text": "Again?", "save": "again", **ask}
    back = {"id": "i", "if": "again = 'yes'", "then": [{"id": "back", "goto": "q"}]}
    return RunStory(playbook(question, back, mark("after"))).start()


def test_goto_leads_back_and_every_time_is_an_attempt_of_its_own() -> None:
    story = jumping()
    for attempt, said in ((1, "yes"), (2, "yes"), (3, "no")):
        story.report("q", attempt=attempt, people=[])
        story.reply("q", attempt=attempt, again=said)
    assert story.outcomes().count("q ok") == 3
    assert story.now.jumps == 2
    assert story.now.status == "completed"
    check_log(story)


def test_goto_out_of_a_loop_ends_the_loop() -> None:
    out = {"id": "out", "goto": "z"}
    inner = {"id": "inner", "for_each": "b", "in": [1, 2],
             "steps": [{"id": "i", "if": "b = 1", "then": [out]}]}  # fmt: skip
    outer = {"id": "outer", "for_each": "a", "in": [1, 2], "steps": [mark("x"), inner]}
    story = RunStory(playbook(outer, mark("y"), mark("z"))).start()
    assert story.outcomes() == ["x ok", "i ok", "out ok", "inner ok", "outer ok", "z ok"]
    check_log(story)


def test_a_run_that_goes_round_for_ever_stops_at_a_human() -> None:
    story = RunStory(playbook(mark("a"), {"id": "g", "goto": "a"})).start()
    while story.now.ready:
        check_log(story)
        story.tell(AdvanceRun)
    (stuck,) = story.of(StepNeedsDecision)
    assert f"jumped {JUMPS} times" in stuck.error
    assert story.outcomes().count("g ok") == JUMPS
    story.tell(ResolveStep, "ee-op", step="g", attempt=stuck.attempt, decision="skip", reason="x")
    assert story.now.status == "completed"
    check_log(story)


def test_after_delays_the_start_and_a_stale_timer_starts_nothing() -> None:
    story = RunStory(playbook(notify(after="30m", within="10m"), mark("z"))).start()
    assert story.now.open == {}
    (delayed,) = story.of(StepDelayed)
    assert (delayed.attempt, delayed.due) == (1, story.at.replace(minute=story.at.minute + 30))
    assert story.ring("start:tell:1") == []
    check_log(story)
    story.wait(minutes=30).ring("start:tell:1")
    assert story.ring("start:tell:1") == []
    assert list(story.timers()) == ["due:tell:1"]
    story.wait(minutes=10).ring("due:tell:1")
    assert story.outcomes() == ["tell late", "z ok"]
    check_log(story)


def test_a_failing_step_is_tried_again_with_growing_pauses_before_if_fails() -> None:
    step = notify(retry={"times": 3, "wait": "2m"}, if_fails=[mark("phone")])
    story = RunStory(playbook(step, mark("z"))).start()
    for attempt, pause in ((1, 2), (2, 4), (3, 8)):
        story.report("tell", ok=False, attempt=attempt, error="refused")
        timer = f"start:tell:{attempt + 1}"
        assert story.timers() == {timer: story.at.replace(minute=story.at.minute + pause)}
        check_log(story)
        story.wait(minutes=pause).ring(timer)
    story.report("tell", ok=False, attempt=4, error="refused")
    assert story.outcomes() == [*["tell failed"] * 4, "phone ok", "z ok"]
    assert story.of(StepNeedsDecision) == []
    check_log(story)


def test_a_step_that_succeeds_on_the_second_try_goes_on_as_if_nothing_had_been() -> None:
    story = RunStory(playbook(notify(retry={"times": 1, "wait": "1m"}), mark("z"))).start()
    story.report("tell", ok=False, error="refused")
    story.wait(minutes=1).ring("start:tell:2")
    story.report("tell", attempt=2, notice=1, told=["lv"])
    assert story.outcomes() == ["tell failed", "tell ok", "z ok"]
    assert story.now.steps["tell"].output["told"] == ["lv"]


def test_tries_used_up_without_if_fails_a_human_decides() -> None:
    story = RunStory(playbook(notify(retry={"times": 1, "wait": "1m"}))).start()
    story.report("tell", ok=False, error="refused")
    story.wait(minutes=1).ring("start:tell:2")
    story.report("tell", ok=False, attempt=2, error="refused")
    assert list(story.now.stuck) == ["tell:2"]
    story.tell(ResolveStep, "ee-op", step="tell", attempt=2, decision="retry")
    assert list(story.now.open) == ["tell:3"]
    check_log(story)
