"""Offers that come as answers to the notice: by a signed webhook and by the answer page."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from bot.web.app import build_app
from coalition.application.answer_tokens import make
from coalition.domain.incident.state import NoticeState
from tests.aid_surfaces.cast import ALICE, INGA
from tests.aid_surfaces.helping import AID, TERMS, Helping
from tests.web.asgi import Answer, Browser, Loop

SECRET = "whsec_" + "QUFB" * 10
INCIDENT = "INC-2026-0001"
DETAILS = {
    "capability": "lv-ir-team",
    "size": "3",
    "starts": "8h",
    "days": "7",
    "cost": "1200.50",
    "currency": "EUR",
}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


@pytest.fixture
def asked(helping: Helping) -> Helping:
    """CERT-EE asks; CERT-LV has the notice."""
    helping.requested()
    return helping


@pytest.fixture
def web(asked: Helping, runner: Loop) -> Browser:
    return Browser(build_app(asked.slack.tocsin), runner)


def notice(asked: Helping) -> NoticeState:
    return asked.slack.incident().notices[str(asked.aid.notices[0])]


def by_webhook(asked: Helping, web: Browser, **data: Any) -> Answer:
    told = {"notice_id": f"{INCIDENT}-n{notice(asked).notice}-lv", "by": "Inga Ozola", **data}
    now = asked.slack.clock.now()
    body = json.dumps({"type": "notice.answer", "timestamp": now.isoformat(), "data": told})
    headers = {
        "content-type": "application/json",
        "webhook-id": f"msg_{data['answer']}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(f"msg_{data['answer']}", now, body),
    }
    answer = web.send("POST", "/api/v1/inbox/lv", body=body.encode(), headers=headers)
    asked.settle()
    return answer


def status(asked: Helping) -> str:
    return asked.aid.offers["1"].status


def link(asked: Helping) -> str:
    tocsin = asked.slack.tocsin
    expires = asked.slack.clock.now() + timedelta(days=2)
    number = notice(asked).notice
    return "/n/" + make(tocsin.secret_key, INCIDENT, number, "lv", expires, exercise=False)


def test_the_notice_says_what_is_needed_and_how_to_offer(asked: Helping) -> None:
    sent = notice(asked)
    assert sent.kind == "mutual_aid_request"
    assert sent.aid == AID
    assert set(sent.answers) >= {"offer", "decline", "need_info"}
    record = asked.slack.tocsin.dispatcher.record("incident", INCIDENT, sent.version)
    text, ask = record.data["text"], record.data["ask"]
    for said in ("CERT-EE asks for help", "40 for 5 days", "4 for 10 days", "58 sites are down"):
        assert said in text
    for word in ("capability", "size", "start", "days", "cost"):
        assert word in ask


def test_an_offer_by_signed_webhook_stands_with_its_details(asked: Helping, web: Browser) -> None:
    assert by_webhook(asked, web, answer="offer", details=DETAILS).status == 200
    offer = asked.aid.offers["1"]
    assert (offer.member, offer.status, offer.item) == ("lv", "submitted", 2)
    supply = offer.supply
    assert (supply.capability, supply.size, supply.days, supply.cost) == (
        "lv-ir-team", 3, 7, 120050,
    )  # fmt: skip
    assert supply.starts == asked.slack.clock.now() + timedelta(hours=8)


def test_an_accept_means_the_only_capability_that_fits(asked: Helping, web: Browser) -> None:
    assert by_webhook(asked, web, answer="accept").status == 200
    assert asked.aid.offers["1"].supply.capability == "lv-ir-team"
    assert asked.aid.offers["1"].supply.size == 4


def test_a_decline_by_webhook_frees_the_member_and_says_no_reason_to_others(
    asked: Helping, web: Browser
) -> None:
    assert by_webhook(asked, web, answer="decline", note="Our own banks are hit").status == 200
    assert set(asked.aid.declined) == {"lv"}
    said = asked.types(f"/aid list {AID}", ALICE)
    assert "cannot: CERT-LV" in said
    assert "Our own banks" not in said


def test_an_offer_by_the_answer_page_counts_only_once_it_is_confirmed(
    asked: Helping, web: Browser
) -> None:
    page = web.get(link(asked))
    assert "CERT-EE asks for help" in page.text
    answer = web.post(link(asked), {"answer": "offer", "by": "Inga", **DETAILS})
    assert answer.status in (200, 303)
    asked.settle()
    assert status(asked) == "unconfirmed"
    assert "unconfirmed" not in asked.types(f"/aid list {AID}", "U05MIKKOO", "C0GENERAL")
    assert "Not done" in asked.types(f"/aid accept {AID} --offer 1 {TERMS}", ALICE)
    assert "is confirmed" in asked.types(f"/aid accept {AID} --offer 1 --hold 7", INGA)
    assert status(asked) == "submitted"


def test_an_offer_that_cannot_be_read_is_a_humans_business_and_never_lost(
    asked: Helping, web: Browser
) -> None:
    wrong = {**DETAILS, "capability": "lv-unknown"}
    by_webhook(asked, web, answer="offer", details=wrong)
    assert asked.aid.offers == {}
    (alarm,) = (one for key, one in asked.slack.incident().alarms.items() if key.startswith("aid:"))
    assert "CERT-LV" in alarm.text
    assert "their offer could not be read: CERT-LV" in asked.types(f"/aid list {AID}", ALICE)
