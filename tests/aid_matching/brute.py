"""The solver's twin: tries every choice. For problems small enough to be sure of."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from coalition.domain.matching.problem import Solution

if TYPE_CHECKING:
    from coalition.domain.matching.problem import Problem


def solve(problem: Problem) -> Solution:
    """A best of all feasible choices; the first in lexicographic order among equals."""
    every = product(*(range(pair.most + 1) for pair in problem.pairs))
    feasible = [choice for choice in every if problem.feasible(choice)]
    return Solution(min(feasible, key=problem.value), proven=True)
