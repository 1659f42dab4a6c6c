"""The choice as whole numbers, and what a choice is worth: exact, and without a name in it.

Maximise what is covered, the most pressing need first, and for how long; then let the last of
those who come be there as soon as possible, by class, the most pressing need first; then keep the
burden even, as the least sum of (load + new)² / share over the members; then cost; then the lots.

Coverage need by need in order is also the best sum under any weights that fall in that order:
what can be covered together forms a polymatroid, where taking the most pressing first is optimal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, Protocol

Choice = tuple[int, ...]
"""How many units of each pair; as long as `Problem.pairs`."""


class Pair(NamedTuple):
    """One candidate for one need. All of `burden`, `cost` and `lot` are for one unit."""

    need: int
    source: int
    most: int  # 1 or more
    short: int  # days of the need for which it would not stay
    soon: int  # class of time to effect: 0 (soonest) … 3
    burden: int  # person-hours as they count when members are ranked
    cost: int
    lot: int


class Source(NamedTuple):
    """A capability, behind one candidate or several: whose it is, how much, whether people."""

    member: int
    size: int
    people: bool


class Party(NamedTuple):
    """One member: what it has given, its share of the burden, and how many people can go."""

    load: int
    share: int
    people: int


class Value(NamedTuple):
    """What a choice is worth. Smaller is better, criterion by criterion."""

    missing: tuple[int, ...]  # units, by need
    short: tuple[int, ...]  # days that the units given would not stay, by need
    soon: tuple[int, ...]  # class of the latest, by need; 0 where nobody goes
    burden: Fraction
    cost: int
    lots: int


@dataclass(frozen=True)
class Problem:
    """`needs` are sizes, the most pressing first. The order of nothing depends on a name."""

    needs: tuple[int, ...]
    sources: tuple[Source, ...]
    parties: tuple[Party, ...]
    pairs: tuple[Pair, ...]

    @cached_property
    def grain(self) -> Fraction:
        """Two different values of the burden are at least this far apart."""
        return Fraction(1, math.lcm(*(party.share for party in self.parties)))

    def feasible(self, choice: Choice) -> bool:
        """Whether nothing is given twice, more than asked, or from those who stay at home."""
        by_need, by_source = [0] * len(self.needs), [0] * len(self.sources)
        people = [0] * len(self.parties)
        for pair, units in zip(self.pairs, choice, strict=True):
            if not 0 <= units <= pair.most:
                return False
            by_need[pair.need] += units
            by_source[pair.source] += units
            source = self.sources[pair.source]
            people[source.member] += units if source.people else 0
        return (
            all(given <= asked for given, asked in zip(by_need, self.needs, strict=True))
            and all(n <= one.size for n, one in zip(by_source, self.sources, strict=True))
            and all(n <= one.people for n, one in zip(people, self.parties, strict=True))
        )

    def added(self, choice: Choice) -> list[int]:
        """Person-hours as they count, by member."""
        added = [0] * len(self.parties)
        for pair, units in zip(self.pairs, choice, strict=True):
            added[self.sources[pair.source].member] += pair.burden * units
        return added

    def burden(self, choice: Choice) -> Fraction:
        """Σ (load + new)² / share, less the same without the choice."""
        return sum((self.strain(at, new) for at, new in enumerate(self.added(choice))), Fraction(0))

    def strain(self, party: int, new: int) -> Fraction:
        """What `new` person-hours add to the burden of one member."""
        load, share, _ = self.parties[party]
        return Fraction(new * (2 * load + new), share)

    def value(self, choice: Choice) -> Value:
        """What a choice is worth."""
        missing, soon = list(self.needs), [0] * len(self.needs)
        short = [0] * len(self.needs)
        cost = lots = 0
        for pair, units in zip(self.pairs, choice, strict=True):
            if units:
                missing[pair.need] -= units
                short[pair.need] += pair.short * units
                soon[pair.need] = max(soon[pair.need], pair.soon)
                cost += pair.cost * units
                lots += pair.lot * units
        by_need = (tuple(missing), tuple(short), tuple(soon))
        return Value(*by_need, self.burden(choice), cost, lots)


class Solution(NamedTuple):
    """A best choice. `proven`: the solver has shown that there is none better."""

    choice: Choice
    proven: bool


class Solver(Protocol):
    """Finds a best choice; the same problem gives the same choice."""

    def __call__(self, problem: Problem) -> Solution:
        """Solve it."""
        ...
