"""Playbooks that ask for help: a real request, and steps that wait for what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coalition.domain.aid.commands import (
    ApproveRequest,
    ProposeTerms,
    ReturnRequest,
    SignTerms,
    SubmitOffer,
    WithdrawRequest,
)
from coalition.domain.aid.state import Aid
from coalition.domain.aid.values import Supply, Terms
from coalition.domain.members import Coalition
from tests.domain.cast import NOW, coalition
from tests.domain_run.stage import playbook
from tests.verbs.stage import House

AID = "AID-2026-0001"
ASK: dict[str, Any] = {
    "id": "help",
    "do": "request_aid",
    "text": "incident-response x4 10d team",
    "impact": "{{title}}",
    "use": "Filter upstream",
    "mitigation": "Own filters are full",
    "needed_by": "6h",
}
WAIT: dict[str, Any] = {
    "id": "got", "do": "wait_for_aid", "of": "help", "within": "2h", "save": "outcome",
}  # fmt: skip
END = {"id": "end", "do": "wait", "for": "1d"}
TEAM = {
    "id": "lv-team", "service": "incident-response", "kind": "team", "size": 6, "notice": "4h",
    "max_days": 14,
}  # fmt: skip
SUPPLY = Supply(capability="lv-team", size=4, starts=NOW, days=10, cost=0, currency="EUR")
TERMS = Terms(
    legal_basis="charter", liability="own", confidentiality="same", command="CERT-LV",
    operational_control="CERT-EE", cost_bearer="ee", cost_cap=0, currency="EUR", duration_days=14,
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    raw = coalition().model_dump(mode="json")
    (latvia,) = (one for one in raw["members"] if one["id"] == "lv")
    latvia["capabilities"] = [TEAM]
    return House(tmp_path, Coalition.model_validate_json(json.dumps(raw)))


def aid(house: House) -> Aid:
    found: Aid = house.tocsin.dispatcher.read("aid", AID)
    return found


def approved(house: House) -> None:
    house.tell(ApproveRequest, "ee-ap", aid=AID)
    house.settle()


def offered(house: House) -> None:
    house.tell(SubmitOffer, "lv-op", aid=AID, supply=SUPPLY)
    house.settle()


def accepted(house: House) -> None:
    house.tell(ProposeTerms, "ee-op", aid=AID, offer=1, terms=TERMS)
    for signer in ("ee-ap", "lv-ap"):
        terms_hash = aid(house).agreement(aid(house).offers["1"]).terms_hash
        house.tell(SignTerms, signer, aid=AID, offer=1, terms_hash=terms_hash)
    house.settle()


def test_the_step_asks_in_the_name_of_whoever_started_the_run(house: House) -> None:
    house.start(playbook(ASK, WAIT, END)).settle()
    found = aid(house)
    assert (found.status, found.drafted_by, found.incident) == (
        "submitted",
        "ee-op",
        "INC-2026-0007",
    )
    assert found.situation.impact == "Banks under fire"
    assert (found.needs[0].quantity, found.needs[0].days, found.needs[0].kind) == (4, 10, "team")
    assert house.outcome("help") is None
    approved(house)
    assert house.outcome("help") == "ok"
    assert house.run.steps["help"].output["aid"] == AID


def test_help_that_is_accepted_ends_the_wait_and_is_known_to_later_steps(house: House) -> None:
    house.start(playbook(ASK, WAIT, END)).settle()
    approved(house)
    offered(house)
    assert house.outcome("got") is None
    accepted(house)
    assert house.outcome("got") == "ok"
    assert house.run.variables["outcome"] == "granted"
    assert house.run.steps["got"].output["accepted_from"] == ["lv"]


def test_offers_alone_can_be_waited_for(house: House) -> None:
    house.start(playbook(ASK, {**WAIT, "until": "offered"}, END)).settle()
    approved(house)
    offered(house)
    assert house.outcome("got") == "ok"
    output = house.run.steps["got"].output
    assert (output["offered_by"], output["offers"], output["result"]) == (["lv"], 1, "refused")


def test_a_wait_that_begins_late_sees_what_has_happened_already(house: House) -> None:
    pause = {"id": "pause", "do": "wait", "for": "1h"}
    house.start(playbook(ASK, pause, {**WAIT, "until": "offered"}, END)).settle()
    approved(house)
    offered(house)
    house.wait(hours=1)
    house.settle()
    assert house.outcome("got") == "ok"


def test_nobody_in_time_is_late(house: House) -> None:
    late = {"id": "phone", "do": "task", "to": "lead", "text": "Phone them", "wait": False}
    house.start(playbook(ASK, {**WAIT, "if_late": [late]}, END)).settle()
    approved(house)
    house.wait(hours=2)
    house.settle()
    assert house.outcome("got") == "late"
    assert house.run.steps["got"].output["result"] == "refused"
    assert [one.text for one in house.incident.tasks.values()] == ["Phone them"]


@pytest.mark.parametrize(("command", "who"), [(ReturnRequest, "ee-ap"), (WithdrawRequest, "ee-op")])
def test_a_request_that_is_sent_back_or_withdrawn_is_refused(
    house: House, command: Callable[..., Any], who: str
) -> None:
    instead = {"id": "alone", "do": "task", "to": "lead", "text": "Go on alone", "wait": False}
    house.start(playbook({**ASK, "if_refused": [instead]}, END)).settle()
    house.tell(command, who, aid=AID, reason="Too much")  # type: ignore[arg-type]
    house.settle()
    assert house.outcome("help") == "refused"
    assert [one.text for one in house.incident.tasks.values()] == ["Go on alone"]


def test_a_text_that_names_no_need_fails_with_what_to_write(house: House) -> None:
    house.start(playbook({**ASK, "text": "some help please"}, END)).settle()
    assert "is not a service" in house.stuck()
    assert "scrubbing x40 5d" in house.stuck()


def test_waiting_for_a_request_that_was_never_made_fails(house: House) -> None:
    never = {**ASK, "text": "nonsense", "if_fails": [{"id": "on", "do": "wait", "for": "1m"}]}
    house.start(playbook(never, WAIT, END)).settle()
    house.wait(minutes=1)
    house.settle()
    assert "has made no request" in house.stuck()
