"""Answers to "why this one?" and "why not X?": one decisive criterion, in words.

Where the reason is private to a member, the answer is "not available" and nothing more; the
question already says no more than that (`question.Candidate.free`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.domain.matching.filters import FILTERS, NOT_AVAILABLE, FilterName

if TYPE_CHECKING:
    from coalition.domain.aid_rules import AidRules
    from coalition.domain.matching.order import Criterion
    from coalition.domain.matching.recommendation import (
        Decisive,
        Judged,
        Recommendation,
        Served,
    )

Naming = Callable[[str], str]
"""From a member's id to its name."""


class Answer(NamedTuple):
    """`criterion`: what decided. `clause`: for people, to follow the member's name and a colon."""

    criterion: FilterName | Decisive | Literal["recommended", "nothing"]
    clause: str


def why_not(found: Recommendation, need: str, member: str, name: Naming) -> Answer:
    """Why a member is not recommended for a need, or that it is."""
    judged = found.of(need, member)
    if not judged:
        return Answer("nothing", "it has nothing on offer for this need")
    units = sum(one.units for one in judged)
    if units:
        return Answer("recommended", f"it is recommended, with {units}")
    objection = found.objection(need, member)
    if objection is None:
        order = list(FILTERS)
        nearest = max(judged, key=lambda one: order.index(one.failed[0].name))
        failed = nearest.failed[0]
        return Answer(failed.name, failed.why or NOT_AVAILABLE)
    instead = name(objection.instead) if objection.instead else "others"
    own = next(one for one in judged if one.eligible)
    return Answer(objection.decisive, _against(objection.decisive, own, instead, found.rules))


def why(one: Judged, found: Recommendation) -> str:
    """What speaks for a candidate that is recommended: a clause."""
    strained = {
        "below": "its member has given less than its share so far",
        "even": "its member has given about its share so far",
        "above": "its member has given more than its share so far",
    }[one.burden.strain_before]
    return f"it takes effect {_when(one, found.rules)}; {strained}"


def why_first(need: Served) -> str:
    """What puts a need before the next: a clause, empty for the last."""
    if need.before is None:
        return ""
    words: dict[Criterion, str] = {
        "severity": "its incident is more severe",
        "entity": "the entity that is hit is more essential",
        "impact": "the impact is greater",
        "spillover": "it is more likely to spill over",
        "self_help": "more has been done to help oneself",
        "wait": "it has waited longer",
        "number": "it was opened first",
    }
    return words[need.before]


def _against(decisive: Decisive, own: Judged, instead: str, rules: AidRules) -> str:
    if decisive == "stay":
        return f"it would stay for fewer days than {instead}"
    if decisive == "soon":
        return f"it would take effect {_when(own, rules)}, and {instead} sooner"
    if decisive == "burden":
        return f"the burden is shared more evenly with {instead}"
    if decisive == "cost":
        return f"it costs more than {instead}"
    if decisive == "elsewhere":
        return "what it has is recommended for a more pressing request"
    return f"it is equal to {instead} in all that counts, and {instead} was first in line"


def _when(one: Judged, rules: AidRules) -> str:
    limits = [f"{limit.total_seconds() / 3600:g} h" for limit in rules.soon]
    return f"within {limits[one.soon]}" if one.soon < len(limits) else f"later than {limits[-1]}"
