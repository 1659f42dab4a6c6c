"""One integer program, solved by HiGHS by way of scipy.

scipy is loaded by the first of them, so that a process which never matches never carries it
(about 70 MB).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 30.0
"""After this long the best that is known is taken, and said not to be proven."""


class Row(NamedTuple):
    """One constraint: lower ≤ Σ coefficient · variable ≤ upper."""

    terms: Sequence[tuple[int, float]]  # (variable, coefficient)
    lower: float
    upper: float


class Found(NamedTuple):
    """A solution: of `choice` the variables that count units; no other costs less than `bound`."""

    choice: tuple[int, ...]
    values: Sequence[float]
    bound: float
    proven: bool


def least(
    costs: Sequence[float], rows: Sequence[Row], most: Sequence[int], *, whole: bool = True
) -> Found | None:
    """The least cost under all rows, or None where nothing satisfies them.

    The first variables are units, from 0 to `most` of each, and with `whole` not divisible; those
    behind are any number from 0.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - see above
    from scipy.sparse import csr_array  # noqa: PLC0415

    count, units = len(costs), len(most)
    entries: list[float] = []
    columns: list[int] = []
    starts = [0]
    for row in rows:
        columns += [column for column, _ in row.terms]
        entries += [value for _, value in row.terms]
        starts.append(len(columns))
    matrix = csr_array((entries, columns, starts), shape=(len(rows), count))
    done: Any = milp(
        costs,
        integrality=[int(whole)] * units + [0] * (count - units),
        bounds=Bounds([0.0] * count, [*map(float, most), *([math.inf] * (count - units))]),
        constraints=LinearConstraint(
            matrix, [row.lower for row in rows], [row.upper for row in rows]
        ),
        options={"mip_rel_gap": 0.0, "time_limit": SECONDS},
    )
    if done.x is None:
        return None
    bound = done.fun if done.mip_dual_bound is None else done.mip_dual_bound
    return Found(tuple(map(round, done.x[:units])), done.x, float(bound), done.status == 0)
