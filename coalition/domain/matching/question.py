"""Everything that a recommendation is made from, as one value: its hash is what is recorded.

Nothing in it says why somebody is not available: a private caveat, a booking and a reserve floor
all arrive here as the same nought. So no explanation can tell them apart.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from coalition.domain.aid_rules import AidRules
from coalition.domain.capabilities import EcsfRole, Kind, Mode
from coalition.domain.labels import Tlp
from coalition.domain.messages import Message, Utc, canonical
from coalition.domain.services import Service

Grade = Annotated[int, Field(ge=0, le=4)]
Count = Annotated[int, Field(ge=0)]


class Grades(Message):
    """How pressing a request is, by the criteria of CSA Art. 16(3); 0 none … 4 very high."""

    severity: Grade = 0
    entity: Grade = 0
    impact: Grade = 0
    spillover: Grade = 0
    self_help: Grade = 0


class Wanted(Message):
    """One item of one request, as far as it is not covered yet."""

    need: str  # <request>/<item>: unique
    request: str
    item: int = 1
    member: str  # the requester
    service: Service
    kind: Kind | None = None
    unit: str | None = None
    type_at_most: int | None = None
    roles: tuple[EcsfRole, ...] = ()  # one of these is enough
    size: Annotated[int, Field(ge=1)]
    days: Annotated[int, Field(ge=1)] = 1
    mode: Mode | None = None
    tlp: Tlp
    languages: tuple[str, ...] = ()  # one of these is enough
    clearances: tuple[str, ...] = ()  # all of these are needed
    territory: str = ""  # country of the requester
    hit: tuple[str, ...] = ()  # members that the same incident affects
    grades: Grades = Grades()
    since: Utc  # when the request was opened
    number: Count = 0  # in the order in which requests were opened: the last tie


class Candidate(Message):
    """Help that could go: an offer on the table, or a capability that nobody has offered yet.

    Candidates of one capability share what is free of it.
    """

    candidate: str  # unique
    offer: int | None = None
    member: str
    capability: str
    service: Service
    kind: Kind
    unit: str | None = None
    type: Annotated[int, Field(ge=1, le=4)] = 4
    roles: tuple[EcsfRole, ...] = ()
    mode: Mode = "remote"
    size: Count  # free of the capability, for every need and candidate together
    free: dict[str, Count]  # free for each need, by need; none: not available
    hours_to_effect: Count
    days: Annotated[int, Field(ge=1)] | None = None  # how long it would stay; None: as needed
    max_days: int = 3650  # how long it could
    languages: tuple[str, ...] = ()
    clearances: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    caveat: dict[str, str] = Field(default_factory=dict)  # need -> what the member has disclosed
    hours_per_day: Annotated[int, Field(ge=0, le=24)] = 8  # person-hours that one unit costs
    cost_per_day: int | None = None  # of one unit, in minor units; None: not stated
    lot: Count  # unique; decides between what is otherwise equal


class Standing(Message):
    """What counts of a member. What it has received is not here: it never lowers its rank."""

    load: Count = 0  # person-hours given within the ledger's time
    share: Annotated[int, Field(ge=1)] = 1
    people: Count = 0  # who can go in all, above its floor
    ceiling: Tlp  # the strictest label it may see
    newcomer: bool = False


class Question(Message):
    """Needs, candidates, members and the rules of the charter in force."""

    kind: Literal["matching"] = "matching"
    needs: tuple[Wanted, ...]
    candidates: tuple[Candidate, ...]
    members: dict[str, Standing]
    rules: AidRules
    charter: str  # content hash of the coalition file in force

    @property
    def inputs_hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON: the same question, the same recommendation."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()
