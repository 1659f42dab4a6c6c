"""What is recommended, with the reason for every line of it. Nobody is assigned by it."""

from __future__ import annotations

from typing import Literal

from coalition.domain.aid_rules import AidRules
from coalition.domain.matching.filters import FilterName
from coalition.domain.matching.order import Criterion
from coalition.domain.messages import Message

Soon = Literal[0, 1, 2, 3]
"""Class of the time to effect by the charter's three limits; 3: later than all of them."""

Decisive = Literal["first", "stay", "soon", "burden", "cost", "lot", "elsewhere"]
"""What puts an eligible candidate behind another. `elsewhere`: a more pressing need takes it."""

Strain = Literal["below", "even", "above"]
"""A member's burden against its share: the coalition's is what all have given for all shares."""


class Check(Message):
    """One filter. `why`: a clause for people, where it was not passed."""

    name: FilterName
    passed: bool
    why: str = ""


class Burden(Message):
    """Person-hours of a member in the ledger's time, before and after what it would give.

    `strain` says the same without a figure, for those whose business the figures are not.
    """

    before: int
    after: int
    share: int
    strain_before: Strain
    strain_after: Strain


class Judged(Message):
    """One candidate for one need."""

    need: str
    candidate: str
    offer: int | None
    member: str
    capability: str
    checks: tuple[Check, ...]
    hours_to_effect: int
    soon: Soon
    could: int  # units that it could give to this need
    units: int  # … and that are recommended
    rank: int | None  # among those eligible for this need, 1 first; None: not eligible
    decisive: Decisive | None  # what puts it behind the one before; None: not eligible
    burden: Burden

    @property
    def eligible(self) -> bool:
        """Whether it passed every filter."""
        return self.rank is not None

    @property
    def failed(self) -> tuple[Check, ...]:
        """The filters that it did not pass, the decisive one first."""
        return tuple(one for one in self.checks if not one.passed)


class Served(Message):
    """What a need gets. `before`: what puts it before the next need, None for the last."""

    need: str
    request: str
    member: str
    place: int  # 1: the most pressing
    weight: int  # its grades times the charter's weights
    before: Criterion | None
    size: int
    covered: int
    soon: Soon  # class of the latest who would come

    @property
    def missing(self) -> int:
        """What nobody could give."""
        return self.size - self.covered


class Objection(Message):
    """Why a member that could help is not recommended for a need."""

    need: str
    member: str
    decisive: Decisive
    instead: str | None = None  # member that would have to stand back for it


class Recommendation(Message):
    """For exactly one `Question`; the same question gives the same again."""

    inputs_hash: str  # of the question: SHA-256 of its canonical JSON
    charter: str  # content hash of the coalition file in force
    rules: AidRules
    needs: tuple[Served, ...]  # the most pressing first
    judged: tuple[Judged, ...]  # by need, then by rank, those not eligible last
    objections: tuple[Objection, ...]
    proven: bool  # nothing better exists; else the solver ran out of time

    def for_request(self, request: str) -> Recommendation:
        """What of it belongs to one request; `place` and `before` still count all of them."""
        own = {one.need for one in self.needs if one.request == request}
        return self.model_copy(
            update={
                "needs": tuple(one for one in self.needs if one.need in own),
                "judged": tuple(one for one in self.judged if one.need in own),
                "objections": tuple(one for one in self.objections if one.need in own),
            }
        )

    def chosen(self, need: str) -> tuple[Judged, ...]:
        """Who is recommended for a need, in rank order."""
        return tuple(one for one in self.judged if one.need == need and one.units)

    def of(self, need: str, member: str) -> tuple[Judged, ...]:
        """What was judged of a member for a need."""
        return tuple(one for one in self.judged if (one.need, one.member) == (need, member))

    def objection(self, need: str, member: str) -> Objection | None:
        """Why a member that could help with a need is not recommended for it."""
        of_these = (one for one in self.objections if (one.need, one.member) == (need, member))
        return next(of_these, None)
