"""Runs on the assembled application: long ones, wide ones, ones within others; each step once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AddMembers, CompleteTask
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import CancelRun, ResolveStep
from tests.domain_run.stage import RUN, mark, notify, playbook
from tests.playbooks.stage import Hall

CHILD = """\
playbook: inner
title: Inner
tlp: clear
inputs: {word: {}}
steps:
  - {id: job, do: task, text: "Do {{word}}"}
  - {id: keep, do: set, values: {said: "{{word}}!"}}
"""
OUTER = {"id": "sub", "do": "playbook", "run": "inner", "with": {"word": "{{title}}"},
         "save": {"out": "said", "by": "job.done_by"}}  # fmt: skip


@pytest.fixture(params=["memory", "redis"])
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Hall:
    redis = request.getfixturevalue("real_redis") if request.param == "redis" else None
    (tmp_path / "inner.yaml").write_text(CHILD)
    return Hall(tmp_path, redis)


@pytest.fixture
def here(tmp_path: Path) -> Hall:
    (tmp_path / "inner.yaml").write_text(CHILD)
    return Hall(tmp_path)


def once_each(hall: Hall, count: int) -> None:
    ends = hall.ends()
    assert set(ends.values()) == {1}
    assert {outcome for _, _, outcome in ends} == {"ok"}
    assert len(ends) == count
    assert sorted(hall.started()) == sorted((step, attempt) for step, attempt, _ in ends)
    assert hall.run().status == "completed"


def test_a_run_of_a_thousand_steps_completes_each_exactly_once(hall: Hall) -> None:
    def step(number: int) -> dict[str, Any]:
        if number % 50 == 0:
            return {"id": f"s{number}", "do": "task", "text": "x", "wait": False}
        return mark(f"s{number}", number)

    hall.start(playbook(*(step(number) for number in range(1000))))
    hall.settle()
    once_each(hall, 1000)
    assert len(hall.incident.tasks) == 20


def test_two_hundred_waits_at_once_complete_each_exactly_once(hall: Hall) -> None:
    words = {"words": {"type": "list", "default": [f"w{number}" for number in range(200)]}}
    each = {"id": "each", "for_each": "w", "in": "{{words}}", "at_once": True,
            "steps": [{"id": "job", "do": "task", "text": "Do {{w}}"}]}  # fmt: skip
    hall.start(playbook(each, mark("after"), inputs=words))
    hall.settle()
    assert len(hall.run().open) == 201
    for task in sorted(hall.incident.tasks, key=int, reverse=True):
        hall.tell(CompleteTask, "lv-op", incident=hall.incident.number, task=int(task))
    hall.settle()
    once_each(hall, 202)
    assert len(hall.incident.tasks) == 200


def test_two_hundred_timers_at_once_fire_each_exactly_once(here: Hall) -> None:
    branches = [[{"id": f"w{n}", "do": "wait", "for": f"{n + 1}s"}] for n in range(200)]
    here.start(playbook({"id": "both", "parallel": branches}))
    here.settle()
    here.pass_time(seconds=100)
    assert len(here.run().open) == 101
    here.pass_time(seconds=100)
    once_each(here, 201)


def test_a_playbook_within_another_gets_values_and_gives_them_back(hall: Hall) -> None:
    hall.start(playbook(OUTER, mark("after", "{{out}} {{by}} {{sub.run}}", "end")))
    hall.settle()
    inner = f"{RUN}-sub-1"
    assert hall.run(inner).inputs == {"word": "Flood"}
    assert hall.run().open["sub:1"].performed
    hall.tell(CompleteTask, "lv-op", incident=hall.incident.number, task=1)
    hall.settle()
    assert hall.run(inner).status == "completed"
    assert hall.run().variables["end"] == f"Flood! lv-op {inner}"
    once_each(hall, 2)


def test_cancelling_reaches_the_playbook_within(here: Hall) -> None:
    here.start(playbook(OUTER))
    here.settle()
    here.tell(CancelRun, "ee-op", run=RUN, reason="enough")
    here.settle()
    inner = here.run(f"{RUN}-sub-1")
    assert (inner.status, inner.reason) == ("cancelled", f"Step sub of {RUN} is cancelled.")


def test_a_playbook_within_that_is_late_is_cancelled_and_the_outer_goes_on(here: Hall) -> None:
    here.start(playbook({**OUTER, "within": "1h", "if_late": [mark("late")]}, mark("z")))
    here.settle()
    here.pass_time(hours=1)
    assert here.run().status == "completed"
    assert {"sub:late", "late:ok", "z:ok"} == {f"{s}:{o}" for s, _, o in here.ends()}
    assert here.run(f"{RUN}-sub-1").status == "cancelled"


def test_a_playbook_within_that_is_cancelled_is_a_failed_step_and_can_be_tried_again(
    here: Hall,
) -> None:
    here.start(playbook(OUTER))
    here.settle()
    here.tell(CancelRun, "ee-op", run=f"{RUN}-sub-1", reason="wrong door")
    here.settle()
    (stuck,) = here.run().stuck.values()
    assert stuck.error == f"playbook inner ({RUN}-sub-1) was cancelled: wrong door"
    here.tell(ResolveStep, "ee-op", run=RUN, step="sub", attempt=1, decision="retry")
    here.settle()
    assert here.run(f"{RUN}-sub-2").status == "running"
    here.tell(CompleteTask, "lv-op", incident=here.incident.number, task=2)
    here.settle()
    assert here.run().status == "completed"


def test_the_playbook_within_is_the_one_of_the_start_whatever_is_edited_since(
    here: Hall, tmp_path: Path
) -> None:
    here.start(playbook({"id": "pause", "do": "wait", "for": "1h"}, OUTER))
    (tmp_path / "inner.yaml").write_text(CHILD.replace("Do {{word}}", "Do something else"))
    here.settle()
    here.pass_time(hours=1)
    assert here.incident.tasks["1"].text == "Do Flood"


def test_a_playbook_that_runs_one_that_is_not_there_does_not_start(here: Hall) -> None:
    with pytest.raises(UserError, match="it runs innr, which is not in force"):
        here.start(playbook({**OUTER, "run": "innr"}))


def test_retries_and_delays_go_by_the_clock(here: Hall) -> None:
    step = notify(to="lt", after="10m", retry={"times": 1, "wait": "5m"}, if_fails=[mark("phone")])
    narrow = {"who": {"group": "Nobody", "members": "all", "sector": "fishing"}}
    here.start(playbook({**step, "to": "who"}, roles=narrow))
    here.settle()
    assert [*here.started()] == []
    here.pass_time(minutes=10)
    here.pass_time(minutes=5)
    assert {(s, a, o) for s, a, o in here.ends()} == {
        ("tell", 1, "failed"),
        ("tell", 2, "failed"),
        ("phone", 1, "ok"),
    }


def rule(**fields: Any) -> Playbook:
    return playbook(mark("a"), playbook="ruled", trigger=[{"kind": "ddos", **fields}])


def test_a_rule_on_members_starts_the_playbook_when_such_a_member_joins_the_affected(
    here: Hall, tmp_path: Path
) -> None:
    text = rule(member="lt").model_dump_json(by_alias=True)
    (tmp_path / "ruled.yaml").write_text(text)
    here.settle()
    runs = here.tocsin.view.runs_of(here.incident.number)
    assert runs == []
    here.tell(AddMembers, "ee-op", incident=here.incident.number, affected=("lt",))
    here.settle()
    ((_, started),) = here.tocsin.view.runs_of(here.incident.number)
    assert (started.name, started.status) == ("ruled", "completed")
