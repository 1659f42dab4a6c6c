"""Which of several requests comes first: CSA Art. 16(3), then the longest wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coalition.domain.aid_rules import Weights
    from coalition.domain.matching.question import Wanted

Criterion = Literal["severity", "entity", "impact", "spillover", "self_help", "wait", "number"]
GRADED: tuple[Criterion, ...] = ("severity", "entity", "impact", "spillover", "self_help")


class Urgency(NamedTuple):
    """Smaller comes first."""

    less: int  # the weighted grades, negated
    since: datetime
    number: int
    item: int


def weight(need: Wanted, weights: Weights) -> int:
    """The grades of a request, each times its weight in the charter."""
    return sum(getattr(weights, name) * getattr(need.grades, name) for name in GRADED)


def urgency(need: Wanted, weights: Weights) -> Urgency:
    """What requests are ordered by."""
    return Urgency(-weight(need, weights), need.since, need.number, need.item)


def in_order(needs: Iterable[Wanted], weights: Weights) -> list[Wanted]:
    """The most pressing first. No two share a number and an item."""
    return sorted(needs, key=lambda need: urgency(need, weights))


def decided_by(first: Wanted, second: Wanted, weights: Weights) -> Criterion:
    """What put one need before the next: the first criterion in which they differ to its favour."""
    if weight(first, weights) == weight(second, weights):
        return "wait" if first.since != second.since else "number"
    for name in GRADED:
        ahead = getattr(first.grades, name) - getattr(second.grades, name)
        if ahead > 0 and getattr(weights, name):
            return name
    raise AssertionError((first.need, second.need))  # who weighs more has a higher grade somewhere
