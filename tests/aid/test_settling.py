"""After the mission: the report, the bill, questions, and the end."""

from __future__ import annotations

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.errors import NotFound, UserError
from coalition.domain.money import minor_units, shown
from tests.aid.samples import LINE, mission_at
from tests.aid.stage import TERMS, Stage, partner


def test_a_bill_is_questioned_answered_and_settled() -> None:
    stage = mission_at("costs_submitted")
    stage.tell(m.QueryCosts, "ee-op", mission=1, question="Two people or three?", lines=(1,))
    assert (stage.mission().status, stage.mission().queried_lines) == ("queried", (1,))
    with pytest.raises(UserError, match="is queried: nobody can settle its costs now"):
        stage.tell(m.SettleCosts, "ee-ap", mission=1)
    better = LINE.model_copy(update={"amount": 350_000})
    stage.tell(m.SubmitCosts, partner("lv"), mission=1, lines=(better,), note="Two.")
    assert (stage.mission().submission, stage.mission().queried_lines) == (2, ())
    stage.tell(m.SettleCosts, "ee-ap", mission=1, reference="TR-77")
    mission = stage.mission()
    assert (mission.status, mission.settled_amount, mission.reference) == (
        "settled",
        350_000,
        "TR-77",
    )
    settled = stage.records("CostsSettled")[0]
    assert (settled.actor.delegate, settled.data["amount"]) == ("ee-ap", 350_000)
    stage.verified()


def test_the_lines_say_what_is_within_the_cap() -> None:
    stage = mission_at("reported")
    travel = LINE.model_copy(update={"kind": "travel", "amount": 600_001, "eligible": False})
    hotel = LINE.model_copy(update={"kind": "accommodation", "amount": 600_000})
    stage.tell(m.SubmitCosts, "lv-op", mission=1, lines=(LINE, travel, hotel))
    assert [(one.line, one.eligible, one.within_cap) for one in stage.mission().costs] == [
        (1, True, True),
        (2, False, True),
        (3, True, True),
    ]
    assert stage.mission().total == 1_000_000  # to the cent of what both signed


def test_who_bears_the_cost_is_who_settles_it() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.agree(1, TERMS.model_copy(update={"cost_bearer": "lv"}))
    for command, fields in (
        (m.MobiliseMission, {}),
        (m.DeployMission, {}),
        (m.StandDownMission, {}),
        (m.ConfirmHome, {}),
        (m.ReportMission, {"text": "Done."}),
        (m.SubmitCosts, {"lines": (LINE,)}),
    ):
        stage.tell(command, "lv-op", mission=1, **fields)
    with pytest.raises(UserError, match="Only CERT-LV may do this"):
        stage.tell(m.SettleCosts, "ee-ap", mission=1)
    stage.tell(m.SettleCosts, "lv-ap", mission=1)
    assert stage.mission().status == "settled"


def test_the_side_that_sent_may_want_no_money() -> None:
    stage = mission_at("waived")
    assert (stage.mission().status, stage.mission().settled_amount) == ("waived", 0)


def test_a_question_is_about_lines_that_there_are() -> None:
    stage = mission_at("costs_submitted")
    with pytest.raises(NotFound, match="no cost line 2"):
        stage.tell(m.QueryCosts, "ee-op", mission=1, question="?", lines=(2,))


def test_a_request_ends_when_everybody_is_home_whatever_is_still_to_be_paid() -> None:
    stage = mission_at("costs_submitted")
    stage.tell(c.CloseRequest, "ee-op")
    stage.tell(m.SettleCosts, "ee-ap", mission=1)
    assert (stage.aid.status, stage.mission().status) == ("closed", "settled")


@pytest.mark.parametrize(
    ("text", "currency", "minor", "said"),
    [
        ("1200", "EUR", 120_000, "1200.00 EUR"),
        ("1200.5", "EUR", 120_050, "1200.50 EUR"),
        ("0.07", "SEK", 7, "0.07 SEK"),
        ("1200", "JPY", 1200, "1200 JPY"),
        ("1.005", "KWD", 1005, "1.005 KWD"),
    ],
)
def test_money_is_whole_minor_units(text: str, currency: str, minor: int, said: str) -> None:
    assert minor_units(text, currency) == minor
    assert shown(minor, currency) == said


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12,50", "EUR"),
        ("-1", "EUR"),
        ("1.005", "EUR"),
        ("1.5", "JPY"),
        ("", "EUR"),
        ("1e3", "EUR"),
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(text: str, currency: str) -> None:
    with pytest.raises(UserError, match=r"is not an amount of \w{3}\. Write it like 1200"):
        minor_units(text, currency)
