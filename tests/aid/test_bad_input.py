"""What people get wrong at 03:00: a clear message, and nothing half-done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.values import Need, OtherSupport, Terms
from coalition.domain.aid.words import SupportStatus
from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.incident import commands as i
from coalition.domain.labels import Tlp
from tests.aid.samples import LINE, mission_at
from tests.aid.stage import (
    AID,
    INCIDENT,
    NEEDS,
    NOW,
    SITUATION,
    TERMS,
    Stage,
    coalition,
    partner,
    supply,
)


def refused(stage: Stage, message: str, act: Callable[[], object]) -> UserError:
    """The refusal; nothing at all has been recorded."""
    log = stage.engine.tocsin.log
    before = {kind: [(id, log.load(kind, id)) for id in log.ids(kind)] for kind in KINDS}
    with pytest.raises(UserError, match=message) as error:
        act()
    assert before == {kind: [(id, log.load(kind, id)) for id in log.ids(kind)] for kind in KINDS}
    assert error.value.hint or isinstance(error.value, NotAllowed)
    return error.value


KINDS = ("incident", "aid", "pool")


@pytest.mark.parametrize(
    ("changes", "message", "field"),
    [
        ({"capability": "lt-scrub", "size": 10}, "valid until 2026-11-24", "capability"),
        ({"capability": "lv-scrub"}, "has no capability 'lv-scrub'", "capability"),
        ({"capability": "lt-scrub", "days": 2, "size": 41}, "size 41 is above the 40 ", "size"),
        ({"capability": "lt-scrub", "days": 6, "size": 10}, "days 6 is above the 5 asked", "days"),
        ({"capability": "lt-scrub", "days": 2, "size": 0}, "size 0 is nothing", "size"),
        ({"capability": "lt-scrub", "days": 2, "currency": "USD"}, "EUR, not in USD", "currency"),
        ({"capability": "lt-scrub", "days": 2, "mode": "on_site"}, "works remote only", "mode"),
        (
            {"capability": "lt-scrub", "days": 2, "starts": NOW - timedelta(hours=2)},
            "21 Nov 01:00 UTC has passed",
            "starts",
        ),
    ],
)
def test_an_offer_that_cannot_be_meant(changes: dict[str, Any], message: str, field: str) -> None:
    stage = Stage().ask()
    error = refused(stage, message, lambda: stage.offer("lt-op", supply=changes))
    assert error.field == field


def test_an_offer_for_what_was_not_asked() -> None:
    stage = Stage().ask()
    lab = {"capability": "lv-lab", "size": 4}
    refused(stage, "lv-lab is artifact-and-forensic-analysis", lambda: stage.offer(supply=lab))
    error = refused(stage, "has no item 3", lambda: stage.offer(item=3))
    assert error.hint == "Items go from 1 to 2."
    refused(stage, "has asked for this help itself", lambda: stage.offer("ee-op"))


@pytest.mark.parametrize(("status", "free"), [("asked", 0), ("granted", 0), ("refused", 1)])
def test_a_team_asked_for_by_way_of_nato_is_not_offered_here_too(
    status: SupportStatus, free: int
) -> None:
    nato = OtherSupport(
        body="NATO", what="Scrubbing", status=status, member="lv", capability="lv-scrub"
    )
    situation = SITUATION.model_copy(update={"other_support": (nato,)})
    stage = Stage().ask(situation=situation)
    if free:
        stage.offer()
        return
    refused(stage, f"lv-scrub has been {status} by way of NATO", stage.offer)


def test_the_same_capability_is_not_offered_twice() -> None:
    stage = Stage().ask()
    stage.offer()
    refused(stage, "has offered lv-scrub already, in offer 1", stage.offer)


def test_the_wrong_people_do_not_sign() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    refused(stage, "signed by the role approver; LV op does not", lambda: stage.sign("lv-op"))
    refused(stage, "Only CERT-EE or CERT-LV may do this", lambda: stage.sign("pl-ap"))
    refused(stage, "signature needs a named delegate", lambda: stage.sign(partner("lv")))
    refused(
        stage,
        "'ee-ap' is none",
        lambda: stage.sign(partner("lv"), delegate="ee-ap"),
    )
    refused(stage, "proves nothing", lambda: stage.sign(partner("lv", "link"), delegate="lv-ap"))


def test_a_stale_hash_is_not_signed() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    old = stage.hash()
    stage.tell(c.ProposeTerms, "lv-op", offer=1, terms=TERMS.model_copy(update={"cost_cap": 1}))
    error = refused(
        stage,
        "have changed",
        lambda: stage.tell(c.SignTerms, "ee-ap", offer=1, terms_hash=old),
    )
    assert old[:12] in error.message
    assert stage.hash()[:12] in error.message


@pytest.mark.parametrize("name", [name for name in Terms.model_fields if name != "currency"])
def test_nothing_is_signed_with_a_blank_term(name: str) -> None:
    stage = Stage().ask()
    stage.offer()
    blank = Terms.model_fields[name].default
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS.model_copy(update={name: blank}))
    said = name.replace("_", " ")
    refused(stage, f"These terms are blank: {said}", lambda: stage.sign("ee-ap"))
    refused(stage, f"These terms are blank: {said}", lambda: stage.sign("lv-ap"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"legal_basis": "a handshake"}, "'a handshake' is no legal basis between ee and lv"),
        ({"cost_cap": 400_000}, "above the cost cap"),
        ({"duration_days": 3}, "hold for 3 days, the help lasts 5"),
    ],
)
def test_terms_that_do_not_fit_the_offer_are_not_signed(
    change: dict[str, Any], message: str
) -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS.model_copy(update=change))
    refused(stage, message, lambda: stage.sign("ee-ap"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"currency": "SEK"}, "reckoned in EUR, not in SEK"),
        ({"cost_bearer": "pl"}, "pl has no part in this help"),
        ({"duration_days": 0}, "duration does not fit"),
    ],
)
def test_terms_that_make_no_sense_are_not_proposed(change: dict[str, Any], message: str) -> None:
    stage = Stage().ask()
    stage.offer()
    terms = TERMS.model_copy(update=change)
    refused(stage, message, lambda: stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=terms))


def test_a_withdrawn_request_is_not_accepted_late() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    stage.tell(c.WithdrawRequest, "ee-op", reason="The attack is over.")
    error = refused(stage, "is expired", lambda: stage.sign("lv-ap"))
    assert "The request was withdrawn" in error.message
    refused(stage, "is withdrawn", lambda: stage.offer("lt-op"))


def test_two_offers_do_not_cover_the_same_need_twice() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.offer("lt-op", supply={"capability": "lt-scrub", "size": 10, "days": 2})
    stage.agree(1)
    stage.tell(c.ProposeTerms, "ee-op", offer=2, terms=TERMS)
    error = refused(stage, "still needs 0, and offer 2 gives 10", lambda: stage.sign("ee-ap", 2))
    assert error.field == "size"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": 1_000_001}, "the cap that both signed is 10000.00 EUR. Above it: line 1"),
        ({"currency": "USD"}, "line 1 is in USD; the terms are in EUR"),
        ({"evidence": "a receipt"}, "line 1 names no evidence"),
        ({"text": " "}, "text of cost line 1 is empty"),
    ],
)
def test_costs_that_were_not_agreed_on(changes: dict[str, Any], message: str) -> None:
    stage = mission_at("reported")
    lines = (LINE.model_copy(update=changes),)
    refused(stage, message, lambda: stage.tell(m.SubmitCosts, "lv-op", mission=1, lines=lines))


def test_what_is_not_eligible_may_be_above_the_cap() -> None:
    stage = mission_at("reported")
    extra = LINE.model_copy(update={"amount": 9_000_000, "eligible": False})
    stage.tell(m.SubmitCosts, "lv-op", mission=1, lines=(LINE, extra))
    assert stage.mission().total == LINE.amount


@pytest.mark.parametrize(
    ("changes", "message", "field"),
    [
        ({"needs": ()}, "has 0 items", "needs"),
        ({"needs": (Need(service="forensics", quantity=0),)}, "Item 1 asks for 0", "quantity"),
        ({"needs": (Need(service="forensics", quantity=1, type_at_most=5),)}, "type 5", None),
        (
            {"situation": SITUATION.model_copy(update={"mitigation": "  "})},
            "mitigation is empty",
            "mitigation",
        ),
        ({"needed_by": NOW}, "has passed", "needed_by"),
        ({"expires_at": NOW + timedelta(hours=1)}, "would end before help", "expires_at"),
        ({"tlp": Tlp.GREEN}, "The incident is TLP:AMBER", "tlp"),
        ({"currency": "EURO"}, "'EURO' is no currency", "currency"),
    ],
)
def test_a_request_that_says_too_little(
    changes: dict[str, Any], message: str, field: str | None
) -> None:
    stage = Stage()
    error = refused(stage, message, lambda: stage.ask(**changes))
    assert field is None or error.field == field


def test_the_requester_does_not_approve_its_own_request() -> None:
    stage = Stage()
    usual = {"incident": INCIDENT, "needs": NEEDS, "situation": SITUATION}
    needed = NOW + timedelta(hours=24)
    stage.tell(c.DraftRequest, "ee-both", **usual, needed_by=needed, submit=True)
    error = refused(stage, "four eyes", lambda: stage.tell(c.ApproveRequest, "ee-both"))
    assert "EE ap, EE ap2" in error.hint
    refused(stage, "that you may see", lambda: stage.tell(c.ApproveRequest, "lv-ap"))


def test_a_request_that_nobody_else_could_approve_is_not_submitted() -> None:
    alone = {"delegates": [{"id": "ee-op", "name": "Op", "roles": ["operator", "approver"]}]}
    stage = Stage(coalition(ee=alone))
    refused(stage, "Nobody at CERT-EE but the requester", stage.ask)


def test_aid_is_asked_for_in_an_open_incident_that_one_takes_part_in() -> None:
    stage = Stage()
    refused(stage, "no incident", lambda: stage.ask(incident="INC-2026-9999"))
    asked = {"needs": NEEDS, "situation": SITUATION, "needed_by": NOW + timedelta(hours=1)}
    refused(
        stage,
        "no incident",
        lambda: stage.tell(c.DraftRequest, "pl-op", incident=INCIDENT, **asked),
    )
    stage.tell(i.CloseIncident, "ee-op", incident=INCIDENT)
    refused(stage, f"{INCIDENT} is closed", stage.ask)


def test_a_member_suspended_in_the_middle_signs_nothing_and_is_signed_with_by_nobody() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.change(lv={"status": "suspended"})
    refused(stage, "CERT-LV is suspended; only active", lambda: stage.sign("lv-ap"))
    refused(stage, "CERT-LV is suspended; nothing new", lambda: stage.sign("ee-ap"))
    stage.tell(c.DeclineOffer, "ee-op", offer=1)
    assert stage.at_offer().status == "declined"


def test_a_member_suspended_while_its_team_is_out_makes_a_recall_proposal() -> None:
    stage = Stage().deployed(guests=("lv-vo",))
    stage.change(lv={"status": "suspended"})
    stage.tell(c.ReviewStanding)
    stage.tell(c.ReviewStanding)
    assert len(stage.records("RecallProposed")) == 1
    assert "CERT-LV is suspended" in stage.alarms["recall:1:lv"]
    assert stage.incident.guests == {}
    refused(
        stage,
        "only active members act",
        lambda: stage.tell(m.RecallMission, "lv-op", mission=1, reason="x"),
    )
    stage.tell(m.StandDownMission, "ee-op", mission=1)
    stage.tell(m.ConfirmHome, "ee-op", mission=1)  # in its place, as it cannot itself
    assert stage.mission().status == "demobilised"
    assert "recall:1:lv" not in stage.alarms


def test_the_requester_does_not_say_that_the_others_team_is_home() -> None:
    stage = Stage().deployed()
    stage.tell(m.StandDownMission, "ee-op", mission=1)
    refused(
        stage,
        "Only CERT-LV may do this, not CERT-EE",
        lambda: stage.tell(m.ConfirmHome, "ee-op", mission=1),
    )


def test_a_request_that_does_not_concern_you_does_not_exist() -> None:
    stage = Stage().ask()
    with pytest.raises(NotFound) as hidden:
        stage.offer("mt-op", supply={"capability": "mt-scrub"})
    nothing = Stage()
    with pytest.raises(NotFound) as missing:
        nothing.tell(c.SubmitOffer, "mt-op", supply=supply(capability="mt-scrub"))
    assert (hidden.value.message, hidden.value.hint) == (missing.value.message, missing.value.hint)
    assert AID in hidden.value.message


def test_costs_are_settled_by_who_pays_and_waived_by_whom_they_are_owed_to() -> None:
    stage = mission_at("costs_submitted")
    refused(stage, "Only CERT-EE may do", lambda: stage.tell(m.SettleCosts, "lv-ap", mission=1))
    refused(stage, "role approver", lambda: stage.tell(m.SettleCosts, "ee-op", mission=1))
    refused(
        stage,
        "Only CERT-LV may do",
        lambda: stage.tell(m.WaiveCosts, "ee-ap", mission=1, reason="x"),
    )
    refused(
        stage,
        "named approver",
        lambda: stage.tell(m.WaiveCosts, partner("lv"), mission=1, reason="x"),
    )
