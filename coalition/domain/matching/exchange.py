"""Why not somebody else: what gets worse first when one unit is taken from them instead.

Of all whom they could stand in for, the exchange that loses least is looked at; since the choice
is the best, it loses something, and the first criterion it loses by is the decisive one.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from coalition.domain.matching.problem import Choice, Problem
    from coalition.domain.matching.recommendation import Decisive


class Loss(NamedTuple):
    """By how much an exchange is worse, criterion by criterion."""

    stay: int
    soon: int
    burden: Fraction
    cost: int
    lot: int


class Exchange(NamedTuple):
    """The best exchange for a pair: what decides against it, and the pair that would give way."""

    decisive: Decisive
    instead: int | None


class Exchanges:
    """All exchanges of one unit in a choice that is the best of its problem."""

    def __init__(self, problem: Problem, choice: Choice) -> None:
        self._problem = problem
        self._choice = choice
        self._added = problem.added(choice)
        self._used: Counter[int] = Counter()
        self._people: Counter[int] = Counter()
        self._takers: dict[int, list[int]] = {}
        for at, (pair, units) in enumerate(zip(problem.pairs, choice, strict=True)):
            if units:
                source = problem.sources[pair.source]
                self._used[pair.source] += units
                self._people[source.member] += units if source.people else 0
                self._takers.setdefault(pair.need, []).append(at)

    def against(self, pair: int) -> Exchange:
        """What decides against giving a need one unit by this pair, whose member gives it none."""
        if not self._is_free(pair):
            return Exchange("elsewhere", None)
        best: tuple[Loss, int] | None = None
        for other in self._takers.get(self._problem.pairs[pair].need, ()):
            loss = self._loss(pair, other)
            if best is None or loss < best[0]:
                best = (loss, other)
        if best is None:
            return Exchange("elsewhere", None)
        return Exchange(_first(best[0]), best[1])

    def _is_free(self, pair: int) -> bool:
        """Whether a unit is left: not promised to another need, nor kept at home."""
        own = self._problem.pairs[pair].source
        source = self._problem.sources[own]
        at_home = self._people[source.member] < self._problem.parties[source.member].people
        return self._used[own] < source.size and (at_home or not source.people)

    def _loss(self, pair: int, other: int) -> Loss:
        new, old = self._problem.pairs[pair], self._problem.pairs[other]
        now = [self._problem.pairs[at].soon for at in self._takers[new.need]]
        left = [
            self._problem.pairs[at].soon
            for at in self._takers[new.need]
            if at != other or self._choice[at] > 1
        ]
        changes = Counter({self._problem.sources[new.source].member: new.burden})
        changes[self._problem.sources[old.source].member] -= old.burden
        return Loss(
            new.short - old.short,
            max([*left, new.soon]) - max(now),
            sum((self._strained(party, by) for party, by in changes.items()), Fraction(0)),
            new.cost - old.cost,
            new.lot - old.lot,
        )

    def _strained(self, party: int, by: int) -> Fraction:
        added = self._added[party]
        return self._problem.strain(party, added + by) - self._problem.strain(party, added)


def _first(loss: Loss) -> Decisive:
    if loss.stay > 0:
        return "stay"
    if loss.soon > 0:
        return "soon"
    if loss.burden > 0:
        return "burden"
    return "cost" if loss.cost > 0 else "lot"
