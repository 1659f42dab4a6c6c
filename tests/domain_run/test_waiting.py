"""Waits: acknowledgements, reminders, deadlines, tasks, pauses. Late is not refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.run.commands import SignalRun
from coalition.domain.run.events import AnswersHeard, ReminderDue, StepEnded, StepPerformed
from tests.domain.cast import NOW
from tests.domain_run.stage import RunStory, check_log, mark, notify, playbook, wait_acks


def waiting(**fields: Any) -> RunStory:
    story = RunStory(playbook(notify(), wait_acks(**fields), mark("after"))).start()
    story.told()
    return story


def test_everybody_told_must_acknowledge_by_default() -> None:
    story = waiting()
    story.answers(lv="acknowledge")
    assert story.outcomes() == ["tell ok"]
    story.answers(lt="decline")
    assert story.outcomes() == ["tell ok", "acks ok", "after ok"]
    ended = story.of(StepEnded)[1]
    assert ended.output == {"acknowledged": ["lv", "lt"], "silent": [], "count": 2}
    check_log(story)


def test_as_many_as_needed_are_enough() -> None:
    story = waiting(need=1)
    story.answers(lt="acknowledge")
    assert story.of(StepEnded)[1].output["silent"] == ["lv"]
    assert story.now.over


def test_only_those_named_count() -> None:
    story = waiting(to="lv")
    story.answers(lt="acknowledge")
    assert "acks:1" in story.now.open
    story.answers(lv="acknowledge")
    assert story.now.over


def test_an_answer_that_is_faster_than_our_own_report_counts() -> None:
    story = RunStory(playbook(notify(), wait_acks(need=1))).start()
    story.answers(lv="acknowledge")
    assert story.of(AnswersHeard)
    story.told()
    assert story.outcomes() == ["tell ok", "acks ok"]
    check_log(story)


def test_the_same_answer_again_or_for_a_step_unknown_is_no_news() -> None:
    story = waiting()
    assert story.answers(lv="acknowledge")
    assert story.answers(lv="acknowledge") == []
    assert story.answers(step="other", lv="accept") == []
    assert story.answers(attempt=2, lv="accept") == []


@pytest.mark.parametrize("need", [3, "{{many}}"])
def test_a_wait_that_nobody_can_satisfy_fails_at_once_and_says_why(need: object) -> None:
    given = playbook(
        notify(), wait_acks(need=need), inputs={"many": {"type": "number", "default": 3}}
    )
    story = RunStory(given).start()
    story.told()
    error = story.of(StepEnded)[1].error
    assert error.startswith("needs 3 acknowledgements of the 2 told by tell; change `need`")


def test_waiting_for_a_notice_that_was_never_issued_fails() -> None:
    skip = mark("go_on")
    story = RunStory(playbook(notify(if_fails=[skip]), wait_acks())).start()
    story.report("tell", ok=False, error="no")
    assert story.outcomes() == ["tell failed", "go_on ok", "acks failed"]
    assert "has told nobody" in story.of(StepEnded)[-1].error


def test_late_takes_its_branch_and_then_goes_on() -> None:
    late = {"id": "chase", "do": "escalate", "of": "tell", "to": "lead",
            "text": "Silent: {{acks.silent}}"}  # fmt: skip
    story = waiting(if_late=[late])
    story.answers(lv="acknowledge")
    assert story.timers() == {"due:acks:1": NOW + timedelta(minutes=30)}
    story.wait(minutes=30).ring("due:acks:1")
    assert story.outcomes() == ["tell ok", "acks late"]
    request = story.now.open["chase:1"].request
    assert request["silent"] == ["lt"]
    assert request["text"] == "Silent: lt"
    story.report("chase", silent=["lt"])
    assert story.outcomes()[2:] == ["chase ok", "after ok"]
    check_log(story)


def test_late_without_a_branch_goes_on_too() -> None:
    story = waiting()
    story.wait(minutes=31).ring("due:acks:1")
    assert story.outcomes() == ["tell ok", "acks late", "after ok"]
    assert story.now.status == "completed"


def test_a_timer_that_is_early_foreign_or_stale_does_nothing() -> None:
    story = waiting(remind_every="10m")
    assert story.ring("due:acks:1") == []
    story.wait(hours=2)
    for timer in ("due:acks:2", "due:other:1", "remind:acks:1:2", "nonsense"):
        assert story.ring(timer) == []
    assert story.ring("due:acks:1")
    assert story.ring("due:acks:1") == []
    assert story.ring("remind:acks:1:1") == []
    check_log(story)


def test_reminders_come_one_after_the_other_and_stop_before_the_deadline() -> None:
    story = waiting(remind_every="10m")
    numbers = []
    while (due := min(story.timers().values())) < NOW + timedelta(minutes=30):
        story.at = due
        (timer,) = (name for name, at in story.timers().items() if at == due)
        (event,) = story.ring(timer)
        assert isinstance(event, ReminderDue)
        numbers.append((event.number, event.notice, due - NOW))
        assert story.ring(timer) == [], "one timer reminded twice"
    minutes = timedelta(minutes=1)
    assert numbers == [(1, 1, 10 * minutes), (2, 1, 20 * minutes)]
    assert list(story.timers()) == ["due:acks:1"]


def test_no_reminder_after_everybody_has_answered() -> None:
    story = waiting(remind_every="10m")
    story.answers(lv="acknowledge", lt="accept")
    assert story.timers() == {}
    assert story.wait(minutes=10).ring("remind:acks:1:1") == []


def test_a_pause_lasts_as_long_as_it_says_and_is_not_late() -> None:
    story = RunStory(playbook({"id": "pause", "do": "wait", "for": "2d"}, mark("b"))).start()
    assert story.wait(days=1, hours=23).ring("due:pause:1") == []
    story.wait(hours=1).ring("due:pause:1")
    assert story.outcomes() == ["pause ok", "b ok"]
    check_log(story)


def task(**fields: Any) -> RunStory:
    step = {"id": "do_it", "do": "task", "text": "Do it", **fields}
    return RunStory(playbook(step, mark("after"))).start()


def done(story: RunStory, attempt: int = 1) -> None:
    data = {"step": "do_it", "attempt": attempt, "by": "ee-op"}
    story.tell(SignalRun, topic="task", data=data)


def test_a_task_goes_on_until_somebody_has_done_it() -> None:
    story = task(within="1h")
    story.report("do_it", task=4)
    assert [event.step for event in story.of(StepPerformed)] == ["do_it"]
    done(story, attempt=2)
    assert "do_it:1" in story.now.open
    done(story)
    assert story.of(StepEnded)[0].output == {"task": 4, "done_by": "ee-op"}
    assert story.now.over
    check_log(story)


def test_a_task_done_before_the_report_ends_the_step_once() -> None:
    story = task()
    done(story)
    assert story.report("do_it", task=4) == []
    assert story.outcomes() == ["do_it ok", "after ok"]
    check_log(story)


def test_a_task_that_is_not_waited_for_ends_when_it_is_on_the_list() -> None:
    story = task(wait=False)
    story.report("do_it", task=4)
    assert story.outcomes() == ["do_it ok", "after ok"]


def test_escalating_when_nobody_is_silent_is_done_at_once() -> None:
    steps = [notify(), wait_acks(need=1), {"id": "chase", "do": "escalate", "of": "tell"}]
    story = RunStory(playbook(*steps)).start()
    story.told("tell", "lv")
    story.answers(lv="accept")
    assert story.outcomes() == ["tell ok", "acks ok", "chase ok"]
