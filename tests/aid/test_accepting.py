"""From an offer to a mission: bargaining, signatures, the pool's word, amendments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.pool.commands import BookElsewhere
from tests.aid.samples import FIELDS, STEPS
from tests.aid.stage import AID, NOW, TERMS, Stage, coalition, partner, supply

DEFERRED = {"aid": {"signing": {"deferred": "30d"}}}
PL_TEAM = {"capability": "pl-team", "size": 4, "days": 5, "cost": None}


def elsewhere(stage: Stage, member: str = "lv", size: int = 40) -> None:
    """NATO has the whole of it."""
    stage.tell(
        BookElsewhere,
        f"{member}-op",
        member=member,
        capability=f"{member}-scrub",
        via="NATO",
        ref="n1",
        size=size,
        starts=NOW,
        ends=NOW + timedelta(days=9),
    )


def test_two_signatures_over_one_hash_and_a_reservation_make_a_mission() -> None:
    stage = Stage().accepted()
    offer, mission = stage.at_offer(), stage.mission()
    assert (offer.status, offer.booking, mission.status) == ("accepted", "reserved", "tasked")
    assert [(one.member, one.delegate, one.how) for one in mission.signatures] == [
        ("ee", "ee-ap", "slack"),
        ("lv", "lv-ap", "slack"),
    ]
    assert {one.terms_hash for one in mission.signatures} == {mission.agreement.terms_hash}
    booking = stage.pool("lv").bookings[f"{AID}/1"]
    assert (booking.stage, booking.size, booking.starts) == ("reserved", 40, offer.supply.starts)
    assert stage.aid.status == "part_filled"
    stage.verified()


def test_one_signature_accepts_nothing() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    stage.sign("ee-ap2")  # the same side again
    assert stage.at_offer().signed == {"ee"}
    assert (stage.at_offer().status, stage.aid.missions) == ("submitted", {})


@pytest.mark.parametrize("via", ["webhook", "mail"])
def test_a_partner_signs_by_its_own_system_in_the_name_of_a_delegate(via: str) -> None:
    stage = Stage().ask()
    stage.offer(partner("lv", via))
    stage.tell(c.ProposeTerms, partner("lv", via), offer=1, terms=TERMS)
    stage.sign("ee-ap")
    stage.sign(partner("lv", via), delegate="lv-ap", evidence={"fingerprint": "AB" * 20})
    signature = stage.mission().signatures[1]
    assert (signature.delegate, signature.how) == ("lv-ap", via)
    assert signature.evidence == {"fingerprint": "AB" * 20}


@pytest.mark.parametrize(
    ("command", "by", "fields"),
    [
        (c.ProposeTerms, "lv-op", {"terms": TERMS.model_copy(update={"cost_cap": 900_000})}),
        (c.ReviseOffer, "lv-op", {"supply": supply(size=30)}),
        (c.CounterOffer, "ee-op", {"supply": supply(size=20)}),
    ],
)
def test_any_change_voids_the_signatures(
    command: type[c.AidCommand], by: str, fields: dict[str, object]
) -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    stage.tell(command, by, offer=1, **fields)
    assert stage.at_offer().signatures == ()


def test_a_counter_proposal_is_agreed_to_before_anybody_signs() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.CounterOffer, "ee-op", offer=1, supply=supply(size=20, cost=100_000), note="Less.")
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    with pytest.raises(UserError, match="is countered: nobody can sign the terms now"):
        stage.sign("ee-ap")
    stage.tell(c.AgreeCounter, "lv-op", offer=1)
    assert (stage.at_offer().status, stage.at_offer().supply.size) == ("submitted", 20)
    stage.sign("lv-ap")
    stage.sign("ee-ap")
    assert stage.mission().agreement.supply.size == 20
    assert stage.aid.remaining(1) == 20


def test_the_request_is_filled_item_by_item() -> None:
    stage = Stage().ask()
    reached = [stage.aid.status]
    for number, (by, offer) in enumerate((("lv-op", {}), ("pl-op", PL_TEAM)), start=1):
        stage.offer(by, item=number, supply=offer)
        stage.agree(number)
        reached.append(stage.aid.status)
    assert reached == ["open", "part_filled", "filled"]


def test_a_refusal_by_the_pool_accepts_nothing_and_says_so() -> None:
    stage = Stage().ask()
    stage.offer()
    elsewhere(stage)
    stage.agree()
    offer = stage.at_offer()
    assert (offer.status, offer.booking, offer.signatures) == ("submitted", "refused", ())
    assert stage.aid.missions == {}
    assert "not available. Nothing was accepted" in stage.alarms["refused:1"]
    assert "0 of 40" in offer.booking_refusal  # the member's own business
    assert "0 of 40" not in stage.alarms["refused:1"]
    stage.verified()


def test_after_a_refusal_the_same_offer_can_be_revised_and_accepted() -> None:
    stage = Stage().ask()
    stage.offer()
    elsewhere(stage, size=30)
    stage.agree()
    stage.tell(c.ReviseOffer, "lv-op", offer=1, supply=supply(size=10))
    stage.sign("ee-ap")
    stage.sign("lv-ap")
    assert (stage.at_offer().status, stage.at_offer().attempt) == ("accepted", 2)
    assert "refused:1" not in stage.alarms


def test_the_reserve_floor_of_a_member_is_never_offered_away() -> None:
    stage = Stage().ask()
    stage.offer("pl-op", item=2, supply=PL_TEAM | {"size": 4})
    stage.agree()
    assert stage.mission().status == "tasked"  # six people, two of them stay at home
    other = Stage(coalition(pl={"reserve_floor": 3})).ask()
    other.offer("pl-op", item=2, supply=PL_TEAM | {"size": 4})
    other.agree()
    assert other.at_offer().booking == "refused"
    assert "floor" not in other.alarms["refused:1"]


def test_a_team_that_goes_before_its_booked_time_does_not_take_the_reserve_along() -> None:
    stage = Stage().ask()
    stage.offer("pl-op", item=2, supply=PL_TEAM | {"size": 2})
    later = {"size": 2, "starts": NOW + timedelta(days=5, hours=4)}
    stage.tell(c.WithdrawOffer, "pl-op", offer=1)
    stage.offer("pl-op", item=2, supply=PL_TEAM | later)
    stage.agree(2)
    stage.tell(
        BookElsewhere,
        "pl-op",
        member="pl",
        capability="pl-team",
        via="EU Cybersecurity Reserve",
        ref="e1",
        size=3,
        starts=NOW,
        ends=NOW + timedelta(days=3),
    )
    stage.tell(m.MobiliseMission, "pl-op", mission=2)
    stage.tell(m.DeployMission, "pl-op", mission=2)
    assert stage.pool("pl").bookings[f"{AID}/2"].stage == "reserved"
    assert "does not have it so" in stage.alarms["deploy:2"]


def signed_but_not_booked() -> Stage:
    """Both have signed; the pool has been asked and has not answered yet."""
    stage = Stage().ask()
    stage.offer()
    stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    order = stage.made(c.SignTerms, "lv-ap", offer=1, terms_hash=stage.hash())
    stage.engine.execute(order)
    assert stage.at_offer().booking == "asked"
    return stage


@pytest.mark.parametrize(
    ("command", "by", "fields"),
    [
        (c.ReviseOffer, "lv-op", {"supply": supply(size=1)}),
        (c.CounterOffer, "ee-op", {"supply": supply(size=1)}),
        (c.DeclineOffer, "ee-op", {}),
        (c.ProposeTerms, "ee-op", {"terms": TERMS}),
        (c.SignTerms, "ee-ap", {"terms_hash": "0" * 64}),
    ],
)
def test_while_the_pool_is_asked_nothing_is_changed(
    command: type[c.AidCommand], by: str, fields: dict[str, object]
) -> None:
    stage = signed_but_not_booked()
    with pytest.raises(UserError, match="its capability is being reserved"):
        stage.engine.execute(stage.made(command, by, offer=1, **fields))
    stage.engine.settle()
    assert stage.at_offer().status == "accepted"


@pytest.mark.parametrize(
    ("command", "by", "fields"),
    [
        (c.WithdrawOffer, "lv-op", {"offer": 1}),
        (c.WithdrawRequest, "ee-op", {"reason": "It is over."}),
    ],
)
def test_a_reservation_that_comes_too_late_is_given_back(
    command: type[c.AidCommand], by: str, fields: dict[str, object]
) -> None:
    stage = signed_but_not_booked()
    stage.engine.execute(stage.made(command, by, **fields))
    stage.engine.settle()
    assert stage.aid.missions == {}
    assert stage.at_offer().booking == "released"
    assert stage.pool("lv").bookings == {}
    stage.verified()


def test_one_signature_may_follow_where_charter_offer_and_terms_say_so() -> None:
    stage = Stage(coalition(DEFERRED)).ask()
    stage.offer("lv-both", deferrable=True, terms=TERMS)
    stage.sign("ee-ap")
    stage.tell(c.AcceptDeferred, "ee-ap", offer=1, terms_hash=stage.hash(), reason="No time.")
    assert stage.mission().status == "tasked"
    stage.wait(timedelta(days=30))
    assert "signature of lv under offer 1" in stage.alarms["paperwork:1"]
    stage.sign("lv-ap")
    assert {one.member for one in stage.mission().signatures} == {"ee", "lv"}
    assert "paperwork:1" not in stage.alarms


@pytest.mark.parametrize(
    ("charter", "fields", "message"),
    [
        ({}, {"terms": TERMS}, "before both have signed"),
        (DEFERRED, {"terms": TERMS}, "before both have signed"),  # not offered so
        (DEFERRED, {"deferrable": True}, "not lv's own"),  # the requester's terms
    ],
)
def test_nobody_is_bound_by_terms_they_have_not_said_yes_to(
    charter: dict[str, object], fields: dict[str, object], message: str
) -> None:
    stage = Stage(coalition(charter)).ask()
    stage.offer("lv-both", **fields)
    if "terms" not in fields:
        stage.tell(c.ProposeTerms, "ee-op", offer=1, terms=TERMS)
    stage.sign("ee-ap")
    with pytest.raises(UserError, match=message):
        stage.tell(c.AcceptDeferred, "ee-ap", offer=1, terms_hash=stage.hash(), reason="x")
    assert stage.aid.missions == {}


def test_a_later_signature_is_offered_by_who_could_sign() -> None:
    stage = Stage(coalition(DEFERRED)).ask()
    with pytest.raises(NotAllowed, match="offered by the role approver"):
        stage.offer("lv-op", deferrable=True, terms=TERMS)
    with pytest.raises(NotAllowed, match="The charter allows no signature to follow later"):
        Stage().ask().offer("lv-both", deferrable=True, terms=TERMS)


def test_costs_are_not_settled_before_the_paperwork_is_done() -> None:
    stage = Stage(coalition(DEFERRED)).ask()
    stage.offer("lv-both", deferrable=True, terms=TERMS)
    stage.sign("ee-ap")
    stage.tell(c.AcceptDeferred, "ee-ap", offer=1, terms_hash=stage.hash(), reason="No time.")
    for _, command, by in STEPS[:-1]:
        stage.tell(command, by, **FIELDS[command])
    with pytest.raises(UserError, match="lv has not signed the terms"):
        stage.tell(m.SettleCosts, "ee-ap", mission=1)
    stage.sign("lv-ap")
    stage.tell(m.SettleCosts, "ee-ap", mission=1)
    assert stage.mission().settled_amount == 400_000


def test_an_amendment_holds_only_once_both_have_signed_it() -> None:
    stage = Stage().deployed()
    old = stage.mission().agreement
    dearer = TERMS.model_copy(update={"cost_cap": 2_000_000})
    stage.tell(c.ProposeTerms, "lv-op", offer=1, terms=dearer)
    stage.sign("lv-ap")
    assert stage.mission().agreement == old
    assert stage.mission().status == "deployed"
    stage.sign("ee-ap")
    assert stage.mission().agreement.terms.cost_cap == 2_000_000
    assert stage.mission().amendments == 1
    assert {one.terms_hash for one in stage.mission().signatures} == {stage.hash()}


def test_an_amendment_taken_back_leaves_the_signed_terms_in_force() -> None:
    stage = Stage().deployed()
    signatures = stage.mission().signatures
    dearer = TERMS.model_copy(update={"cost_cap": 2_000_000})
    stage.tell(c.ProposeTerms, "lv-op", offer=1, terms=dearer)
    stage.tell(c.ProposeTerms, "lv-op", offer=1, terms=TERMS)
    assert stage.at_offer().signatures == signatures
    assert stage.mission().amendments == 0


def test_a_mission_on_its_way_home_is_settled_under_the_terms_it_had() -> None:
    stage = Stage().deployed()
    stage.tell(m.StandDownMission, "ee-op", mission=1)
    dearer = TERMS.model_copy(update={"cost_cap": 2_000_000})
    with pytest.raises(UserError, match="is demobilising; its terms stand"):
        stage.tell(c.ProposeTerms, "lv-op", offer=1, terms=dearer)
