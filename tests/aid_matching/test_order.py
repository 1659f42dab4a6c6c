"""Which of several requests is served first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coalition.adapters.solver_highs import solve
from coalition.domain.aid_rules import Weights
from coalition.domain.matching.question import Grades, Wanted
from coalition.domain.matching.recommend import recommend
from coalition.domain.matching.why import why_first
from tests.aid_matching.builders import NOON, candidate, need, question

GRADES = ("severity", "entity", "impact", "spillover", "self_help")


def first_of(*needs: Wanted, **rules: Any) -> tuple[str, str]:
    """(request served by the only team, what decided)."""
    both = [one.need for one in needs]
    found = recommend(question(list(needs), [candidate("lv", 1, *both)], **rules), solve)
    [chosen] = [one for one in found.judged if one.units]
    assert chosen.need == found.needs[0].need
    return str(chosen.need), str(found.needs[0].before)


@pytest.mark.parametrize("at", range(5))
def test_a_criterion_of_the_regulation_outweighs_all_after_it(at: int) -> None:
    ahead = Grades(**{GRADES[at]: 1})
    behind = Grades(**dict.fromkeys(GRADES[at + 1 :], 4))
    one = need("AID-2/1", grades=ahead, number=1)
    other = need("AID-1/1", grades=behind, since=NOON - timedelta(days=9))
    assert first_of(one, other) == ("AID-2/1", GRADES[at])


def test_among_equals_the_longest_wait_counts_then_the_order_of_opening() -> None:
    late = need("AID-1/1", since=NOON)
    early = need("AID-2/1", since=NOON - timedelta(seconds=1), number=1)
    assert first_of(late, early) == ("AID-2/1", "wait")
    assert first_of(late, need("AID-2/1", number=1)) == ("AID-1/1", "number")


def test_the_charter_may_weigh_otherwise() -> None:
    severe = need("AID-1/1", grades=Grades(severity=1))
    spilling = need("AID-2/1", grades=Grades(spillover=4), number=1)
    assert first_of(severe, spilling)[0] == "AID-1/1"
    flat = Weights(severity=1, entity=1, impact=1, spillover=1, self_help=1)
    assert first_of(severe, spilling, weights=flat) == ("AID-2/1", "spillover")


def test_the_more_pressing_is_covered_first_and_the_rest_goes_on() -> None:
    needs = [
        need("AID-1/1", size=3, grades=Grades(severity=1)),
        need("AID-2/1", size=3, grades=Grades(severity=4), number=1),
    ]
    both = ("AID-1/1", "AID-2/1")
    offers = [candidate("lv", 1, *both, size=2), candidate("lt", 2, *both, size=2)]
    found = recommend(question(needs, offers), solve)
    assert [(one.need, one.covered, one.missing) for one in found.needs] == [
        ("AID-2/1", 3, 0),
        ("AID-1/1", 1, 2),
    ]
    assert why_first(found.needs[0]) == "its incident is more severe"
    assert why_first(found.needs[1]) == ""
    own = found.for_request("AID-1")
    assert {one.request for one in own.needs} == {"AID-1"}
    assert {one.need for one in own.judged} == {"AID-1/1"}
    assert {one.need for one in own.objections} <= {"AID-1/1"}
