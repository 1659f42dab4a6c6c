"""From a question to a problem of whole numbers: names are left behind here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from coalition.domain.capabilities import PEOPLE
from coalition.domain.matching.filters import Passage, passages
from coalition.domain.matching.order import in_order
from coalition.domain.matching.problem import Pair, Party, Problem, Source
from coalition.domain.matching.recommendation import Soon

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.aid_rules import AidRules
    from coalition.domain.matching.question import Candidate, Question, Wanted


@dataclass(frozen=True)
class Model:
    """A question, put in an order that no name decides, and the problem made of it.

    `pairs[i]` says which need and which candidate `problem.pairs[i]` is about, by their places in
    `needs` and `candidates`.
    """

    question: Question
    needs: list[Wanted]  # the most pressing first
    candidates: list[Candidate]  # by lot
    passages: dict[tuple[int, int], tuple[Passage, ...]]
    pairs: list[tuple[int, int]]
    problem: Problem
    usual: Fraction  # what the coalition has given for one share


CLASSES: tuple[Soon, ...] = (0, 1, 2, 3)


def soon(hours: int, rules: AidRules) -> Soon:
    """The class of a time to effect: how many of the charter's three limits it misses."""
    return CLASSES[sum(timedelta(hours=hours) > limit for limit in rules.soon)]


def hours_of_unit(need: Wanted, candidate: Candidate) -> int:
    """Person-hours that one unit costs its member over the whole of a need."""
    return candidate.hours_per_day * (candidate.days or need.days)


def counted(need: Wanted, candidate: Candidate, question: Question) -> int:
    """As `hours_of_unit`, less the bonus of a newcomer for small work from afar."""
    hours, newcomers = hours_of_unit(need, candidate), question.rules.newcomers
    small = hours * need.size <= newcomers.hours
    afar = "on_site" not in (need.mode, candidate.mode)
    if question.members[candidate.member].newcomer and small and afar:
        return hours - int(hours * newcomers.bonus)
    return hours


def model_of(question: Question) -> Model:
    """The model of a question.

    Raises:
        ValueError: two needs, candidates or lots are the same, so that only a name could decide.
    """
    _each_once("need", (need.need for need in question.needs))
    _each_once("place among needs", ((need.number, need.item) for need in question.needs))
    _each_once("candidate", (one.candidate for one in question.candidates))
    _each_once("lot", (one.lot for one in question.candidates))
    needs = in_order(question.needs, question.rules.weights)
    candidates = sorted(question.candidates, key=lambda one: one.lot)
    looked_at = {
        (n, c): passages(need, candidate, question)
        for n, need in enumerate(needs)
        for c, candidate in enumerate(candidates)
    }
    pairs = [place for place, found in looked_at.items() if all(one.passed for one in found)]
    problem = _problem(question, needs, candidates, pairs)
    standings = question.members.values()
    shares = sum(one.share for one in standings)
    usual = Fraction(sum(one.load for one in standings), shares) if shares else Fraction(0)
    return Model(question, needs, candidates, looked_at, pairs, problem, usual)


def _problem(
    question: Question,
    needs: list[Wanted],
    candidates: list[Candidate],
    pairs: list[tuple[int, int]],
) -> Problem:
    places = sorted({c for _, c in pairs})
    lots = {c: lot for lot, c in enumerate(places)}
    stocks: dict[tuple[str, str], list[Candidate]] = {}
    for c in places:
        one = candidates[c]
        stocks.setdefault((one.member, one.capability), []).append(one)
    source_of = {stock: at for at, stock in enumerate(stocks)}
    party_of = {member: at for at, member in enumerate(dict.fromkeys(m for m, _ in stocks))}
    dearest = max((candidates[c].cost_per_day or 0 for c in places), default=0)
    return Problem(
        needs=tuple(need.size for need in needs),
        sources=tuple(
            Source(party_of[member], min(one.size for one in of_it), of_it[0].kind in PEOPLE)
            for (member, _), of_it in stocks.items()
        ),
        parties=tuple(
            Party(one.load, one.share, one.people)
            for one in (question.members[member] for member in party_of)
        ),
        pairs=tuple(
            _pair(
                question,
                needs[n],
                candidates[c],
                (n, source_of[candidates[c].member, candidates[c].capability], lots[c]),
                dearest,
            )
            for n, c in pairs
        ),
    )


def _pair(
    question: Question, need: Wanted, candidate: Candidate, at: tuple[int, int, int], dearest: int
) -> Pair:
    """`at`: places of the need, of the source and of the lot."""
    # A cost that is not stated is taken for the highest that is, so that silence is no advantage.
    per_day = dearest if candidate.cost_per_day is None else candidate.cost_per_day
    return Pair(
        need=at[0],
        source=at[1],
        most=min(need.size, candidate.size, candidate.free[need.need]),
        short=max(0, need.days - (candidate.days or need.days)),
        soon=soon(candidate.hours_to_effect, question.rules),
        burden=counted(need, candidate, question),
        cost=per_day * (candidate.days or need.days),
        lot=at[2],
    )


def _each_once(what: str, values: Iterable[object]) -> None:
    seen = list(values)
    if len(set(seen)) < len(seen):
        msg = f"a {what} stands twice in the question; only a name could then decide"
        raise ValueError(msg)
