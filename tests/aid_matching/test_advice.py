"""From requests, pools and the ledger to a recommendation; what is private stays so."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from coalition.application import matching
from coalition.application.matching import advise, advise_on_record, again, ledger_now
from coalition.domain.aid.events import RecommendationMade
from coalition.domain.aid.state import Aid
from coalition.domain.errors import NotFound, UserError
from coalition.domain.matching.asking import ask
from coalition.domain.matching.question import Question
from coalition.domain.matching.recommendation import Recommendation
from coalition.domain.matching.why import why_not
from coalition.domain.pool.commands import BookElsewhere
from tests.aid.stage import AID, NEEDS, NOW, Stage, capability, coalition

LAB, SCRUBBING = f"{AID}/2", f"{AID}/1"
SECRET = "Foreign Ministry, note 17"


def advised(stage: Stage, **options: Any) -> Recommendation:
    return advise(stage.engine.tocsin, AID, **options)


def said(found: Recommendation) -> Any:
    """All of it but the hashes of what it was made from."""
    fields = json.loads(found.model_dump_json())
    return {key: one for key, one in fields.items() if key not in ("inputs_hash", "charter")}


def with_caveat(caveat: dict[str, Any]) -> Stage:
    return Stage(coalition(lv={"caveats": [{**caveat, "why": SECRET}]})).ask()


def booked() -> Stage:
    """Everything that Latvia has is promised to NATO for the time."""
    stage = Stage()
    for id, size in (("lv-scrub", 40), ("lv-lab", 6)):
        stage.tell(BookElsewhere, "lv-op", member="lv", capability=id, via="NATO", ref=id,
                   size=size, starts=NOW, ends=NOW + timedelta(days=30))  # fmt: skip
    return stage.ask()


@pytest.mark.parametrize(
    "caveat",
    [
        {"not_in": ["EE"]},
        {"not_for": ["ee", "fi"]},
        {"not_in": ["EE"], "capabilities": ["lv-scrub", "lv-lab"]},
        {"not_in": ["EE"], "until": "2026-11-21"},
    ],
)
def test_a_private_caveat_looks_exactly_like_being_busy(caveat: dict[str, Any]) -> None:
    stage = with_caveat(caveat)
    found = advised(stage)
    assert said(found) == said(advised(booked()))
    for need in (LAB, SCRUBBING):
        assert why_not(found, need, "lv", str.upper) == ("available", "not available")
    assert advise_on_record(stage.engine.tocsin, AID) == found
    inputs = stage.engine.tocsin.documents.get(found.inputs_hash).decode()
    for text in (inputs, found.model_dump_json()):
        assert SECRET not in text
        assert "not_for" not in text


@pytest.mark.parametrize(
    "caveat",
    [
        {"not_in": ["FI"]},
        {"not_for": ["fi"]},
        {"not_in": ["EE"], "capabilities": ["lv-other"]},
        {"not_in": ["EE"], "until": "2026-11-20"},
        {"not_in": ["EE"], "sectors": ["health"]},
    ],
)
def test_a_caveat_that_does_not_fit_changes_nothing(caveat: dict[str, Any]) -> None:
    assert said(advised(with_caveat(caveat))) == said(advised(Stage().ask()))


def test_a_caveat_that_its_member_has_disclosed_is_said() -> None:
    found = advised(with_caveat({"not_in": ["EE"], "disclosed": True}))
    assert why_not(found, LAB, "lv", str.upper) == ("caveat", SECRET)
    both = [{"not_in": ["EE"], "disclosed": True, "why": "No mandate"}, {"not_for": ["ee"]}]
    found = advised(Stage(coalition(lv={"caveats": both})).ask())
    assert why_not(found, LAB, "lv", str.upper) == ("available", "not available")


def test_a_private_caveat_counts_against_an_offer_too() -> None:
    stage = with_caveat({"not_for": ["ee"]})
    stage.offer()
    found = advised(stage)
    assert [one.offer for one in found.judged if one.member == "lv"] == [1, 1]
    assert found.chosen(SCRUBBING) == ()
    assert why_not(found, SCRUBBING, "lv", str.upper) == ("available", "not available")


def test_who_is_hit_by_the_same_incident_is_not_asked_to_help() -> None:
    found = advised(Stage(affected=("lv",)).ask())
    assert why_not(found, SCRUBBING, "lv", str.upper) == (
        "not_hit",
        "the same incident affects its member",
    )


def test_a_member_suspended_in_the_middle_is_not_recommended_and_hinders_nobody() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.change(lv={"status": "suspended"})
    found = advised(stage)
    assert found.chosen(SCRUBBING) == ()
    assert why_not(found, SCRUBBING, "lv", str.upper).criterion == "label", "it may see nothing"
    stage.change(ee={"status": "suspended"})
    assert advised(stage).needs == (), "who asked is not active, so nobody is recommended"


def test_only_requests_that_look_for_help_compete() -> None:
    stage = Stage().ask()
    stage.ask(aid="AID-2026-0004", submit=False)
    assert {one.request for one in advised(stage).needs} == {AID}


def test_before_anybody_has_offered_everything_listed_is_looked_at() -> None:
    found = advised(Stage().ask())
    assert {one.member for one in found.judged} == {"ee", "lv", "lt", "pl", "mt"}
    assert [one.covered for one in found.needs] == [40, 4]
    assert all(one.offer is None for one in found.judged)
    assert why_not(found, LAB, "lt", str.upper).criterion == "service"
    assert why_not(found, SCRUBBING, "ee", str.upper).criterion == "another_member"
    assert why_not(found, SCRUBBING, "mt", str.upper) == (
        "label",
        "its member may not see TLP:AMBER",
    )


def test_once_there_are_offers_they_are_compared() -> None:
    stage = Stage().ask()
    stage.offer()
    stage.offer("lt-op", supply={"capability": "lt-scrub", "size": 40, "days": 2, "cost": 90_000})
    found = advised(stage)
    assert {(one.member, one.offer) for one in found.judged} == {("lv", 1), ("lt", 2)}
    [chosen] = found.chosen(SCRUBBING)
    assert (chosen.member, chosen.units, chosen.hours_to_effect) == ("lv", 40, 4)
    assert why_not(found, SCRUBBING, "lt", str.upper) == (
        "stay",
        "it would stay for fewer days than LV",
    )
    assert {one.member for one in advised(stage, among="pool").judged} > {"lv", "lt"}


def test_the_same_again_from_the_record_even_when_all_has_changed() -> None:
    stage = Stage().ask()
    first = advise_on_record(stage.engine.tocsin, AID)
    stage.offer()
    stage.change({"aid": {"working_day": 12}}, lv={"capabilities": [], "share": 9})
    assert advised(stage).inputs_hash != first.inputs_hash
    assert again(stage.engine.tocsin, first.inputs_hash) == first
    with pytest.raises(NotFound):
        again(stage.engine.tocsin, "0" * 64)


def test_what_somebody_was_shown_is_on_record_once_and_can_be_made_again() -> None:
    stage = Stage().ask()
    stage.offer()
    tocsin = stage.engine.tocsin
    shown = [advise_on_record(tocsin, AID) for _ in range(2)]
    assert shown[0] == shown[1] == advised(stage)
    [record] = stage.records("RecommendationMade")
    event = record.event()
    assert isinstance(event, RecommendationMade)
    assert event.charter == tocsin.coalition.content_hash == shown[0].charter
    assert [(one.item, one.offer, one.member, one.units) for one in event.picks] == [
        (1, 1, "lv", 40)
    ]
    assert again(tocsin, event.inputs_hash) == shown[0]
    stage.offer("lt-op", supply={"capability": "lt-scrub", "size": 10, "days": 2})
    advise_on_record(tocsin, AID)
    assert len(stage.records("RecommendationMade")) == 2
    stage.verified()


def test_a_request_that_looks_for_nothing_is_not_matched() -> None:
    stage = Stage()
    with pytest.raises(UserError, match="does not look for help now"):
        advised(stage)
    stage.ask(submit=False)
    with pytest.raises(UserError, match="does not look for help now"):
        advised(stage)


def test_the_reserve_floor_limits_what_is_recommended_over_all_teams() -> None:
    teams = [capability("pl-a", NEEDS[1].service, size=3), capability("pl-b", NEEDS[1].service,
             size=3)]  # fmt: skip
    stage = Stage(coalition(pl={"capabilities": teams, "reserve_floor": 3},
                            lv={"capabilities": []})).ask()  # fmt: skip
    found = advised(stage)
    assert sum(one.units for one in found.chosen(LAB)) == 3
    assert found.needs[1].missing == 1


def test_the_floor_is_looked_at_until_the_last_who_has_offered_is_home() -> None:
    """Two teams of three, three stay at home; one is promised elsewhere a week after the need."""
    teams = [capability(f"pl-{one}", NEEDS[1].service, size=3) for one in "ab"]
    stage = Stage(coalition(pl={"capabilities": teams, "reserve_floor": 3})).ask()
    late = NOW + timedelta(days=6)
    stage.offer("pl-op", item=2, supply={"capability": "pl-a", "size": 3, "days": 10,
                "starts": late})  # fmt: skip
    assert sum(one.units for one in advised(stage).chosen(LAB)) == 3
    stage.tell(BookElsewhere, "pl-op", member="pl", capability="pl-b", via="NATO", ref="n", size=3,
               starts=NOW + timedelta(days=12), ends=NOW + timedelta(days=15))  # fmt: skip
    assert advised(stage).chosen(LAB) == ()


def test_the_lot_does_not_follow_the_alphabet() -> None:
    """Among equals, over many requests, each is first in line about equally often."""
    equal = {id: {"capabilities": [capability(f"{id}-scrub")]} for id in ("lv", "lt", "pl", "fi")}
    stage = Stage(coalition(ee={"capabilities": []}, mt={"capabilities": []}, **equal))
    firsts = []
    for number in range(24):
        aid = f"AID-2026-{number + 100:04}"
        stage.ask(aid=aid, submit=False)
        request = stage.engine.tocsin.view.aid(aid).model_copy(update={"status": "open"})
        firsts.append(_first_in_line(stage, request))
    assert set(firsts) == {"lv", "lt", "pl", "fi"}
    assert max(firsts.count(one) for one in set(firsts)) < 16


def _first_in_line(stage: Stage, request: Aid) -> str:
    return min(_question(stage, request).candidates, key=lambda one: one.lot).member


def _question(stage: Stage, request: Aid) -> Question:
    tocsin = stage.engine.tocsin
    return ask([request], matching._facts(tocsin, [request]), "pool")


def test_help_that_is_under_way_counts_and_help_received_does_not() -> None:
    stage = Stage(coalition(lv={"capabilities": [capability("lv-scrub", hours_per_day=8)]}))
    assert ledger_now(stage.engine.tocsin).given == ()
    stage.accepted()
    ledger = ledger_now(stage.engine.tocsin)
    assert (ledger.load("lv"), ledger.load("ee")) == (40 * 5 * 8, 0)
    assert ledger.has_helped("lv")
    assert not ledger.has_helped("ee")
    question = _question(stage, stage.aid.model_copy(update={"status": "open"}))
    newcomers = {id for id, one in question.members.items() if one.newcomer}
    assert newcomers == {"ee", "lt", "pl", "fi", "mt"}
    assert question.members["lv"].load == 40 * 5 * 8
