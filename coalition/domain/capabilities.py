"""What a member could help with, and the limits that it sets to its help.

Sources: resource typing (type 1 can do most, 4 least), NIMS; roles, ENISA's European Cybersecurity
Skills Framework (2022); mission-ready packages with notice, stay and cost, EMAC; caveats, every
national limit on the use of what is contributed.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from coalition.domain.durations import Duration
from coalition.domain.fields import Country, Language, Name, Slug, Strict
from coalition.domain.services import NamedService

Mode = Literal["remote", "on_site", "hybrid"]
Kind = Literal["team", "person", "tool", "feed", "infrastructure", "training"]
EcsfRole = Literal[
    "ciso",
    "incident-responder",
    "legal-policy-and-compliance-officer",
    "threat-intelligence-specialist",
    "architect",
    "auditor",
    "educator",
    "implementer",
    "researcher",
    "risk-manager",
    "digital-forensics-investigator",
    "penetration-tester",
]

PEOPLE: tuple[Kind, ...] = ("team", "person")
"""Kinds whose size counts people; the reserve floor keeps some of these at home."""


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            msg = f"{value[:40]!r} is not a day; write it like 2027-03-31"
            raise ValueError(msg) from None
    return value


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-03-31"]}),
]
"""A calendar day in UTC, written 2027-03-31."""

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
"""ISO 4217."""

Size = Annotated[int, Field(ge=1, le=100_000)]


class Cost(Strict):
    """An estimate: what one unit costs its member for one day, in minor units (cents of EUR)."""

    per_day: Annotated[int, Field(ge=0, le=10**11)]
    currency: Currency = "EUR"


class Capability(Strict):
    """Help that a member has said it could give, and how fast.

    `size` counts people for a team or a person; for all else `unit` says what (gbit-s, seats …).
    `hours_per_day` is the work that one unit costs its member on one day; None: the charter's
    working day for people and trainings, nothing for the rest.
    """

    id: Slug
    service: NamedService
    kind: Kind
    type: Annotated[int, Field(ge=1, le=4)] = 4
    roles: tuple[EcsfRole, ...] = ()
    size: Size = 1
    unit: Slug | None = None
    mode: Mode = "remote"
    notice: Duration
    max_days: Annotated[int, Field(ge=1, le=3650)]
    languages: tuple[Language, ...] = ()  # empty: those of the member
    clearances: tuple[Slug, ...] = ()
    not_in: tuple[Country, ...] = ()  # territories it is never used for; everybody may know
    cost: Cost | None = None
    hours_per_day: Annotated[int, Field(ge=0, le=24)] | None = None
    valid_until: Day | None = None  # the last day on which it can be used

    def hours(self, working_day: int) -> int:
        """Person-hours that one unit costs its member on one day."""
        if self.hours_per_day is not None:
            return self.hours_per_day
        return working_day if self.kind in (*PEOPLE, "training") else 0


class CapabilityRecord(Capability):
    """A capability as it stands in a log or comes from a form: a list is taken for a tuple."""

    model_config = ConfigDict(strict=False)

    @classmethod
    def of(cls, capability: Capability) -> CapabilityRecord:
        """The same capability."""
        return cls.model_validate(capability.model_dump(mode="json"))


def _says_something(caveat: Caveat) -> Caveat:
    if not (caveat.not_in or caveat.not_for or caveat.sectors or caveat.capabilities):
        msg = "limits nothing; name not_in, not_for, sectors or capabilities"
        raise ValueError(msg)
    return caveat


class Caveat(Strict):
    """A national limit: within all the scopes it names, what the member offers is not available.

    Undisclosed, nobody but the member learns of it, not even that there is one.
    """

    not_in: tuple[Country, ...] = ()  # territory of the member that asks
    not_for: tuple[Slug, ...] = ()  # members that ask
    sectors: tuple[Slug, ...] = ()  # of the incident
    capabilities: tuple[Slug, ...] = ()  # of its own; empty: all of them
    until: Day | None = None
    disclosed: bool = False
    why: Name | None = None


SomeCaveat = Annotated[Caveat, AfterValidator(_says_something)]
