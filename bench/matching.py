"""A recommendation for 35 members, 100 offers and 10 requests at once: at most 1 s on one core.

The whole of `recommend`: filters, order, exact choice, ranks and reasons; not the reading of logs.
Beside it, in the same run, what HiGHS itself takes for the models it is given. Also how it grows
from 10 offers to 1,000. `--quick`: fewer rounds, up to 300.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import scipy.optimize

from bench.common import Figure, median, report
from coalition.adapters.solver_highs import solve
from coalition.domain.aid_rules import AidRules
from coalition.domain.labels import Tlp
from coalition.domain.matching.question import Candidate, Grades, Question, Standing, Wanted
from coalition.domain.matching.recommend import recommend

MEMBERS, REQUESTS, OFFERS = 35, 10, 100
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERVICES = ("mitigation-and-recovery", "incident-analysis", "artifact-and-forensic-analysis")


def question(seed: int, offers: int) -> Question:
    """Ten requests from ten members for three services; loads, shares and teams of all sizes."""
    chance = random.Random(seed)
    needs = [_need(chance, number) for number in range(REQUESTS)]
    lots = chance.sample(range(offers), offers)
    return Question(
        needs=tuple(needs),
        candidates=tuple(_offer(chance, at, lots[at], needs) for at in range(offers)),
        members={
            f"m{number}": Standing(
                load=chance.randrange(0, 6_000, 8),
                share=chance.randint(1, 6),
                people=chance.randint(4, 20),
                ceiling=Tlp.AMBER,
                newcomer=chance.random() < 0.2,
            )
            for number in range(MEMBERS)
        },
        rules=AidRules(),
        charter="c" * 64,
    )


def _need(chance: random.Random, number: int) -> Wanted:
    return Wanted(
        need=f"AID-{number}/1",
        request=f"AID-{number}",
        member=f"m{number}",
        service=chance.choice(SERVICES),
        size=chance.randint(4, 12),
        days=chance.choice((3, 5, 7, 14)),
        tlp=Tlp.GREEN,
        grades=Grades(severity=chance.randint(0, 4), spillover=chance.randint(0, 4)),
        since=NOON - timedelta(minutes=chance.randint(0, 600)),
        number=number,
    )


def _offer(chance: random.Random, at: int, lot: int, needs: list[Wanted]) -> Candidate:
    size = chance.randint(1, 6)
    return Candidate(
        candidate=f"c{at}",
        member=f"m{at % MEMBERS}",
        capability=f"c{at}",
        service=chance.choice(SERVICES),
        kind=chance.choice(("team", "team", "team", "tool")),
        size=size,
        free={need.need: size for need in needs if chance.random() < 0.9},
        hours_to_effect=chance.choice((2, 4, 8, 24, 48, 72, 120)),
        cost_per_day=chance.randrange(30_000, 90_000, 100),
        lot=lot,
    )


@contextmanager
def counting() -> Iterator[list[float]]:
    """Seconds of processor that HiGHS takes, call by call."""
    spent: list[float] = []
    real = scipy.optimize.milp

    def counted(*args: object, **options: object) -> object:
        start = time.process_time()
        try:
            return real(*args, **options)
        finally:
            spent.append(time.process_time() - start)

    scipy.optimize.milp = counted
    try:
        yield spent
    finally:
        scipy.optimize.milp = real


def measure(seed: int, offers: int) -> tuple[float, float, int]:
    """(seconds of processor in all, of HiGHS, calls of it)."""
    asked = question(seed, offers)
    with counting() as spent:
        start = time.process_time()
        found = recommend(asked, solve)
        took = time.process_time() - start
    assert found.proven
    assert sum(one.covered for one in found.needs)
    return took, sum(spent), len(spent)


def main() -> int:
    """Print the figures, and the growth beside them."""
    quick = "--quick" in sys.argv
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, for HiGHS too
    measure(0, 10)  # loads scipy
    rounds = [measure(seed, OFFERS) for seed in range(3 if quick else 15)]
    whole = [took for took, _, _ in rounds]
    ratio = median([took / spent for took, spent, _ in rounds])
    print(f"{'offers':>8} {'seconds':>9} {'of HiGHS':>9} {'calls':>6}", file=sys.stderr)
    for offers in (10, 30, 100, 300) if quick else (10, 30, 100, 300, 1_000):
        took = [measure(seed, offers) for seed in range(1 if quick else 3)]
        line = [median([one[part] for one in took]) for part in (0, 1, 2)]
        print(f"{offers:>8} {line[0]:>9.3f} {line[1]:>9.3f} {line[2]:>6.0f}", file=sys.stderr)
    size = f"{MEMBERS} members × {OFFERS} offers × {REQUESTS} requests"
    detail = f"median {median(whole):.2f} s; {size}"
    return report(
        [
            Figure("recommendation, slowest of all, seconds : 1", max(whole), 1.0, False, detail),
            Figure("whole recommendation : HiGHS alone", ratio, 2.0, False, "the same models"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
