"""How a run goes through its steps: order, branches, pure steps at once, position as data."""

from __future__ import annotations

import pytest

from coalition.domain.errors import UserError
from coalition.domain.run.commands import AdvanceRun, StartRun
from coalition.domain.run.engine import BUDGET
from coalition.domain.run.events import RunEnded, RunYielded, StepEnded, StepStarted
from tests.domain_run.stage import RunStory, check_log, mark, notify, playbook


def test_pure_steps_run_in_one_decision_to_the_end() -> None:
    story = RunStory(playbook(mark("a"), mark("b"), mark("c"))).start()
    assert story.outcomes() == ["a ok", "b ok", "c ok"]
    assert story.now.status == "completed"
    assert story.of(RunEnded) == [RunEnded(outcome="completed", reason="")]
    check_log(story)


@pytest.mark.parametrize(("value", "taken"), [(3, "big"), (2, "small")])
def test_an_if_takes_one_branch_and_goes_on_after_it(value: int, taken: str) -> None:
    steps = [
        mark("first", value, "n"),
        {"id": "which", "if": "n >= 3", "then": [mark("big")], "else": [mark("small")]},
        mark("last"),
    ]
    story = RunStory(playbook(*steps)).start()
    assert story.outcomes() == ["first ok", "which ok", f"{taken} ok", "last ok"]
    check_log(story)


def test_an_if_without_else_goes_on_when_it_does_not_hold() -> None:
    steps = [mark("a", 1, "n"), {"id": "never", "if": "n > 1", "then": [mark("b")]}, mark("c")]
    assert RunStory(playbook(*steps)).start().outcomes() == ["a ok", "never ok", "c ok"]


def test_the_end_of_nested_branches_leads_out_of_all_of_them() -> None:
    inner = {"id": "inner", "if": "n = 1", "then": [mark("deep")]}
    outer = {"id": "outer", "if": "n = 1", "then": [inner]}
    story = RunStory(playbook(mark("a", 1, "n"), outer, mark("z"))).start()
    assert story.outcomes() == ["a ok", "outer ok", "inner ok", "deep ok", "z ok"]


def test_a_step_that_needs_the_outside_stops_the_run_until_it_is_reported() -> None:
    story = RunStory(playbook(notify(), mark("after"))).start()
    (started,) = story.of(StepStarted)
    assert started.outside
    assert started.place == "0"
    assert story.now.status == "running"
    assert story.outcomes() == []
    story.told()
    assert story.outcomes() == ["tell ok", "after ok"]
    check_log(story)


def test_a_report_for_an_attempt_that_is_not_open_does_nothing() -> None:
    story = RunStory(playbook(notify(), notify("again"))).start()
    assert story.report("tell", attempt=2) == []
    assert story.report("again") == []
    story.told()
    assert story.told() == []
    check_log(story)


def test_a_report_cannot_end_a_wait() -> None:
    story = RunStory(playbook({"id": "pause", "do": "wait", "for": "1h"})).start()
    assert story.report("pause") == []
    assert story.now.open


def test_names_are_replaced_when_the_step_begins_and_only_once() -> None:
    steps = [mark("s", "{{title}}", "what"), notify(text="{{what}} in {{incident}}: {{raw}}")]
    given = playbook(*steps, inputs={"raw": {}})
    story = RunStory(given).start(inputs={"raw": "{{title}} stays"})
    request = story.of(StepStarted)[-1].request
    assert request["text"] == "Banks under fire in INC-2026-0007: {{title}} stays"


def test_a_long_run_yields_and_goes_on_when_told() -> None:
    story = RunStory(playbook(*(mark(f"s{i}") for i in range(BUDGET + 3)))).start()
    assert story.of(RunYielded) == [RunYielded(places=(str(BUDGET),))]
    assert not story.now.over
    check_log(story)
    story.tell(AdvanceRun)
    assert story.now.status == "completed"
    assert len(story.of(StepEnded)) == BUDGET + 3
    assert story.tell(AdvanceRun) == []
    check_log(story)


def test_inputs_have_their_defaults_and_are_read_by_type() -> None:
    inputs = {"n": {"type": "number", "default": 2}, "who": {"type": "members"}}
    story = RunStory(playbook(mark("a"), inputs=inputs)).start(inputs={"who": "lv, lt"})
    assert story.now.inputs == {"n": 2, "who": ["lv", "lt"]}


@pytest.mark.parametrize(
    ("inputs", "field", "words"),
    [
        ({}, "who", "Input who (Whom) is missing. Write who=…."),
        ({"who": "LV"}, "who", "Input who: 'LV' is not a member id; write it like ee or lv."),
        ({"who": "lv", "x": 1}, "x", "try has no input 'x'. Its inputs: who."),
    ],
)
def test_wrong_inputs_are_refused_by_name_and_nothing_starts(
    inputs: dict[str, object], field: str, words: str
) -> None:
    story = RunStory(playbook(mark("a"), inputs={"who": {"type": "member", "about": "Whom"}}))
    with pytest.raises(UserError) as caught:
        story.start(inputs=inputs)
    assert (caught.value.field, str(caught.value)) == (field, words)
    assert story.state is None


def test_a_run_starts_once() -> None:
    story = RunStory(playbook(notify())).start()
    with pytest.raises(UserError, match="has started already"):
        story.start()


def test_a_run_is_pinned_to_the_playbook_it_was_started_with() -> None:
    story = RunStory(playbook(mark("a")))
    with pytest.raises(ValueError, match="pinned to playbook 0000"):
        story.tell(StartRun, incident="i", playbook="0000", name="try", facts={})


def test_a_playbook_that_names_an_unknown_member_does_not_start() -> None:
    with pytest.raises(UserError, match="'lx' is neither a role nor a member"):
        RunStory(playbook(notify(to="lx"))).start()
