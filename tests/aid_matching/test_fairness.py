"""Over many requests the burden follows the shares; helping earns nothing and costs no rank."""

from __future__ import annotations

import random
from datetime import timedelta
from fractions import Fraction

import pytest

from coalition.adapters.solver_highs import solve
from coalition.domain.aid_rules import Newcomers
from coalition.domain.matching.question import Standing
from coalition.domain.matching.recommend import recommend
from coalition.domain.matching.why import why, why_not
from tests.aid_matching.builders import NOON, candidate, need, question, standing


@pytest.mark.parametrize("shares", [(1, 1, 1, 1, 1, 1, 1, 1), (1, 1, 2, 2, 3, 3, 4, 6)])
def test_over_a_hundred_requests_burden_for_share_stays_within_fifteen_percent(
    shares: tuple[int, ...],
) -> None:
    """Equal teams everywhere; whoever asks does not help itself. Seeds are fixed, sizes random."""
    chance = random.Random(20_260_301)
    members = [f"m{number}" for number in range(len(shares))]
    loads = dict.fromkeys(members, 0)
    for number in range(100):
        asks = chance.choice(members)
        name = f"AID-{number + 1}/1"
        wanted = need(name, member=asks, size=chance.randint(1, 4), days=chance.randint(1, 14),
                      since=NOON + timedelta(hours=number), number=number)  # fmt: skip
        lots = chance.sample(range(len(members)), len(members))
        offers = [candidate(one, lots[at], name, size=4) for at, one in enumerate(members)]
        standings = {
            one: Standing(load=loads[one], share=share, people=10, ceiling="TLP:AMBER")
            for one, share in zip(members, shares, strict=True)
        }
        for chosen in recommend(question([wanted], offers, standings), solve).chosen(name):
            loads[chosen.member] = loads[chosen.member] + 8 * wanted.days * chosen.units
    usual = Fraction(sum(loads.values()), sum(shares))
    for one, share in zip(members, shares, strict=True):
        assert abs(Fraction(loads[one], share) / usual - 1) <= Fraction(15, 100), loads


def test_who_has_given_less_for_its_share_goes_first() -> None:
    offers = [candidate("lv", 1), candidate("lt", 2)]
    standings = {"lv": standing(load=200, share=2), "lt": standing(load=200, share=1)}
    found = recommend(question([need()], offers, standings), solve)
    [chosen] = found.chosen("AID-1/1")
    assert chosen.member == "lv"
    assert (
        why(chosen, found)
        == "it takes effect within 4 h; its member has given about its share so far"
    )
    against = why_not(found, "AID-1/1", "lt", {"lv": "CERT-LV"}.__getitem__)
    assert against == ("burden", "the burden is shared more evenly with CERT-LV")
    assert (chosen.burden.before, chosen.burden.after, chosen.burden.share) == (200, 360, 2)


def test_the_fastest_does_not_always_pay_within_a_class_of_time() -> None:
    offers = [
        candidate("lv", 1, hours_to_effect=1),
        candidate("lt", 2, hours_to_effect=4),
        candidate("pl", 3, hours_to_effect=5),
    ]
    standings = {"lv": standing(load=500), "lt": standing(load=100), "pl": standing()}
    found = recommend(question([need()], offers, standings), solve)
    assert [one.member for one in found.chosen("AID-1/1")] == ["lt"]
    assert why_not(found, "AID-1/1", "pl", str.upper) == (
        "soon",
        "it would take effect within 24 h, and LT sooner",
    )


def test_small_work_from_afar_goes_to_a_newcomer_first() -> None:
    offers = [candidate("lv", 1, size=1), candidate("lt", 2, size=1)]
    standings = {"lv": standing(share=2), "lt": standing(share=1, newcomer=True)}

    def goes(days: int, bonus: Fraction = Fraction(2, 3)) -> str:
        rules = Newcomers(hours=40, bonus=bonus)
        asked = question([need(size=1, days=days)], offers, standings, newcomers=rules)
        [chosen] = recommend(asked, solve).chosen("AID-1/1")
        assert chosen.burden.after == 8 * days
        return chosen.member

    assert goes(5) == "lt"
    assert goes(5, bonus=Fraction(1, 8)) == "lv", "the charter says how much it counts"
    assert goes(6) == "lv", "48 hours are no small work"


def test_on_site_a_newcomer_has_no_bonus() -> None:
    offers = [candidate(one, lot, size=1, mode="on_site") for lot, one in enumerate(("lv", "lt"))]
    standings = {"lv": standing(share=2), "lt": standing(share=1, newcomer=True)}
    found = recommend(question([need(size=1, days=1)], offers, standings), solve)
    assert [one.member for one in found.chosen("AID-1/1")] == ["lv"]


def test_cost_decides_among_equals_and_the_lot_last() -> None:
    offers = [
        candidate("lv", 1, cost_per_day=90_000),
        candidate("lt", 3, cost_per_day=80_000),
        candidate("pl", 2, cost_per_day=80_000),
        candidate("fi", 0),
    ]
    found = recommend(question([need(size=1)], offers), solve)
    assert [one.member for one in found.chosen("AID-1/1")] == ["pl"]
    reasons = {one: why_not(found, "AID-1/1", one, str.upper) for one in ("lv", "lt", "fi")}
    assert reasons["lv"] == ("cost", "it costs more than PL")
    assert reasons["fi"].criterion == "cost", "a cost that is not stated counts as the highest"
    assert reasons["lt"] == (
        "lot",
        "it is equal to PL in all that counts, and PL was first in line",
    )
    ranked = [one.member for one in found.judged]
    assert ranked == ["pl", "lt", "fi", "lv"]
    assert [one.decisive for one in found.judged] == ["first", "lot", "cost", "lot"]
