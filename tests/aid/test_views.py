"""What of a request each member may be shown; the rest is taken out before anything is drawn."""

from __future__ import annotations

import json

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.state import Aid
from coalition.domain.aid.views import visible_to
from tests.aid.samples import LINE
from tests.aid.stage import TERMS, Stage, capability, coalition, supply
from tests.aid.test_accepting import elsewhere

SECRETS = {
    "DECLINED": {"pl"},  # why Poland cannot help
    "DRAFT": {"lt"},  # what Lithuania has not said yet
    "COUNTER": {"ee", "lv"},
    "LIABILITY": {"ee", "lv"},
    "CHECKED": {"ee", "lv"},
    "BILL": {"ee", "lv"},
    "REPORT": {"ee", "lv"},
    "THANKYOU": {"ee", "fi"},  # why Finland's offer was declined
    "FINGER": {"ee", "lv"},
}
"""A word that somebody wrote -> who may read it."""


def told() -> Aid:
    """A request in which everybody has said something of their own."""
    rules = coalition(fi={"capabilities": [capability("fi-scrub", size=5)]})
    stage = Stage(rules).ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    stage.tell(c.ApproveRequest, "ee-ap")
    stage.tell(c.DeclineRequest, "pl-op", reason="no_capacity", note="DECLINED")
    draft = supply(capability="lt-scrub", size=1, days=1, conditions="DRAFT")
    stage.tell(c.SubmitOffer, "lt-op", supply=draft, draft=True)
    stage.offer(supply={"size": 30})
    stage.tell(c.CounterOffer, "ee-op", offer=2, supply=supply(size=30, conditions="COUNTER"))
    stage.tell(c.AgreeCounter, "lv-op", offer=2)
    mine = supply(capability="fi-scrub", size=5, days=1)
    stage.tell(c.SubmitOffer, "fi-op", supply=mine)
    stage.tell(c.DeclineOffer, "ee-op", offer=3, reason="THANKYOU")
    stage.tell(
        c.ProposeTerms, "ee-op", offer=2, terms=TERMS.model_copy(update={"liability": "LIABILITY"})
    )
    stage.sign("ee-ap", 2)
    stage.sign("lv-ap", 2, evidence={"fingerprint": "FINGER"})
    stage.tell(m.MobiliseMission, "lv-op", mission=2)
    stage.tell(m.DeployMission, "lv-op", mission=2)
    stage.tell(m.CheckIn, "lv-op", mission=2, text="CHECKED")
    stage.tell(m.StandDownMission, "lv-op", mission=2)
    stage.tell(m.ConfirmHome, "lv-op", mission=2)
    stage.tell(m.ReportMission, "ee-op", mission=2, text="REPORT")
    stage.tell(m.SubmitCosts, "lv-op", mission=2, lines=(LINE.model_copy(update={"text": "BILL"}),))
    return stage.aid


STATE = told()


@pytest.mark.parametrize("member", ["ee", "lv", "lt", "pl", "fi", None])
def test_each_member_reads_what_is_its_business_and_nothing_else(member: str | None) -> None:
    shown = json.dumps(visible_to(STATE, member).model_dump(mode="json"))
    read = {secret for secret in SECRETS if secret in shown}
    assert read == {secret for secret, who in SECRETS.items() if member in who}


def test_everybody_sees_the_need_who_helps_and_who_has_signed() -> None:
    shown = visible_to(STATE, None)
    assert shown.needs == STATE.needs
    assert [(one.member, one.status, one.supply.size) for one in shown.offers.values()] == [
        ("lv", "accepted", 30)
    ]
    assert shown.offers["2"].signed == {"ee", "lv"}
    assert shown.missions["2"].status == "costs_submitted"
    assert shown.covered(1) == 30
    assert shown.declined == {}
    assert shown.missions["2"].costs == ()


def test_the_requester_learns_that_a_member_declined_and_not_why() -> None:
    refusal = visible_to(STATE, "ee").declined["pl"]
    assert (refusal.reason, refusal.note) == ("", "")
    own = visible_to(STATE, "pl").declined["pl"]
    assert (own.reason, own.note) == ("no_capacity", "DECLINED")


def test_why_a_pool_refused_is_known_to_its_member_alone() -> None:
    stage = Stage().ask()
    stage.offer()
    elsewhere(stage)
    stage.agree()
    reasons = {one: visible_to(stage.aid, one).offers["1"].booking_refusal for one in ("ee", "lv")}
    assert reasons["ee"] == ""
    assert "are free" in reasons["lv"]


def test_a_wave_that_is_still_to_come_is_the_requesters_business() -> None:
    stage = Stage().ask()
    assert visible_to(stage.aid, "ee").waves == (("lv", "lt", "pl"), ("fi",))
    assert visible_to(stage.aid, "lv").waves == (("lv", "lt", "pl"),)


def test_why_a_request_was_sent_back_stays_within_the_member() -> None:
    stage = Stage().ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    stage.tell(c.ReturnRequest, "ee-ap", reason="How much?")
    assert visible_to(stage.aid, "ee").return_reason == "How much?"
    assert visible_to(stage.aid, "lv").return_reason == ""
