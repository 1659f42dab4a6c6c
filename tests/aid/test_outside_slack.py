"""Members that are not in Slack: asked, offering and signing by signed mail or signed webhook."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.errors import UserError
from tests.aid.stage import AID, INCIDENT, TERMS, Stage, coalition, member, partner, supply

DETAILS = {"capability": "lv-scrub", "size": "40", "days": "5", "cost": "5000"}
ANSWER = {"by": "LV ap", "evidence": {"fingerprint": "AB" * 20, "signed_at": "2026-11-21"}}


def outside() -> Stage:
    """Nobody at Latvia has a Slack account; it has offered by a signed way."""
    people: list[dict[str, Any]] = [
        {key: value for key, value in one.items() if key != "slack"}
        for one in member("lv")["delegates"]
    ]
    stage = Stage(coalition(lv={"delegates": people})).ask()
    stage.answer(partner("lv"), "offer", details=DETAILS)
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    return stage


def terms_notice(stage: Stage) -> int:
    (notice,) = stage.at_offer().terms_notices
    return int(notice)


@pytest.mark.parametrize("via", ["mail", "webhook"])
def test_a_proved_accept_to_the_notice_with_the_terms_signs_them(via: str) -> None:
    stage = outside()
    stage.sign("ee-ap")
    stage.answer(partner("lv", via), "accept", notice=terms_notice(stage), **ANSWER)
    signature = stage.mission().signatures[1]
    assert (signature.delegate, signature.how) == ("lv-ap", via)
    assert signature.evidence["fingerprint"] == "AB" * 20
    assert signature.terms_hash == stage.hash()
    stage.verified()


def test_the_notice_says_all_that_is_signed_and_its_hash() -> None:
    stage = outside()
    issued = stage.records("NoticeIssued", "incident", INCIDENT)[-1].data
    assert [one["member"] for one in issued["recipients"]] == ["lv"]
    assert issued["aid"] == AID
    for said in (
        "40 of lv-scrub",
        "Legal basis: charter",
        "Liability: Each side bears its own.",
        "Cost cap: 10000.00 EUR",
        "Estimate: 5000.00 EUR",
        f"SHA-256 of all of it: {stage.hash()}",
    ):
        assert said in issued["text"]


@pytest.mark.parametrize(
    ("by", "how", "problem"),
    [
        (partner("lv", "link"), {"answer": "accept", "by": "LV ap"}, "by a link, which proves"),
        (partner("lv"), {"answer": "accept", "by": ""}, "does not name one person who may sign"),
        (partner("lv"), {"answer": "accept", "by": "LV op"}, "does not name one person"),
        (partner("lv"), {"answer": "decline", "note": "Liability!"}, "does not sign these terms"),
    ],
)
def test_what_does_not_sign_is_asked_back_about(by: Any, how: dict[str, str], problem: str) -> None:
    stage = outside()
    stage.answer(by, notice=terms_notice(stage), **how)
    assert stage.at_offer().signatures == ()
    assert problem in stage.aid.unclear["lv"]
    assert "has not signed them" in stage.alarms["unclear:lv"]


def test_an_accept_to_terms_that_have_changed_since_signs_nothing() -> None:
    stage = outside()
    old = terms_notice(stage)
    stage.tell(
        c.ProposeTerms, "ee-op", offer=1, terms=TERMS.model_copy(update={"cost_cap": 600_000})
    )
    assert len(stage.at_offer().terms_notices) == 2
    stage.answer(partner("lv"), "accept", notice=old, **ANSWER)
    assert stage.at_offer().signatures == ()
    assert "have changed" in stage.aid.unclear["lv"]
    new = max(int(one) for one in stage.at_offer().terms_notices)
    stage.answer(partner("lv"), "accept", notice=new, **ANSWER)
    assert stage.at_offer().signed == {"lv"}
    assert (stage.aid.unclear, stage.alarms) == ({}, {})


def test_a_revised_offer_is_put_to_the_member_again() -> None:
    stage = outside()
    stage.tell(c.CounterOffer, "ee-op", offer=1, supply=supply(size=20, cost=250_000))
    stage.tell(c.AgreeCounter, partner("lv"), offer=1)
    assert set(stage.at_offer().terms_notices.values()) >= {stage.hash()}


def test_members_in_slack_get_no_notice_about_terms() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    assert stage.at_offer().terms_notices == {}
    assert len(stage.incident.notices) == 1


def test_terms_are_not_signed_for_an_offer_that_is_over() -> None:
    stage = outside()
    notice = terms_notice(stage)
    stage.tell(c.DeclineOffer, "ee-op", offer=1)
    stage.answer(partner("lv"), "accept", notice=notice, **ANSWER)
    assert "is declined; there is nothing to sign" in stage.aid.unclear["lv"]
    with pytest.raises(UserError, match="is declined"):
        stage.sign("ee-ap")
