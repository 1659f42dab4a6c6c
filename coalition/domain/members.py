"""The coalition as its operator writes it down in coalition.yaml: charter, members, delegates.

All models are frozen, know no unknown keys and convert nothing silently. Cross-checks report
every fault with its place, so that the loader can name file and line.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from coalition.domain.aid_rules import AidRules
from coalition.domain.capabilities import Capability, SomeCaveat
from coalition.domain.channels import Channel, KeyHolder
from coalition.domain.deadlines import AckDeadlines
from coalition.domain.durations import PositiveDuration, Share
from coalition.domain.errors import NotFound
from coalition.domain.fields import (
    Country,
    Language,
    Mail,
    Name,
    Phone,
    SlackUser,
    Slug,
    Strict,
    TimeZone,
)
from coalition.domain.findings import CrossCheckError, Problem
from coalition.domain.hours import WorkingHours
from coalition.domain.keys import key_problems, pinned_keys
from coalition.domain.labels import Tlp, TypedTlp
from coalition.domain.messages import canonical

Role = Literal["operator", "approver", "voter", "legal"]
MemberStatus = Literal["applied", "observer", "active", "suspended", "left"]


def _at_least_one(items: tuple[Any, ...]) -> tuple[Any, ...]:
    # Pydantic's own min_length also objects when the items are there but wrong.
    if not items:
        msg = "is empty; write at least one"
        raise ValueError(msg)
    return items


SomeRoles = Annotated[tuple[Role, ...], AfterValidator(_at_least_one)]


_CEILINGS = tuple(Tlp)  # once: the gate asks for each recipient of each notice


class Trust(StrEnum):
    """How far a member is trusted; it rises by a vote, one step at a time."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"

    @property
    def ceiling(self) -> Tlp:
        """The strictest label that may reach a member of this trust.

        T4 is TLP:RED, which goes to named people only; that the gate sees to.
        """
        return _CEILINGS[int(self.value[1])]


class Delegate(KeyHolder):
    """A named person who may act for one member. `openpgp` and `key`: their own, for TLP:RED."""

    id: Slug
    name: Name
    slack: SlackUser | None = None
    email: Mail | None = None
    roles: SomeRoles


