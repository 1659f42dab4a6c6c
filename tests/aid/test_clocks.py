"""Every clock rings once for its time, and never early, late or for a wait that is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.clocks import timers
from coalition.domain.messages import Command
from tests.aid.samples import mission_at
from tests.aid.stage import NOW, TERMS, Stage, coalition

RINGING = ("ClockPassed", "OfferExpired", "RequestExpired", "WaveAsked")


def submitted() -> Stage:
    stage = Stage().ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    return stage


def offered() -> Stage:
    stage = Stage().ask()
    stage.offer()
    return stage


def signed() -> Stage:
    """Both have signed, and the pool does not answer."""
    stage = offered()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    stage.engine.execute(stage.made(c.SignTerms, "lv-ap", offer=1, terms_hash=stage.hash()))
    stage.engine.relay()
    stage.engine.wanted.clear()
    return stage


def deferred() -> Stage:
    stage = Stage(coalition({"aid": {"signing": {"deferred": "30d"}}})).ask()
    stage.offer("lv-both", deferrable=True, terms=TERMS)
    stage.sign("ee-ap")
    stage.tell(c.AcceptDeferred, "ee-ap", offer=1, terms_hash=stage.hash(), reason="No time.")
    return stage


CLOCKS: dict[str, tuple[Callable[[], Stage], timedelta]] = {
    "approval": (submitted, timedelta(hours=1)),
    "answer": (lambda: Stage().ask(), timedelta(hours=24)),
    "wave": (lambda: Stage().ask(), timedelta(minutes=30)),
    "expiry": (lambda: Stage().ask(), timedelta(hours=96)),
    "offer:1": (offered, timedelta(hours=72)),
    "booking:1": (signed, timedelta(minutes=15)),
    "paperwork:1": (deferred, timedelta(days=30)),
    "checkin:1": (lambda: Stage().deployed(), timedelta(hours=12)),
    "report:1": (lambda: Stage().home(), timedelta(days=61)),
}


def ring(stage: Stage, clock: str, at: datetime) -> int:
    """Ring it by hand; returns how many records followed."""
    before = sum(len(stage.records(one)) for one in RINGING)
    about: dict[str, Any] = {"id": f"r{at.timestamp()}-{before}", "at": at, "timer": clock}
    order = stage.made(c.PassAidTimer, timer=clock).model_copy(update=about)
    stage.engine.execute(order)
    return sum(len(stage.records(one)) for one in RINGING) - before


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_rings_when_it_is_due_and_only_once(clock: str) -> None:
    story, after = CLOCKS[clock]
    stage = story()
    due = timers(stage.aid)[clock]
    assert due == NOW + after
    assert ring(stage, clock, due - timedelta(seconds=1)) == 0
    assert ring(stage, clock, due) >= 1
    assert clock not in timers(stage.aid)
    assert ring(stage, clock, due) == 0
    assert ring(stage, clock, due + timedelta(days=9)) == 0


def test_these_are_all_the_clocks_there_are() -> None:
    found = {name for story, _ in CLOCKS.values() for name in timers(story().aid)}
    assert found == set(CLOCKS)


@pytest.mark.parametrize(
    ("clock", "command", "by", "fields"),
    [
        ("approval", c.ApproveRequest, "ee-ap", {}),
        ("answer", c.WithdrawRequest, "ee-op", {"reason": "x"}),
        ("wave", c.CloseRequest, "ee-op", {}),
        ("expiry", c.CloseRequest, "ee-op", {}),
        ("offer:1", c.WithdrawOffer, "lv-op", {"offer": 1}),
        ("booking:1", c.WithdrawOffer, "lv-op", {"offer": 1}),
        ("checkin:1", m.CheckIn, "lv-op", {"mission": 1, "text": "x", "next_in": "PT20H"}),
        ("report:1", m.ReportMission, "ee-op", {"mission": 1, "text": "x"}),
    ],
)
def test_a_clock_that_rings_after_the_matter_is_settled_does_nothing(
    clock: str, command: type[Command], by: str, fields: dict[str, Any]
) -> None:
    story, _ = CLOCKS[clock]
    stage = story()
    due = timers(stage.aid)[clock]
    stage.tell(command, by, **fields)
    assert ring(stage, clock, due) == 0


def test_each_check_in_winds_the_clock_anew() -> None:
    stage = Stage().deployed()
    for _ in range(3):
        stage.wait(timedelta(hours=13))
        assert "has not checked in" in stage.alarms["checkin:1"]
        stage.tell(m.CheckIn, "lv-op", mission=1, text="All is well.")
        assert "checkin:1" not in stage.alarms
    assert len(stage.records("ClockPassed")) == 4  # and the answers were late once
    assert (stage.mission().check_ins, stage.mission().last_check_in) == (3, "All is well.")


def test_a_check_in_that_is_late_finds_out_that_a_member_is_suspended() -> None:
    stage = Stage().deployed()
    stage.change(lv={"status": "suspended"})
    stage.wait(timedelta(hours=12))
    assert "Should it be recalled?" in stage.alarms["recall:1:lv"]


def test_the_report_is_due_two_months_after_the_team_came_home() -> None:
    stage = mission_at("demobilised")
    stage.wait(timedelta(days=61))
    assert "report on mission 1 of AID-2026-0003 is due" in stage.alarms["report:1"]
    stage.tell(m.ReportMission, "ee-op", mission=1, text="Both banks are back.")
    assert "report:1" not in stage.alarms


def test_a_capability_rests_after_the_mission_unless_it_never_went() -> None:
    stage = Stage().home()
    (rest,) = stage.pool("lv").bookings.values()
    assert (rest.stage, rest.rest_until) == ("resting", NOW + timedelta(hours=24))
    stayed = Stage().accepted()
    stayed.tell(m.StandDownMission, "ee-op", mission=1)
    stayed.tell(m.ConfirmHome, "lv-op", mission=1)
    assert stayed.pool("lv").bookings == {}
