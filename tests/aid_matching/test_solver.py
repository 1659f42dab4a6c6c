"""The exact solver against its twin that tries everything."""

from __future__ import annotations

import math
import os
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.adapters import highs
from coalition.adapters.solver_highs import solve
from coalition.domain.matching.model import model_of
from coalition.domain.matching.problem import Pair, Party, Problem, Source
from tests.aid_matching import brute
from tests.aid_matching.builders import drawn

thorough = settings(max_examples=int(os.environ.get("MATCHING_EXAMPLES", "60")), deadline=None)
SMALL = 4_000
"""So many choices at most are tried one by one."""


def problem(seed: int) -> Problem:
    """A random problem with awkward numbers: large loads, coprime shares, odd hours."""
    chance = random.Random(seed)
    parties = tuple(
        Party(chance.choice((0, 5, 100, 12_345)), chance.randint(1, 12), chance.randint(0, 5))
        for _ in range(chance.randint(1, 3))
    )
    sources = tuple(
        Source(chance.randrange(len(parties)), chance.randint(1, 3), chance.random() < 0.7)
        for _ in range(chance.randint(1, 4))
    )
    needs = tuple(chance.randint(1, 4) for _ in range(chance.randint(1, 3)))
    pairs = [
        Pair(
            need,
            source,
            min(needs[need], sources[source].size),
            chance.choice((0, 0, 0, 1, 4)),
            chance.randint(0, 3),
            chance.choice((0, 8, 80, 77, 131)),
            chance.choice((0, 80_000, 65_000, 123)),
            number,
        )
        for number, (need, source) in enumerate(
            (n, s) for n in range(len(needs)) for s in range(len(sources)) if chance.random() < 0.6
        )
    ]
    while math.prod(pair.most + 1 for pair in pairs) > SMALL:
        pairs.pop()
    return Problem(needs, sources, parties, tuple(pairs))


@thorough
@given(st.builds(problem, st.integers(0, 2**32)))
def test_no_choice_at_all_is_better_than_the_one_found(small: Problem) -> None:
    found = solve(small)
    assert found.proven
    assert small.feasible(found.choice)
    assert small.value(found.choice) == small.value(brute.solve(small).choice)


@thorough
@given(st.builds(drawn, st.integers(0, 2**32)))
def test_the_best_choice_of_a_question_is_found(asked: object) -> None:
    small = model_of(asked).problem  # type: ignore[arg-type]
    if math.prod(pair.most + 1 for pair in small.pairs) <= SMALL:
        found = solve(small)
        assert small.value(found.choice) == small.value(brute.solve(small).choice)


def test_the_burden_is_even_and_not_only_cheap() -> None:
    """Four units, two members alike: two each, although all from one would cost nothing."""
    sources = (Source(0, 4, people=True), Source(1, 4, people=True))
    pairs = (Pair(0, 0, 4, 0, 0, 80, 0, 0), Pair(0, 1, 4, 0, 0, 80, 900, 1))
    alike = Problem((4,), sources, (Party(100, 1, 9), Party(100, 1, 9)), pairs)
    assert solve(alike).choice == (2, 2)
    twice_the_share = Problem((4,), sources, (Party(0, 3, 9), Party(0, 1, 9)), pairs)
    assert solve(twice_the_share).choice == (3, 1)


def test_coverage_comes_before_speed_and_speed_before_burden() -> None:
    sources = (Source(0, 1, people=True), Source(1, 1, people=True))
    pairs = (Pair(0, 0, 1, 0, 3, 8, 0, 0), Pair(0, 1, 1, 0, 0, 8, 0, 1))
    parties = (Party(0, 1, 9), Party(9_000, 1, 9))
    assert solve(Problem((2,), sources, parties, pairs)).choice == (1, 1)
    assert solve(Problem((1,), sources, parties, pairs)).choice == (0, 1)


def test_those_who_stay_at_home_are_never_counted_in() -> None:
    sources = (Source(0, 5, people=True), Source(0, 5, people=True), Source(0, 5, people=False))
    pairs = tuple(Pair(0, at, 5, 0, 0, 0, 0, at) for at in range(3))
    found = solve(Problem((12,), sources, (Party(0, 1, 3),), pairs))
    assert found.choice[0] + found.choice[1] == 3
    assert found.choice[2] == 5


def test_values_are_exact_fractions() -> None:
    third = Problem(
        (1,), (Source(0, 1, people=True),), (Party(1, 3, 1),), (Pair(0, 0, 1, 0, 0, 1, 0, 0),)
    )
    assert third.burden((1,)) == Fraction(3, 3)
    assert third.strain(0, 2) == Fraction(8, 3)


def test_nothing_to_choose_from_is_a_choice_too() -> None:
    assert solve(Problem((3,), (), (), ())) == ((), True)


def test_out_of_time_the_choice_is_kept_and_said_not_to_be_proven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every call after the first two comes back without proof, as after a time limit."""
    calls = []
    real = highs.least

    def hurried(*args: object, **options: bool) -> highs.Found | None:
        calls.append(args)
        found = real(*args, **options)  # type: ignore[arg-type]
        if found is None or len(calls) <= 2:
            return found
        return found._replace(proven=False, bound=-1.0)

    monkeypatch.setattr("coalition.adapters.solver_highs.least", hurried)
    sources = (Source(0, 4, people=True), Source(1, 4, people=True))
    pairs = (Pair(0, 0, 4, 0, 0, 80, 0, 0), Pair(0, 1, 4, 0, 0, 80, 900, 1))
    found = solve(Problem((4,), sources, (Party(100, 1, 9), Party(100, 1, 9)), pairs))
    assert not found.proven
    assert sum(found.choice) == 4
