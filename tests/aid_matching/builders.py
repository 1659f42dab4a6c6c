"""Questions for matching, small and plain, or drawn at random."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from coalition.domain.aid_rules import AidRules, LegalBasis, Newcomers
from coalition.domain.labels import Tlp
from coalition.domain.matching.question import Candidate, Grades, Question, Standing, Wanted

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERVICES = ("mitigation-and-recovery", "artifact-and-forensic-analysis")


def need(name: str = "AID-1/1", **changes: Any) -> Wanted:
    """Estonia asks for two people for ten days."""
    request, _, item = name.partition("/")
    usual: dict[str, Any] = {
        "need": name,
        "request": request,
        "item": int(item[:1]),
        "member": "ee",
        "service": SERVICES[0],
        "size": 2,
        "days": 10,
        "tlp": Tlp.GREEN,
        "territory": "EE",
        "since": NOON,
    }
    return Wanted.model_validate({**usual, **changes})


def candidate(member: str, lot: int, *needs: str, **changes: Any) -> Candidate:
    """A team of two that is there within four hours, free for these needs (default: AID-1/1)."""
    size = changes.get("size", 2)
    usual: dict[str, Any] = {
        "candidate": f"{member}-team",
        "member": member,
        "capability": changes.get("candidate", f"{member}-team"),
        "service": SERVICES[0],
        "kind": "team",
        "size": size,
        "free": dict.fromkeys(needs or ("AID-1/1",), size),
        "hours_to_effect": 4,
        "languages": ("en",),
        "lot": lot,
    }
    return Candidate.model_validate({**usual, **changes})


def standing(**changes: Any) -> Standing:
    """Up to ten people, TLP:AMBER, nothing given yet, no newcomer."""
    usual: dict[str, Any] = {"people": 10, "ceiling": Tlp.AMBER}
    return Standing.model_validate({**usual, **changes})


def question(
    needs: list[Wanted],
    candidates: list[Candidate],
    members: dict[str, Standing] | None = None,
    **rules: Any,
) -> Question:
    """Members that are not described stand like `standing()`."""
    known = {one.member for one in needs} | {one.member for one in candidates}
    return Question(
        needs=tuple(needs),
        candidates=tuple(candidates),
        members={id: standing() for id in sorted(known)} | (members or {}),
        rules=AidRules(**rules),
        charter="c" * 64,
    )


def drawn(seed: int, *, small: bool = True) -> Question:
    """A random question; a small one can be solved by trying everything."""
    chance = random.Random(seed)
    ids = ["ee", "lv", "lt", "pl", "fi"][: chance.randint(2, 4)]
    needs = [_need(chance, number, ids) for number in range(chance.randint(1, 2 if small else 3))]
    count = chance.randint(1, 4 if small else 12)
    lots = chance.sample(range(100), count)
    candidates = [_candidate(chance, at, lots[at], ids, needs) for at in range(count)]
    members = {
        id: Standing(
            load=chance.choice((0, 0, 40, 400, 4_001)),
            share=chance.randint(1, 5),
            people=chance.randint(0, 5),
            ceiling=chance.choice((Tlp.GREEN, Tlp.AMBER, Tlp.RED)),
            newcomer=chance.random() < 0.3,
        )
        for id in ids
    }
    bases: tuple[LegalBasis, ...] = (LegalBasis(id="charter", name="Charter"),)
    if chance.random() < 0.2:
        bases = (LegalBasis(id="pact", name="Pact", members=tuple(ids[:2])),)
    return question(needs, candidates, members, legal_bases=bases, newcomers=Newcomers(hours=200))


def _need(chance: random.Random, number: int, ids: list[str]) -> Wanted:
    grades = Grades(severity=chance.randint(0, 4), spillover=chance.choice((0, 0, 3)))
    return need(
        f"AID-{number + 1}/1",
        member=chance.choice(ids),
        service=chance.choice((SERVICES[0], SERVICES[0], SERVICES[1])),
        size=chance.randint(1, 3),
        days=chance.choice((1, 3, 10)),
        tlp=chance.choice((Tlp.GREEN, Tlp.AMBER)),
        hit=tuple(id for id in ids if chance.random() < 0.1),
        grades=grades,
        since=NOON - timedelta(hours=chance.randint(0, 3)),
        number=number,
    )


def _candidate(
    chance: random.Random, at: int, lot: int, ids: list[str], needs: list[Wanted]
) -> Candidate:
    size = chance.randint(0, 3)
    return candidate(
        chance.choice(ids),
        lot,
        candidate=f"c{at}",
        kind=chance.choice(("team", "team", "person", "tool")),
        service=chance.choice((SERVICES[0], SERVICES[0], SERVICES[1])),
        size=size,
        free={one.need: chance.randint(0, size) for one in needs},
        hours_to_effect=chance.choice((1, 4, 20, 60, 100)),
        days=chance.choice((None, None, None, 1, 5)),
        hours_per_day=chance.choice((0, 8, 8, 12)),
        cost_per_day=chance.choice((None, 0, 50_000, 80_000)),
    )
