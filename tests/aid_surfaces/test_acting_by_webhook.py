"""A member that has only a webhook: its system offers, signs, deploys and settles, all signed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from bot.web.app import build_app
from coalition.application.aid_acting import ACTS
from tests.aid.stage import TERMS
from tests.aid_surfaces.cast import MART
from tests.aid_surfaces.helping import AID, Helping
from tests.web.asgi import Answer, Browser, Loop

EVIDENCE = "ab" * 32
SECRET = "whsec_" + "QUFB" * 10


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


def acts(
    asked: Helping, web: Browser, word: str, *, once: str = "", secret: str = SECRET, **data: Any
) -> tuple[int, dict[str, Any]]:
    """What Latvia's system sends, and what it is told."""
    now = asked.slack.clock.now()
    body = json.dumps({"type": "aid.act", "data": {"aid": AID, "act": word, **data}})
    id = once or f"act_{word}"
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, now, body),
    }
    answer: Answer = web.send("POST", "/api/v1/inbox/lv", body=body.encode(), headers=headers)
    asked.settle()
    return answer.status, json.loads(answer.text)


def supply(asked: Helping, **changes: Any) -> dict[str, Any]:
    starts = asked.slack.clock.now() + timedelta(hours=4)
    usual = {"capability": "lv-ir-team", "size": 4, "starts": starts.isoformat(), "days": 7}
    return {**usual, "cost": 400_000, "currency": "EUR", **changes}


def current_hash(asked: Helping) -> str:
    return asked.aid.agreement(asked.aid.offers["1"]).terms_hash


def test_the_whole_cycle_by_webhook_alone(asked: Helping, web: Browser) -> None:
    assert acts(asked, web, "offer", item=2, supply=supply(asked))[0] == 200
    terms = TERMS.model_dump(mode="json") | {"command": "CERT-LV"}
    assert acts(asked, web, "terms", offer=1, terms=terms)[0] == 200
    status, said = acts(
        asked, web, "sign", offer=1, terms_hash=current_hash(asked), delegate="lv-inga"
    )
    assert (status, said["status"]) == (200, "recorded")
    asked.types(f"/aid accept {AID} --offer 1 --hash {current_hash(asked)[:12]}", MART)
    asked.settle()
    assert asked.aid.missions["1"].status == "tasked"
    signed = {one.member: one for one in asked.aid.missions["1"].signatures}
    assert (signed["lv"].how, signed["lv"].evidence) == ("webhook", {"webhook_id": "act_sign"})
    line = {
        "kind": "personnel", "text": "Four people", "amount": 350_000, "currency": "EUR",
        "evidence": EVIDENCE,
    }  # fmt: skip
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("mobilise", "mobilising", {}),
        ("deploy", "deployed", {"guests": ["lv-inga"]}),
        ("check_in", "deployed", {"text": "All is well."}),
        ("stand_down", "demobilising", {}),
        ("home", "demobilised", {}),
        ("report", "reported", {"text": "The systems are clean."}),
        ("costs", "costs_submitted", {"lines": [line]}),
    )
    for word, reached, fields in steps:
        assert acts(asked, web, word, mission=1, **fields)[0] == 200, word
        assert asked.aid.missions["1"].status == reached
    assert "settled" in asked.types(f"/aid cost {AID} --offer 1 --settle SEPA-1", MART)


def test_a_repeat_is_carried_out_once(asked: Helping, web: Browser) -> None:
    first = acts(asked, web, "offer", item=2, supply=supply(asked))
    again = acts(asked, web, "offer", item=2, supply=supply(asked))
    assert (first[1]["status"], again[1]["status"]) == ("recorded", "known")
    assert len(asked.aid.offers) == 1


@pytest.mark.parametrize(
    ("word", "data", "status", "message"),
    [
        ("conquer", {}, 409, "'conquer' is no act. Known: offer, confirm"),
        ("deploy", {}, 409, "mission: Field required. The fields of deploy: guests, mission."),
        ("deploy", {"mission": 1}, 404, "has no mission 1"),
        ("sign", {"offer": 1, "evidence": {}}, 409, "evidence cannot be told"),
        ("decline", {"actor": {"kind": "system"}}, 409, "actor cannot be told"),
        ("offer", {"supply": {"capability": "x"}}, 409, "supply.size: Field required"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    asked: Helping, web: Browser, word: str, data: dict[str, Any], status: int, message: str
) -> None:
    before = asked.aid
    told = acts(asked, web, word, **data)
    assert told[0] == status
    assert message in told[1]["message"]
    assert asked.aid == before


def test_a_forged_act_is_not_taken(asked: Helping, web: Browser) -> None:
    forged = "whsec_" + "QkJC" * 10
    status, said = acts(asked, web, "decline", secret=forged, reason="no_capacity")
    assert (status, said["error"]) == (401, "signature")
    assert asked.aid.declined == {}


def test_what_needs_a_named_person_is_no_act() -> None:
    assert {"SettleCosts", "WaiveCosts", "ApproveRequest", "AcceptDeferred"}.isdisjoint(
        one.__name__ for one in ACTS.values()
    )
