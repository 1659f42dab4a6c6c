"""The ledger agrees with the missions and their cost records, and shows nobody to others."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.domain.aid.state import Aid, CostRecord, Mission
from coalition.domain.aid.values import Agreement, Supply, Terms
from coalition.domain.burden import Ledger, ledger
from coalition.domain.labels import Tlp
from coalition.domain.pool.seeding import current
from tests.aid.stage import NEEDS, NOW, SITUATION, capability, coalition

MEMBERS = ("ee", "lv", "lt", "pl", "fi", "mt")
FILE = coalition(**{
    id: {"capabilities": [capability(f"{id}-team", NEEDS[1].service)], "share": number + 1}
    for number, id in enumerate(MEMBERS)
})  # fmt: skip
POOLS = {id: current(None, id, FILE, NOW) for id in MEMBERS}


def mission(number: int, aid: str, to: str, by: str, chance: random.Random) -> Mission:
    size, days = chance.randint(1, 4), chance.randint(1, 14)
    starts = NOW - timedelta(days=chance.randint(0, 900), hours=chance.randint(0, 23))
    deployed = starts if chance.random() < 0.9 else None
    home = starts + timedelta(hours=chance.randint(1, 400)) if chance.random() < 0.8 else None
    home = home if home is None or home <= NOW else None
    supply = Supply(capability=f"{by}-team", size=size, starts=starts, days=days)
    lines = tuple(
        CostRecord(line=line, kind="personnel", text="x", amount=chance.randint(0, 10**6),
                   currency="EUR", evidence="e" * 64, eligible=chance.random() < 0.8,
                   within_cap=True)
        for line in range(1, chance.randint(1, 4))
    )  # fmt: skip
    total = sum(line.amount for line in lines if line.eligible)
    state = chance.choice(("deployed", "costs_submitted", "settled", "waived"))
    return Mission(
        mission=number,
        member=by,
        status=state,
        agreement=Agreement(aid=aid, offer=number, requester=to, provider=by, item=1,
                            service=NEEDS[1].service, supply=supply, terms=Terms()),
        signatures=(),
        tasked_at=starts,
        deployed_at=deployed,
        home_at=home,
        costs=lines,
        settled_amount={"settled": total, "waived": 0}.get(state),
    )  # fmt: skip


def requests(seed: int) -> list[Aid]:
    """Requests with missions of every age and state."""
    chance, found = random.Random(seed), []
    for number in range(chance.randint(1, 5)):
        aid, to = f"AID-2026-{number:04}", chance.choice(MEMBERS)
        others = [one for one in MEMBERS if one != to]
        missions = {
            str(n): mission(n, aid, to, chance.choice(others), chance)
            for n in range(1, chance.randint(2, 6))
        }
        about: dict[str, Any] = {"aid": aid, "incident": "INC-1", "member": to, "tlp": Tlp.AMBER}
        found.append(
            Aid(**about, status=chance.choice(("open", "closed")), needs=NEEDS,
                situation=SITUATION, needed_by=NOW, expires_at=NOW, severity="S2", currency="EUR",
                charter="c", drafted_by="x", drafted_at=NOW, updated_at=NOW, missions=missions,
                end_note="Thank you.")
        )  # fmt: skip
    return found


def made(aids: list[Aid]) -> Ledger:
    return ledger(aids, POOLS, FILE, NOW)


@settings(max_examples=150, deadline=None)
@given(st.builds(requests, st.integers(0, 2**32)))
def test_the_ledger_reconciles_to_the_cost_records(aids: list[Aid]) -> None:
    found = made(aids)
    counted = {(one.aid, one.mission) for one in found.given}
    lines = [
        line
        for aid in aids
        for one in aid.missions.values()
        if (aid.aid, one.mission) in counted
        for line in one.costs
        if line.eligible
    ]
    pages = [found.page(member) for member in MEMBERS]
    assert sum(page.cost for page in pages) == sum(line.amount for line in lines)
    paid = sum(one.settled_amount or 0 for aid in aids for one in aid.missions.values()
               if (aid.aid, one.mission) in counted)  # fmt: skip
    assert sum(page.borne for page in pages) == sum(page.cost for page in pages) - paid
    assert all(page.hours == found.load(page.member) for page in pages)
    assert all(one.hours == one.units * one.days * 8 for one in found.given)


@settings(max_examples=150, deadline=None)
@given(st.builds(requests, st.integers(0, 2**32)))
def test_every_mission_counts_once_unless_it_is_too_old_or_never_went_out(aids: list[Aid]) -> None:
    since = NOW - timedelta(days=730)
    counted = [(one.aid, one.mission) for one in made(aids).given]
    assert len(counted) == len(set(counted))
    for aid in aids:
        for one in aid.missions.values():
            turned_round = one.home_at is not None and one.deployed_at is None
            too_old = one.home_at is not None and one.home_at <= since
            assert ((aid.aid, one.mission) in counted) is not (turned_round or too_old)


@settings(max_examples=100, deadline=None)
@given(st.builds(requests, st.integers(0, 2**32)), st.sampled_from(MEMBERS))
def test_receiving_help_changes_nothing_on_ones_own_page(aids: list[Aid], member: str) -> None:
    without = [one for one in aids if one.member != member]
    assert made(aids).page(member) == made(without).page(member)
    assert made(aids).load(member) == made(without).load(member)


@settings(max_examples=100, deadline=None)
@given(st.builds(requests, st.integers(0, 2**32)))
def test_sums_are_shown_only_over_five_givers_and_name_nobody(aids: list[Aid]) -> None:
    found = made(aids)
    whole = found.whole()
    givers = {one.member for one in found.given}
    assert (whole is None) is (len(givers) < 5)
    if whole is not None:
        assert whole.hours == sum(found.load(member) for member in MEMBERS)
        assert not {*MEMBERS} & {*map(str, whole.model_dump().values())}


def test_a_mission_counts_with_the_days_it_really_took_once_it_is_home() -> None:
    chance = random.Random(1)
    one = mission(1, "AID-2026-0001", "ee", "lv", chance)
    supply = one.agreement.supply.model_copy(update={"size": 2, "days": 10})
    agreement = one.agreement.model_copy(update={"supply": supply})
    base = one.model_copy(update={"agreement": agreement, "deployed_at": NOW - timedelta(days=3)})

    def hours(**changes: Any) -> int:
        [aid] = [one.model_copy(update={"missions": {"1": base.model_copy(update=changes)}})
                 for one in requests(1)[:1]]  # fmt: skip
        return made([aid]).load("lv")

    assert hours(home_at=None) == 2 * 10 * 8
    assert hours(home_at=NOW - timedelta(days=1)) == 2 * 2 * 8
    assert hours(home_at=None, deployed_at=NOW - timedelta(days=12)) == 2 * 12 * 8


def test_thanks_stand_on_the_page_of_who_helped() -> None:
    closed = next(one for seed in range(50) for one in requests(seed) if one.status == "closed"
                  and any(m.home_at and m.deployed_at and m.home_at > NOW - timedelta(days=700)
                          for m in one.missions.values()))  # fmt: skip
    found = made([closed])
    thanked = [one for member in MEMBERS for one in found.page(member).thanked]
    assert thanked
    assert {one.thanks for one in thanked} == {"Thank you."}
    assert all(one.ended for one in thanked)