class Member(Strict):
    """A nation's CERT."""

    id: Slug
    name: Name
    country: Country
    timezone: TimeZone
    hours: WorkingHours | None = None  # of its own zone; absent: it answers day and night
    languages: tuple[Language, ...] = ("en",)
    status: MemberStatus
    trust: Trust
    duty_phone: Phone
    dependencies: tuple[Slug, ...] = ()
    sectors: tuple[Slug, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    channels: tuple[Channel, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    reserve_floor: Annotated[int, Field(ge=0, le=10_000)] = 0  # people who always stay at home
    share: Annotated[int, Field(ge=1, le=12)] = 1  # of the burden, against the others' shares
    caveats: tuple[SomeCaveat, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it takes part: it decides, is told and may be asked."""
        return self.status == "active"

    @property
    def ceiling(self) -> Tlp:
        """The strictest label that its trust permits, on whatever channel."""
        return self.trust.ceiling

    @model_validator(mode="after")
    def _keys_fit(self) -> Self:
        problems = tuple(key_problems(self))
        if problems:
            raise CrossCheckError(problems)
        return self


class Charter(Strict):
    """The rules the coalition has given itself. In force as pinned by `Coalition.content_hash`."""

    quorum: Share = Fraction(2, 3)
    activation_sunset: PositiveDuration = timedelta(days=30)
    vote_window: PositiveDuration = timedelta(hours=24)
    silence_window: PositiveDuration = timedelta(hours=48)
    ack_deadline: AckDeadlines = AckDeadlines()
    # Slack is run abroad and shows channel names and profiles to others: the strictest label
    # whose content may be shown in a room. Ours, beside the keys that the charter itself sets.
    slack_ceiling: TypedTlp = Tlp.AMBER
    comms_check: PositiveDuration | None = None  # how often everybody is rung; None: by hand
    aid: AidRules = AidRules()


SomeMembers = Annotated[tuple[Member, ...], AfterValidator(_at_least_one)]


class Identity(Strict):
    """What the coalition is called, and whether this is an exercise."""

    name: Name
    exercise: bool = False


class Coalition(Strict):
    """All of coalition.yaml."""

    coalition: Identity
    charter: Charter = Charter()
    members: SomeMembers

    @model_validator(mode="after")
    def _names_fit_together(self) -> Coalition:
        problems = sorted((*self._duplicates(), *self._astray()), key=lambda one: str(one[0]))
        if problems:
            raise CrossCheckError(problems)
        return self

    def _duplicates(self) -> Iterator[Problem]:
        seen: dict[tuple[str, str], str] = {}
        for owner, place, what, value in self._names():
            if (what, value) in seen:
                first = seen[what, value]
                yield place, f"{what} {value!r} is already used in {first!r}; choose another"
            seen.setdefault((what, value), owner)

    def _names(self) -> Iterator[tuple[str, tuple[str | int, ...], str, str]]:
        """Everything that must be unique: (member, place, what it is, value)."""
        for i, member in enumerate(self.members):
            yield member.id, ("members", i, "id"), "member id", member.id
            for j, person in enumerate(member.delegates):
                at = ("members", i, "delegates", j)
                yield member.id, (*at, "id"), "delegate id", person.id
                if person.slack:
                    yield member.id, (*at, "slack"), "Slack id", person.slack
            for j, offer in enumerate(member.capabilities):
                at = ("members", i, "capabilities", j)
                yield member.id, (*at, "id"), "capability id", offer.id
            for key in pinned_keys(member):
                yield member.id, ("members", i), "OpenPGP key", key

    def _astray(self) -> Iterator[Problem]:
        """References to nobody, and costs that could not be settled."""
        known, currency = {member.id for member in self.members}, self.charter.aid.currency
        named: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = [
            (("charter", "aid", "legal_bases", i, "members"), basis.members)
            for i, basis in enumerate(self.charter.aid.legal_bases)
        ]
        for i, member in enumerate(self.members):
            for j, caveat in enumerate(member.caveats):
                named.append((("members", i, "caveats", j, "not_for"), caveat.not_for))
            for j, offer in enumerate(member.capabilities):
                if offer.cost and offer.cost.currency != currency:
                    place = ("members", i, "capabilities", j, "cost", "currency")
                    yield place, f"the charter settles in {currency}; state the cost in it"
        for at, ids in named:
            for k, id in enumerate(ids):
                if id not in known:
                    yield (*at, k), f"no member is called {id!r}; choose another"

    @property
    def name(self) -> str:
        """What the coalition calls itself."""
        return self.coalition.name

    @property
    def exercise(self) -> bool:
        """Whether everything here is an exercise and must say so."""
        return self.coalition.exercise

    @cached_property
    def active(self) -> tuple[Member, ...]:
        """The members that take part, in the order of the file."""
        return tuple(member for member in self.members if member.active)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what the file says, whatever its comments and layout."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()

    @cached_property
    def _members_by_id(self) -> dict[str, Member]:
        return {member.id: member for member in self.members}

    @cached_property
    def _delegates(self) -> dict[str, tuple[Member, Delegate]]:
        """By delegate id and by Slack id; the two never look alike (ee-alice, U01ALICE)."""
        return {
            key: (member, person)
            for member in self.members
            for person in member.delegates
            for key in (person.id, person.slack)
            if key is not None
        }

    def member(self, id: str) -> Member:
        """The member of that id, whatever its status.

        Raises:
            NotFound: naming the nearest known id.
        """
        found = self._members_by_id.get(id)
        if found is None:
            known = tuple(self._members_by_id)
            raise NotFound(f"No member is called {id[:40]!r}.", _nearest(id, known), field="member")
        return found

    def delegate(self, id: str) -> tuple[Member, Delegate]:
        """The delegate of that id and the member they act for, whatever its status.

        Raises:
            NotFound: naming the nearest known id.
        """
        found = self._delegates.get(id)
        if found is None or found[1].id != id:
            known = tuple(person.id for _, person in self._delegates.values())
            message = f"No delegate is called {id[:40]!r}."
            raise NotFound(message, _nearest(id, known), field="delegate")
        return found

    def by_slack(self, slack_id: str) -> tuple[Member, Delegate] | None:
        """The delegate behind a Slack account and their member; None for anybody else."""
        found = self._delegates.get(slack_id)
        return found if found is not None and found[1].slack == slack_id else None


def _nearest(given: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(given.casefold(), known, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    shown = sorted(set(known))
    return "Known: " + ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")  # noqa: PLR2004
