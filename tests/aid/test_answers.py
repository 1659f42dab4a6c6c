"""What a partner answers to the notice becomes an offer or a refusal, and is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident.commands import IssueNotice
from tests.aid.stage import INCIDENT, NEEDS, NOW, TERMS, Stage, partner, person

FULL = {
    "capability": "lv-scrub",
    "size": "20",
    "starts": "2026-11-21T06:00Z",
    "days": "3",
    "cost": "1200.50",
    "currency": "EUR",
    "note": "Ring us first.",
}


@pytest.mark.parametrize("answer", ["offer", "accept"])
@pytest.mark.parametrize("by", [partner("lv", "webhook"), partner("lv", "mail"), person("lv-op")])
def test_a_proved_answer_is_an_offer_on_the_table(by: Any, answer: str) -> None:
    stage = Stage().ask()
    stage.answer(by, answer, details=FULL)
    offer = stage.at_offer()
    assert (offer.status, offer.member, offer.item) == ("submitted", "lv", 1)
    assert offer.supply.model_dump() == {
        "capability": "lv-scrub",
        "size": 20,
        "starts": NOW + timedelta(hours=3),
        "days": 3,
        "mode": "remote",
        "cost": 120_050,
        "currency": "EUR",
        "conditions": "Ring us first.",
        "recall_notice_hours": 0,
    }
    stage.agree()
    assert stage.mission().status == "tasked"


def test_a_click_on_a_link_is_an_offer_that_counts_for_nothing_until_confirmed() -> None:
    stage = Stage().ask()
    stage.answer(partner("lv", "link"), "offer", details=FULL)
    assert stage.at_offer().status == "unconfirmed"
    with pytest.raises(UserError, match="is unconfirmed: nobody can propose terms now"):
        stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    with pytest.raises(NotAllowed, match="proves nothing"):
        stage.tell(c.ConfirmOffer, partner("lv", "link"), offer=1)
    stage.tell(c.ConfirmOffer, "lv-op", offer=1)
    stage.agree()
    assert stage.mission().status == "tasked"


def test_the_same_answer_by_a_signed_way_confirms_it() -> None:
    stage = Stage().ask()
    stage.answer(partner("lv", "link"), "offer", details=FULL)
    stage.answer(partner("lv", "webhook"), "offer", details=FULL | {"size": "30"})
    assert (stage.at_offer(1).status, stage.at_offer(2).status) == ("withdrawn", "submitted")
    assert stage.at_offer(1).reason == "replaced by offer 2"
    assert stage.at_offer(2).supply.size == 30


def test_a_mere_yes_offers_what_the_member_has_said_that_it_can_do() -> None:
    stage = Stage().ask(needs=NEEDS[:1])
    stage.answer(partner("lt", "webhook"), "accept", details={"days": "2"})
    supply = stage.at_offer().supply
    assert (supply.capability, supply.size, supply.days) == ("lt-scrub", 40, 2)
    assert supply.starts == NOW + timedelta(hours=2)  # its usual notice
    assert supply.cost is None


def test_the_service_says_which_need_is_meant() -> None:
    stage = Stage().ask()
    stage.answer(partner("lv", "webhook"), "offer", details={"service": "forensics"})
    assert (stage.at_offer().item, stage.at_offer().supply.capability) == (2, "lv-lab")


@pytest.mark.parametrize(
    ("member", "details", "problem"),
    [
        ("lv", {}, "does not say which capability it means: lv-scrub, lv-lab"),
        ("lv", {"capability": "lv-tanks"}, "has no capability 'lv-tanks' that can be offered"),
        ("lv", {"capability": "lv-scrub", "starts": "soon"}, "'soon' is neither a time"),
        ("lv", {"capability": "lv-scrub", "size": "41"}, "size 41 is above the 40 asked for"),
        ("lv", {"capability": "lv-scrub", "currency": "USD"}, "EUR, not in USD"),
        ("lv", {"capability": "lv-scrub", "mode": "by sea"}, "no way of working"),
        ("lv", {"service": "astrology"}, "'astrology' is not a service"),
        ("lt", {}, "valid until 2026-11-24"),
        ("fi", {}, "Nothing that it has on offer fits"),
    ],
)
def test_an_answer_that_makes_no_offer_is_asked_back_about(
    member: str, details: dict[str, str], problem: str
) -> None:
    stage = Stage().ask()
    stage.wait(timedelta(minutes=30))
    notice = 2 if member == "fi" else 1
    stage.answer(partner(member, "webhook"), "offer", notice=notice, details=details)
    assert stage.aid.offers == {}
    assert problem in stage.aid.unclear[member]
    alarm = stage.incident.alarms[f"aid:AID-2026-0003:unclear:{member}"]
    assert f"CERT-{member.upper()} answered notice {notice}" in alarm.text
    assert "+372 555 01" in alarm.fallback
    assert all(said not in alarm.text for said in details.values())


def test_an_offer_made_afterwards_settles_the_unclear_answer() -> None:
    stage = Stage().ask()
    stage.answer(partner("lv", "webhook"), "offer", details={})
    stage.offer()
    assert stage.aid.unclear == {}
    assert stage.alarms == {}


@pytest.mark.parametrize("via", ["link", "webhook"])
def test_no_is_an_answer_by_any_way(via: str) -> None:
    stage = Stage().ask()
    stage.answer(partner("pl", via), "decline", note="No capacity.")
    assert stage.aid.declined["pl"].note == "No capacity."
    assert "No capacity." not in stage.incident.model_dump_json()
    stage.answer(partner("lv", via), "need_info", note="How much?")
    assert stage.aid.offers == {}


def test_who_has_declined_may_still_help() -> None:
    stage = Stage().ask()
    stage.tell(c.DeclineRequest, "lv-op", reason="no_capacity")
    stage.offer()
    assert stage.aid.declined == {}
    assert stage.at_offer().status == "submitted"


def test_an_answer_after_the_end_is_said_so() -> None:
    stage = Stage().ask()
    stage.tell(c.WithdrawRequest, "ee-op", reason="It is over.")
    stage.answer(partner("lv", "webhook"), "offer", details=FULL)
    assert stage.aid.offers == {}
    assert "no more help is looked for" in stage.aid.unclear["lv"]


def test_an_ordinary_notice_is_none_of_its_business() -> None:
    stage = Stage()
    stage.tell(IssueNotice, "ee-op", incident=INCIDENT, kind="alert", to=("lv",), text="x")
    stage.answer(partner("lv", "webhook"), "acknowledge")
    assert stage.engine.tocsin.log.ids("aid") == []
