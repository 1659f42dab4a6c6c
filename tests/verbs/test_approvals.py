"""Approvals: who may, how often, and that neither silence nor the asker ever approves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.incident.commands import AssignRole
from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import AnswerStep, PassRunTimer, ResolveStep
from coalition.domain.run.events import QuestionAsked, ReminderDue, StepEnded, StepProgressed
from tests.domain.cast import NUMBER, person
from tests.domain_run.stage import RunStory, check_log, mark, playbook
from tests.verbs.stage import House

PEOPLE = [f"{member}-{short}" for member in ("ee", "lv", "lt") for short in
          ("op", "ap", "both", "vo")]  # fmt: skip
APPROVERS = ("ee-ap", "ee-both", "lv-ap", "lv-both", "lt-ap")


def cut(**fields: Any) -> dict[str, Any]:
    return {"id": "cut", "do": "approve", "text": "Cut it?", "within": "15m", **fields}


def approving(people: tuple[str, ...] = APPROVERS, starter: str = "ee-op", **fields: Any) -> Any:
    story = RunStory(playbook(cut(**fields), mark("done"))).start(person(starter))
    story.report("cut", people=[one for one in people if one != starter], not_by=[])
    return story


def test_one_approver_approves_and_the_run_goes_on() -> None:
    story = approving()
    story.reply("cut", "ee-ap", decision="approve")
    assert story.outcomes() == ["cut ok", "done ok"]
    output = story.now.steps["cut"].output
    assert (output["decision"], output["approved_by"]) == ("approved", "ee-ap")
    check_log(story)


def test_the_question_says_how_many_are_needed_and_who_may_not() -> None:
    story = approving(need=2)
    (asked,) = story.of(QuestionAsked)
    assert (asked.need, asked.not_by, asked.people) == (2, ("ee-op",), APPROVERS)
    assert asked.due == story.timers()["due:cut:1"]


def test_several_must_approve_and_each_counts_once() -> None:
    story = approving(need=2)
    story.reply("cut", "ee-ap", decision="approve")
    (event,) = story.of(StepProgressed)
    assert event.note == "approves. 1 more must approve."
    with pytest.raises(UserError, match="said so already; it counts once"):
        story.reply("cut", "ee-ap", decision="approve")
    story.reply("cut", "ee-ap", decision="approve", reason="Really")
    assert "cut:1" in story.now.open
    story.reply("cut", "lv-ap", decision="approve")
    assert story.now.steps["cut"].output["approved_by"] == "ee-ap, lv-ap"
    check_log(story)


def test_one_refusal_refuses_it_and_is_neither_late_nor_a_failure() -> None:
    story = approving(need=2, if_refused=[mark("plan_b")], if_late=[mark("nobody")])
    story.reply("cut", "ee-ap", decision="approve")
    story.reply("cut", "lv-ap", decision="refuse", reason="Too much harm")
    assert story.outcomes()[:2] == ["cut refused", "plan_b ok"]
    assert story.now.steps["cut"].output["reason"] == "Too much harm"
    check_log(story)


def test_who_approved_may_still_refuse_while_it_is_open() -> None:
    story = approving(need=2)
    story.reply("cut", "ee-ap", decision="approve")
    story.reply("cut", "ee-ap", decision="refuse", reason="I have seen the map")
    assert story.now.steps["cut"].outcome == "refused"


def test_without_a_branch_a_refusal_stops_until_a_human_decides() -> None:
    story = approving()
    story.reply("cut", "ee-ap", decision="refuse")
    assert story.now.status == "needs_decision"
    assert "done" not in story.now.steps


def test_expiry_is_late_and_what_follows_does_not_happen() -> None:
    story = approving()
    story.wait(minutes=15).ring("due:cut:1")
    assert story.now.steps["cut"].outcome == "late"
    assert story.now.status == "needs_decision"
    assert "done" not in story.now.steps
    with pytest.raises(UserError, match="The time to answer cut has passed"):
        story.reply("cut", "ee-ap", decision="approve")
    check_log(story)


def test_an_answer_after_the_deadline_counts_for_nothing_even_before_the_timer_rings() -> None:
    story = approving()
    story.wait(minutes=15)
    with pytest.raises(UserError, match="has passed"):
        story.reply("cut", "ee-ap", decision="approve")
    assert "cut:1" in story.now.open


def test_an_approval_cannot_be_skipped_but_asked_again_or_stopped() -> None:
    story = approving()
    story.wait(minutes=15).ring("due:cut:1")
    about = {"step": "cut", "attempt": 1, "reason": "I am in a hurry"}
    with pytest.raises(UserError, match="cannot be skipped"):
        story.tell(ResolveStep, "ee-op", **about, decision="skip")
    story.tell(ResolveStep, "ee-op", **about, decision="retry")
    assert "cut:2" in story.now.open


def test_the_lead_does_not_answer_in_place_of_an_approver() -> None:
    story = approving(("ee-ap",), starter="lv-op")
    with pytest.raises(NotAllowed, match="needs the role approver"):
        story.reply("cut", "ee-op", decision="approve")
    with pytest.raises(NotAllowed, match="asks ee-ap, not you"):
        story.reply("cut", "lv-both", decision="approve")


def test_members_that_take_no_part_have_no_say() -> None:
    story = approving((*APPROVERS, "pl-ap"))
    with pytest.raises(NotFound):
        story.reply("cut", "pl-ap", decision="approve")


def test_those_asked_are_reminded_until_it_is_late() -> None:
    story = approving(remind_every="5m")
    story.wait(minutes=5).ring("remind:cut:1:1")
    (event,) = story.of(ReminderDue)
    assert (event.notice, event.people) == (0, APPROVERS)


def test_the_asker_is_left_out_even_as_an_approver(tmp_path: Path) -> None:
    house = House(tmp_path).start(playbook(cut(to=["ee", "lv"]), mark("done")), "ee-both").settle()
    assert house.run.open["cut:1"].output["people"] == ["ee-ap", "lv-ap", "lv-both"]
    with pytest.raises(NotAllowed, match="Nobody approves their own request"):
        house.answer("cut", "ee-both", decision="approve")


def test_where_only_the_asker_could_approve_the_step_fails(tmp_path: Path) -> None:
    roles = {"boss": {"individual": "Boss", "holds": "boss"}}
    step = cut(to="boss")
    house = House(tmp_path)
    house.tell(AssignRole, "ee-op", incident=NUMBER, role="boss", delegate="ee-both")
    house.start(playbook(step, mark("done"), roles=roles), "ee-both").settle()
    assert "only nobody can give one" in house.stuck()


def test_whoever_it_is_for_may_not_approve_it(tmp_path: Path) -> None:
    step = cut(**{"to": "approvers", "for": "boss"})
    roles = {
        "approvers": {"group": "Approvers", "members": "ee", "people": "approver"},
        "boss": {"individual": "Boss", "members": "ee", "people": "operator"},
    }
    house = House(tmp_path).start(playbook(step, mark("done"), roles=roles)).settle()
    output = house.run.open["cut:1"].output
    assert output["people"] == ["ee-ap"]
    assert "ee-both" in output["not_by"]
    with pytest.raises(NotAllowed, match="Nobody approves their own request"):
        house.answer("cut", "ee-both", decision="approve")


def test_fewer_approvers_than_needed_is_said_at_once(tmp_path: Path) -> None:
    house = House(tmp_path).start(playbook(cut(need=3))).settle()
    assert "needs 3 approvals by others with the role approver" in house.stuck()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    starter=st.sampled_from(["ee-op", "ee-both", "lv-both", "lt-op"]),
    need=st.integers(1, 3),
    acts=st.lists(
        st.tuples(
            st.sampled_from([*PEOPLE, "timer"]),
            st.sampled_from(["approve", "approve", "approve", "refuse"]),
            st.integers(0, 6),
        ),
        max_size=12,
    ),
)
def test_nobody_approves_their_own_request_and_expiry_never_approves(
    starter: str, need: int, acts: list[tuple[str, str, int]]
) -> None:
    """Whoever answers, however often and whenever: the outcome is what `need` others wanted."""
    story = approving(APPROVERS, starter, need=need)
    began, yes, refused = story.at, set(), False
    for who, decision, minutes in acts:
        story.wait(minutes=minutes)
        in_time = (story.at - began).total_seconds() < 15 * 60
        if who == "timer":
            story.tell(PassRunTimer, SYSTEM, timer="due:cut:1")
            continue
        was_open = "cut:1" in story.now.open
        try:
            values = {"decision": decision}
            story.tell(AnswerStep, who, step="cut", attempt=1, values=values)
        except UserError:
            continue
        assert was_open
        assert in_time
        assert who in APPROVERS
        assert who != starter
        refused = refused or decision == "refuse"
        yes.add(who)
    outcome = story.now.steps["cut"].outcome
    assert (outcome == "ok") == (len(yes) >= need and not refused)
    assert (outcome == "refused") == refused
    assert ("done" in story.now.steps) == (outcome == "ok")
    if outcome == "ok":
        (end,) = [one for one in story.of(StepEnded) if one.step == "cut"]
        assert set(end.output["approved_by"].split(", ")) == yes
    check_log(story)
