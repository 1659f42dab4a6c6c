"""A question and a solver in, a recommendation with its reasons out."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.matching.exchange import Exchanges
from coalition.domain.matching.model import CLASSES, Model, hours_of_unit, model_of, soon
from coalition.domain.matching.order import decided_by, weight
from coalition.domain.matching.recommendation import (
    Burden,
    Check,
    Decisive,
    Judged,
    Objection,
    Recommendation,
    Served,
    Strain,
)

if TYPE_CHECKING:
    from coalition.domain.matching.problem import Choice, Solver
    from coalition.domain.matching.question import Candidate, Question, Wanted

EVEN = Fraction(15, 100)
"""A member whose burden for its share is this close to the coalition's bears its share."""


def recommend(question: Question, solve: Solver) -> Recommendation:
    """Who could best help whom, and why.

    Raises:
        ValueError: see `model_of`.
    """
    model = model_of(question)
    solution = solve(model.problem)
    return Recommendation(
        inputs_hash=question.inputs_hash,
        charter=question.charter,
        rules=question.rules,
        needs=_served(model, solution.choice),
        judged=_judged(model, solution.choice),
        objections=_objections(model, solution.choice),
        proven=solution.proven,
    )


def _served(model: Model, choice: Choice) -> tuple[Served, ...]:
    weights, value = model.question.rules.weights, model.problem.value(choice)
    served = []
    for at, need in enumerate(model.needs):
        after = model.needs[at + 1] if at + 1 < len(model.needs) else None
        served.append(
            Served(
                need=need.need,
                request=need.request,
                member=need.member,
                place=at + 1,
                weight=weight(need, weights),
                before=decided_by(need, after, weights) if after else None,
                size=need.size,
                covered=need.size - value.missing[at],
                soon=CLASSES[value.soon[at]],
            )
        )
    return tuple(served)


class _Key(NamedTuple):
    """What eligible candidates of one need are ranked by, each as if it alone gave one unit."""

    short: int
    soon: int
    burden: Fraction
    cost: int
    lot: int


def _judged(model: Model, choice: Choice) -> tuple[Judged, ...]:
    place_of = {place: at for at, place in enumerate(model.pairs)}
    judged = []
    for n in range(len(model.needs)):
        keys = {place_of[n, c]: _key(model, place_of[n, c]) for m, c in model.pairs if m == n}
        ranked = sorted(keys, key=keys.__getitem__)
        rank = {at: number for number, at in enumerate(ranked, 1)}
        behind = {at: _behind(keys[ranked[i - 1]], keys[at]) for i, at in enumerate(ranked) if i}
        for c in range(len(model.candidates)):
            at = place_of.get((n, c))
            units = 0 if at is None else choice[at]
            place = None if at is None else (rank[at], behind.get(at, "first"))
            judged.append((n, rank[at] if at is not None else len(keys) + c + 1, place, c, units))
    return tuple(
        _one(model, n, c, units, place)
        for n, _, place, c, units in sorted(judged, key=lambda one: one[:2])
    )


def _one(model: Model, n: int, c: int, units: int, place: tuple[int, Decisive] | None) -> Judged:
    need, candidate, question = model.needs[n], model.candidates[c], model.question
    could = min(need.size, candidate.size, candidate.free.get(need.need, 0)) if place else 0
    return Judged(
        need=need.need,
        candidate=candidate.candidate,
        offer=candidate.offer,
        member=candidate.member,
        capability=candidate.capability,
        checks=tuple(
            Check(name=one.name, passed=one.passed, why=one.why) for one in model.passages[n, c]
        ),
        hours_to_effect=candidate.hours_to_effect,
        soon=soon(candidate.hours_to_effect, question.rules),
        could=could,
        units=units,
        rank=place[0] if place else None,
        decisive=place[1] if place else None,
        burden=_burden(model, need, candidate, units or could),
    )


def _key(model: Model, at: int) -> _Key:
    pair = model.problem.pairs[at]
    party = model.problem.sources[pair.source].member
    return _Key(
        pair.short, pair.soon, model.problem.strain(party, pair.burden), pair.cost, pair.lot
    )


def _behind(first: _Key, second: _Key) -> Decisive:
    if first.short != second.short:
        return "stay"
    if first.soon != second.soon:
        return "soon"
    if first.burden != second.burden:
        return "burden"
    return "cost" if first.cost != second.cost else "lot"


def _burden(model: Model, need: Wanted, candidate: Candidate, units: int) -> Burden:
    standing = model.question.members[candidate.member]
    after = standing.load + hours_of_unit(need, candidate) * units
    return Burden(
        before=standing.load,
        after=after,
        share=standing.share,
        strain_before=strain(standing.load, standing.share, model.usual),
        strain_after=strain(after, standing.share, model.usual),
    )


def strain(load: int, share: int, usual: Fraction) -> Strain:
    """A load for a share, against what all members have given for one share."""
    own = Fraction(load, share)
    if own < usual * (1 - EVEN):
        return "below"
    return "above" if own > usual * (1 + EVEN) else "even"


def _objections(model: Model, choice: Choice) -> tuple[Objection, ...]:
    """One for each member that could help with a need and is not recommended for it."""
    exchanges = Exchanges(model.problem, choice)
    chosen = {
        (n, model.candidates[c].member)
        for (n, c), units in zip(model.pairs, choice, strict=True)
        if units
    }
    objections: dict[tuple[int, str], Objection] = {}
    best: dict[tuple[int, str], _Key] = {}
    for at, (n, c) in enumerate(model.pairs):
        member = model.candidates[c].member
        key = _key(model, at)
        if (n, member) in chosen or ((n, member) in best and best[n, member] <= key):
            continue
        found = exchanges.against(at)
        instead = None if found.instead is None else model.pairs[found.instead][1]
        best[n, member] = key
        objections[n, member] = Objection(
            need=model.needs[n].need,
            member=member,
            decisive=found.decisive,
            instead=None if instead is None else model.candidates[instead].member,
        )
    return tuple(objections.values())
