"""Why not X: one decisive criterion, and it is the true one."""

from __future__ import annotations

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.adapters.solver_highs import solve
from coalition.domain.matching.model import model_of
from coalition.domain.matching.question import Grades, Question
from coalition.domain.matching.recommend import recommend
from coalition.domain.matching.why import why_not
from tests.aid_matching.builders import candidate, drawn, need, question, standing

thorough = settings(max_examples=int(os.environ.get("MATCHING_EXAMPLES", "40")), deadline=None)
questions = st.builds(drawn, st.integers(0, 2**32), small=st.just(False))
CRITERIA = ("missing", "stay", "soon", "burden", "cost", "lot")


@thorough
@given(questions)
def test_an_objection_is_what_the_best_exchange_would_lose_first(asked: Question) -> None:
    """Every exchange of one unit is tried on the whole problem, and worth what the problem says."""
    model = model_of(asked)
    problem, choice = model.problem, solve(model.problem).choice
    value = problem.value(choice)
    found = recommend(asked, solve)
    for objection in found.objections:
        best = None
        for at, (n, c) in enumerate(model.pairs):
            if (model.needs[n].need, model.candidates[c].member) != (
                objection.need, objection.member
            ):  # fmt: skip
                continue
            for other, (m, _) in enumerate(model.pairs):
                if m == n and choice[other]:
                    swapped = list(choice)
                    swapped[at] += 1
                    swapped[other] -= 1
                    if problem.feasible(tuple(swapped)):
                        tried = problem.value(tuple(swapped))
                        best = tried if best is None else min(best, tried)
        if best is None:
            assert objection.decisive == "elsewhere"
            continue
        assert best > value
        first = next(i for i in range(6) if best[i] != value[i])
        own = [one for one in found.of(objection.need, objection.member) if one.eligible]
        if len(own) == 1:  # of several, the one that ranks first is explained
            assert objection.decisive == CRITERIA[first]


@thorough
@given(questions)
def test_everybody_is_told_exactly_one_reason_or_is_recommended(asked: Question) -> None:
    found = recommend(asked, solve)
    for need_ in asked.needs:
        for member in asked.members:
            answer = why_not(found, need_.need, member, str.upper)
            judged = found.of(need_.need, member)
            assert answer.clause
            assert (answer.criterion == "recommended") is any(one.units for one in judged)
            assert (answer.criterion == "nothing") is (not judged)


def test_what_a_more_pressing_request_takes_is_said_without_naming_it() -> None:
    needs = [need("AID-1/1"), need("AID-2/1", grades=Grades(severity=4), number=1)]
    offers = [candidate("lv", 1, "AID-1/1", "AID-2/1")]
    found = recommend(question(needs, offers), solve)
    assert why_not(found, "AID-1/1", "lv", str.upper) == (
        "elsewhere",
        "what it has is recommended for a more pressing request",
    )
    assert why_not(found, "AID-2/1", "lv", str.upper) == (
        "recommended",
        "it is recommended, with 2",
    )
    assert why_not(found, "AID-1/1", "pl", str.upper).criterion == "nothing"


def test_later_than_all_limits_is_said_so() -> None:
    offers = [candidate("lv", 1, hours_to_effect=100), candidate("lt", 2, hours_to_effect=72)]
    found = recommend(question([need()], offers), solve)
    assert why_not(found, "AID-1/1", "lv", str.upper) == (
        "soon",
        "it would take effect later than 72 h, and LT sooner",
    )


def test_the_one_that_would_have_to_stand_back_loses_the_least() -> None:
    """One of A's two units could go without making the rest sooner; B's is dearer to keep."""
    offers = [
        candidate("lv", 1, size=2, hours_to_effect=20),
        candidate("lt", 2, size=1),
        candidate("pl", 3, size=1),
    ]
    standings = {"lv": standing(load=0), "lt": standing(load=400), "pl": standing(load=900)}
    found = recommend(question([need(size=3)], offers, standings), solve)
    assert {one.member: one.units for one in found.chosen("AID-1/1")} == {"lv": 2, "lt": 1}
    assert why_not(found, "AID-1/1", "pl", str.upper) == (
        "burden",
        "the burden is shared more evenly with LT",
    )
