"""The hard filters: what a candidate must have to come into question for a need at all.

In the order of `FILTERS`; the first that fails is the decisive one. Availability comes last, so
that it is named only where nothing else is in the way, and it is never said why: it is the
member's own business whether its people are busy, stay at home, or may not go there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.domain.services import SERVICES

if TYPE_CHECKING:
    from coalition.domain.aid_rules import LegalBasis
    from coalition.domain.matching.question import Candidate, Question, Wanted

FilterName = Literal[
    "another_member",
    "service",
    "kind",
    "type",
    "role",
    "mode",
    "stay",
    "language",
    "clearance",
    "territory",
    "caveat",
    "legal_basis",
    "label",
    "not_hit",
    "available",
]
NOT_AVAILABLE = "not available"


class Passage(NamedTuple):
    """One filter for one pair. `why`: a clause for people, empty where it was passed."""

    name: FilterName
    why: str

    @property
    def passed(self) -> bool:
        """Whether it lets the candidate through."""
        return not self.why


def passages(need: Wanted, candidate: Candidate, question: Question) -> tuple[Passage, ...]:
    """Every filter for one pair, in order."""
    return tuple(Passage(name, check(need, candidate, question)) for name, check in FILTERS.items())


def legal_basis(
    one: str, other: str, mode: str, bases: tuple[LegalBasis, ...]
) -> LegalBasis | None:
    """The first basis that covers help of this mode between two members."""
    for basis in bases:
        if mode in basis.modes and (not basis.members or {one, other} <= set(basis.members)):
            return basis
    return None


def _another(need: Wanted, candidate: Candidate, _: Question) -> str:
    return "it is the member that asks" if candidate.member == need.member else ""


def _service(need: Wanted, candidate: Candidate, _: Question) -> str:
    if candidate.service == need.service:
        return ""
    wanted, has = SERVICES[need.service].title, SERVICES[candidate.service].title
    return f"it does {has.casefold()}, and {wanted.casefold()} is needed"


def _kind(need: Wanted, candidate: Candidate, _: Question) -> str:
    if need.kind is not None and candidate.kind != need.kind:
        return f"it is of kind {candidate.kind}, and {need.kind} is needed"
    if need.unit is not None and candidate.unit != need.unit:
        return f"it counts in {candidate.unit or 'people'}, and {need.unit} is needed"
    return ""


def _type(need: Wanted, candidate: Candidate, _: Question) -> str:
    if need.type_at_most is None or candidate.type <= need.type_at_most:
        return ""
    return f"it is of type {candidate.type}, and type {need.type_at_most} or better is needed"


def _role(need: Wanted, candidate: Candidate, _: Question) -> str:
    if not need.roles or set(need.roles) & set(candidate.roles):
        return ""
    return f"it has none of the roles {', '.join(need.roles)}"


def _mode(need: Wanted, candidate: Candidate, _: Question) -> str:
    if need.mode in (None, "hybrid") or candidate.mode in (need.mode, "hybrid"):
        return ""
    words = {"remote": "from afar", "on_site": "on site"}
    return f"it works only {words[candidate.mode]}, and help {words[str(need.mode)]} is needed"


def _stay(need: Wanted, candidate: Candidate, _: Question) -> str:
    if candidate.max_days >= need.days:
        return ""
    return f"it stays {candidate.max_days} days at the longest, and {need.days} are needed"


def _language(need: Wanted, candidate: Candidate, _: Question) -> str:
    # en-GB is understood where en is asked for.
    spoken = {tag.partition("-")[0] for tag in candidate.languages}
    if not need.languages or spoken & {tag.partition("-")[0] for tag in need.languages}:
        return ""
    return f"it speaks none of {', '.join(need.languages)}"


def _clearance(need: Wanted, candidate: Candidate, _: Question) -> str:
    missing = [one for one in need.clearances if one not in candidate.clearances]
    return f"it lacks the clearance {', '.join(missing)}" if missing else ""


def _territory(need: Wanted, candidate: Candidate, _: Question) -> str:
    if need.territory not in candidate.not_in:
        return ""
    return f"it is never used in {need.territory}"


def _caveat(need: Wanted, candidate: Candidate, _: Question) -> str:
    return candidate.caveat.get(need.need, "")


def _basis(need: Wanted, candidate: Candidate, question: Question) -> str:
    bases = question.rules.legal_bases
    if legal_basis(need.member, candidate.member, candidate.mode, bases):
        return ""
    return "there is no legal basis between the two members for it"


def _label(need: Wanted, candidate: Candidate, question: Question) -> str:
    if need.tlp <= question.members[candidate.member].ceiling:
        return ""
    return f"its member may not see {need.tlp}"


def _hit(need: Wanted, candidate: Candidate, _: Question) -> str:
    return "the same incident affects its member" if candidate.member in need.hit else ""


def _available(need: Wanted, candidate: Candidate, _: Question) -> str:
    return "" if min(candidate.free.get(need.need, 0), candidate.size) else NOT_AVAILABLE


FILTERS: dict[FilterName, Callable[[Wanted, Candidate, Question], str]] = {
    "another_member": _another,
    "service": _service,
    "kind": _kind,
    "type": _type,
    "role": _role,
    "mode": _mode,
    "stay": _stay,
    "language": _language,
    "clearance": _clearance,
    "territory": _territory,
    "caveat": _caveat,
    "legal_basis": _basis,
    "label": _label,
    "not_hit": _hit,
    "available": _available,
}
