"""The exact solver of matching problems: HiGHS, by way of scipy.

One criterion after the other, each held while the next is improved. Coverage and time are linear
programs over a network, whose corners are whole numbers. The burden is convex: its straight
pieces between neighbouring multiples of a member's unit are added where a solution touches them,
until the bound that the solver has proven and the exact burden of its choice are one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coalition.adapters.highs import Found, Row, least
from coalition.domain.errors import PermanentError
from coalition.domain.matching.problem import Solution

if TYPE_CHECKING:
    from coalition.domain.matching.problem import Choice, Problem

FEW = 6
"""So many straight pieces of each member's burden are drawn before anything is known."""

ROUNDS = 12
"""So often at most it is drawn more finely with units that are divisible."""

TOUCH = 1e-6
"""A number this little below a whole one is that whole one."""


def solve(problem: Problem) -> Solution:
    """A best choice.

    Raises:
        PermanentError: the solver fails, which no valid problem makes it do.
    """
    if not problem.pairs:
        return Solution((), proven=True)
    return _Search(problem).run()


@dataclass
class _Search:
    problem: Problem
    rows: list[Row] = field(default_factory=list)
    proven: bool = True

    def __post_init__(self) -> None:
        self.pairs = self.problem.pairs
        self.most = [pair.most for pair in self.pairs]
        self.units = self._units()
        strained = [party for party, unit in enumerate(self.units) if unit]
        # Behind the pairs stand, for each member with work to share, how many of its units go
        # (even columns) and how much burden that adds (odd columns).
        self.strained = {party: len(self.pairs) + 2 * at for at, party in enumerate(strained)}
        self.cuts: dict[tuple[int, int], Row] = {}

    def run(self) -> Solution:
        self._limits()
        choice = self._cover()
        choice = self._lengthen(choice)
        choice = self._hasten(choice)
        choice = self._even_out(choice)
        for what in ("cost", "lot"):
            choice = self._lessen(what, choice)
        return Solution(choice, self.proven)

    # ------------------------------------------------------------------------- the criteria
    def _cover(self) -> Choice:
        """As much as possible, the most pressing need first."""
        last = len(self.problem.needs)
        found = self._solve([float(pair.need - last) for pair in self.pairs])
        for need, given in enumerate(self._given(found.choice)):
            terms = [(at, 1.0) for at, pair in enumerate(self.pairs) if pair.need == need]
            if terms:
                self.rows.append(Row(terms, given, given))
        return found.choice

    def _lengthen(self, choice: Choice) -> Choice:
        """For as long as it is needed, the most pressing need first."""
        for need in range(len(self.problem.needs)):
            terms = [
                (at, float(pair.short))
                for at, pair in enumerate(self.pairs)
                if pair.need == need and pair.short
            ]
            if not terms:
                continue
            costs = [0.0] * len(self.pairs)
            for at, short in terms:
                costs[at] = short
            choice = self._solve(costs).choice
            missing = sum(short * choice[at] for at, short in terms)
            self.rows.append(Row(terms, 0.0, missing + 0.5))
        return choice

    def _hasten(self, choice: Choice) -> Choice:
        """The latest of each need as soon as possible, the most pressing need first."""
        for need in range(len(self.problem.needs)):
            latest = self._latest(need, choice)
            for soon in range(latest):
                before = list(self.most)
                for at, pair in enumerate(self.pairs):
                    if pair.need == need and pair.soon > soon:
                        self.most[at] = 0
                found = (
                    self._attempt([0.0] * len(self.pairs)) if self._could(need, choice) else None
                )
                if found is not None:
                    choice = found.choice
                    break
                self.most = before
            latest = self._latest(need, choice)
            for at, pair in enumerate(self.pairs):
                if pair.need == need and pair.soon > latest:
                    self.most[at] = 0
        return choice

    def _even_out(self, choice: Choice) -> Choice:
        """The least burden; leaves the row that holds it."""
        if not self.strained:
            return choice
        self._first_cuts()
        costs = [0.0] * len(self.pairs) + [0.0, 1.0] * len(self.strained)
        self._approach(costs)
        best, least = choice, self.problem.burden(choice)
        while True:
            found = self._solve(costs)
            exact = self.problem.burden(found.choice)
            if exact < least:
                best, least = found.choice, exact
            settled = float(least) - found.bound < float(self.problem.grain) / 2
            if settled or not found.proven or not self._cut(found.choice):
                self.proven = self.proven and settled
                break
        limit = float(least + self.problem.grain / 2)
        terms = [(at + 1, 1.0) for at in self.strained.values()]
        self.rows.append(Row(terms, -math.inf, limit))
        return best

    def _lessen(self, what: str, choice: Choice) -> Choice:
        """The least cost, or lots; leaves the row that holds it."""
        each = [int(getattr(pair, what)) for pair in self.pairs]
        unit = math.gcd(*each)
        if not unit or len(set(each)) == 1:  # as many units go in any case
            return choice
        scaled = [one // unit for one in each]
        costs = [float(one) for one in scaled] + [0.0, 0.0] * len(self.strained)
        while True:
            found = self._solve(costs)
            kept = self.problem.value(found.choice)[:4] == self.problem.value(choice)[:4]
            if kept:
                choice = found.choice
                self.proven = self.proven and found.proven
                break
            if not self._cut(found.choice):
                self.proven = False  # what was found before is kept
                break
        held = sum(one * units for one, units in zip(scaled, choice, strict=True))
        terms = [(at, float(one)) for at, one in enumerate(scaled) if one]
        self.rows.append(Row(terms, -math.inf, held + 0.5))
        return choice

    # ---------------------------------------------------------------------------- the model
    def _limits(self) -> None:
        """Nothing twice, nothing more than asked, nobody who stays at home."""
        problem = self.problem
        by_need: dict[int, list[tuple[int, float]]] = {}
        by_source: dict[int, list[tuple[int, float]]] = {}
        by_party: dict[int, list[tuple[int, float]]] = {}
        for at, pair in enumerate(self.pairs):
            by_need.setdefault(pair.need, []).append((at, 1.0))
            by_source.setdefault(pair.source, []).append((at, 1.0))
            source = problem.sources[pair.source]
            if source.people:
                by_party.setdefault(source.member, []).append((at, 1.0))
        for terms, most in (
            *((terms, problem.needs[need]) for need, terms in by_need.items()),
            *((terms, problem.sources[source].size) for source, terms in by_source.items()),
            *((terms, problem.parties[party].people) for party, terms in by_party.items()),
        ):
            self.rows.append(Row(terms, 0.0, most))

    def _units(self) -> list[int]:
        """Of each member the person-hours that all its burdens are multiples of; 0: it has none."""
        units = [0] * len(self.problem.parties)
        for pair in self.pairs:
            party = self.problem.sources[pair.source].member
            units[party] = math.gcd(units[party], pair.burden)
        return units

    def _first_cuts(self) -> None:
        """Count each member's units, and draw its burden roughly; then finely, where it matters."""
        largest = [0] * len(self.problem.parties)
        terms: dict[int, list[tuple[int, float]]] = {party: [] for party in self.strained}
        for at, pair in enumerate(self.pairs):
            party = self.problem.sources[pair.source].member
            if pair.burden:
                largest[party] += pair.burden * self.most[at]
                terms[party].append((at, -float(pair.burden // self.units[party])))
        for party, column in self.strained.items():
            self.rows.append(Row([*terms[party], (column, 1.0)], 0.0, 0.0))
            steps = largest[party] // self.units[party]
            for step in range(0, max(steps, 1), max(1, steps // FEW)):
                self._piece(party, step)

    def _approach(self, costs: list[float]) -> None:
        """Draw the burdens finely where the best choice is, were units divisible: that is quick."""
        for _ in range(ROUNDS):
            found = self._attempt(costs, whole=False)
            known = len(self.cuts)
            for party, column in self.strained.items():
                self._piece(party, math.floor(found.values[column] + TOUCH) if found else 0)
            if len(self.cuts) == known:
                return

    def _cut(self, choice: Choice) -> bool:
        """Add the pieces that begin where a choice stands; False when all are there."""
        known = len(self.cuts)
        added = self.problem.added(choice)
        for party in self.strained:
            self._piece(party, added[party] // self.units[party])
        return len(self.cuts) > known

    def _piece(self, party: int, step: int) -> None:
        """The straight line through the burdens at `step` and `step` + 1 units: never above it."""
        if (party, step) in self.cuts:
            return
        unit = self.units[party]
        low, high = step * unit, (step + 1) * unit
        at_low, at_high = (self.problem.strain(party, one) for one in (low, high))
        slope = at_high - at_low
        column = self.strained[party]
        row = Row(
            [(column, -float(slope)), (column + 1, 1.0)], float(at_low - slope * step), math.inf
        )
        self.cuts[party, step] = row
        self.rows.append(row)

    def _given(self, choice: Choice) -> list[int]:
        given = [0] * len(self.problem.needs)
        for pair, units in zip(self.pairs, choice, strict=True):
            given[pair.need] += units
        return given

    def _latest(self, need: int, choice: Choice) -> int:
        return max(
            (
                pair.soon
                for pair, units in zip(self.pairs, choice, strict=True)
                if units and pair.need == need
            ),
            default=0,
        )

    def _could(self, need: int, choice: Choice) -> bool:
        """Whether those who are left for a need have enough, each for itself."""
        left = sum(self.most[at] for at, pair in enumerate(self.pairs) if pair.need == need)
        return left >= self._given(choice)[need]

    # ------------------------------------------------------------------------------- HiGHS
    def _solve(self, costs: list[float]) -> Found:
        found = self._attempt(costs)
        if found is None:
            raise PermanentError(
                "The solver found no recommendation.", fallback="Choose among the offers by hand."
            )
        return found

    def _attempt(self, costs: list[float], *, whole: bool = True) -> Found | None:
        return least(costs, self.rows, self.most, whole=whole)
