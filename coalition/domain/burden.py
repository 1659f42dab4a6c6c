"""The ledger of help given: person-hours and cost by member, against its agreed share.

Made anew from the missions each time it is asked, so that it cannot drift from them. What a member
has received is nowhere in it; neither is what a member "owes": a load is never a debt. A member
sees its own page; the whole is shown as sums, and only where at least five have given; there is no
ranking. Not binding on anybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from coalition.domain.messages import Message, Utc

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission
    from coalition.domain.members import Coalition
    from coalition.domain.pool.state import Pool

ENOUGH = 5
"""Sums over fewer members would tell about one of them."""

DAY = timedelta(days=1)

CostState = Literal["none", "claimed", "settled", "waived"]


class Given(Message):
    """One mission, as it counts for the member that sent it. Money in minor units."""

    member: str
    to: str
    aid: str
    mission: int
    capability: str
    units: int
    days: int
    hours: int  # person-hours
    starts: Utc
    ended: Utc | None  # None: it goes on
    cost: int = 0  # eligible lines as last submitted
    paid: int = 0  # … of which the other side has paid
    currency: str
    state: CostState = "none"
    thanks: str = ""  # what the requester wrote when it closed its request

    @property
    def borne(self) -> int:
        """What the member bears itself by now."""
        return self.cost - self.paid


class Page(Message):
    """A member's own page of the ledger; for its delegates alone."""

    member: str
    share: int
    shares: int  # of all active members
    hours: int
    cost: int
    borne: int
    currency: str
    given: tuple[Given, ...]  # the newest first
    since: Utc

    @property
    def thanked(self) -> tuple[Given, ...]:
        """The missions that it was thanked for."""
        return tuple(one for one in self.given if one.thanks)


class Whole(Message):
    """Sums over all members; for everybody in the coalition."""

    members: int  # that have given
    missions: int
    hours: int
    cost: int
    borne: int
    currency: str
    since: Utc


class Ledger(Message):
    """Everything that counts at one moment. Shown only as a `Page` or a `Whole`."""

    since: Utc
    at: Utc
    currency: str
    given: tuple[Given, ...]
    shares: dict[str, int]  # of active members

    def load(self, member: str) -> int:
        """Person-hours that a member has given; what matching goes by."""
        return sum(one.hours for one in self.given if one.member == member)

    def has_helped(self, member: str) -> bool:
        """Whether any mission of it counts: else it is a newcomer."""
        return any(one.member == member for one in self.given)

    def page(self, member: str) -> Page:
        """The member's own page."""
        own = sorted(
            (one for one in self.given if one.member == member),
            key=lambda one: (one.starts, one.aid, one.mission),
            reverse=True,
        )
        return Page(
            member=member,
            share=self.shares.get(member, 0),
            shares=sum(self.shares.values()),
            hours=sum(one.hours for one in own),
            cost=sum(one.cost for one in own),
            borne=sum(one.borne for one in own),
            currency=self.currency,
            given=tuple(own),
            since=self.since,
        )

    def whole(self) -> Whole | None:
        """The sums, or None while fewer than five members have given."""
        givers = {one.member for one in self.given}
        if len(givers) < ENOUGH:
            return None
        return Whole(
            members=len(givers),
            missions=len(self.given),
            hours=sum(one.hours for one in self.given),
            cost=sum(one.cost for one in self.given),
            borne=sum(one.borne for one in self.given),
            currency=self.currency,
            since=self.since,
        )


def ledger(
    aids: Iterable[Aid], pools: Mapping[str, Pool], coalition: Coalition, at: datetime
) -> Ledger:
    """The ledger at a moment: every mission that went out within the charter's time before it.

    A mission counts with the days it really took, once it is home; until then with those it was
    planned for, or has taken by now if that is more. One that never went out counts nothing.
    """
    rules = coalition.charter.aid
    since = at - rules.ledger
    given = [
        entry
        for aid in aids
        for mission in aid.missions.values()
        if (entry := _given(aid, mission, pools, coalition, at)) is not None
        and (entry.ended is None or entry.ended > since)
    ]
    return Ledger(
        since=since,
        at=at,
        currency=rules.currency,
        given=tuple(sorted(given, key=lambda one: (one.starts, one.aid, one.mission))),
        shares={member.id: member.share for member in coalition.active},
    )


def _given(
    aid: Aid, mission: Mission, pools: Mapping[str, Pool], coalition: Coalition, at: datetime
) -> Given | None:
    if mission.home_at is not None and mission.deployed_at is None:
        return None  # it turned round before it was there
    supply = mission.agreement.supply
    starts = mission.deployed_at or supply.starts
    if mission.home_at is not None:
        days = max(1, math.ceil((mission.home_at - starts) / DAY))
    else:
        days = max(supply.days, math.ceil((at - starts) / DAY))
    pool = pools.get(mission.member)
    listing = pool.listings.get(supply.capability) if pool else None
    working_day = coalition.charter.aid.working_day
    hours_per_day = listing.record.hours(working_day) if listing else working_day
    paid = mission.settled_amount or 0
    return Given(
        member=mission.member,
        to=aid.member,
        aid=aid.aid,
        mission=mission.mission,
        capability=supply.capability,
        units=supply.size,
        days=days,
        hours=supply.size * days * hours_per_day,
        starts=starts,
        ended=mission.home_at,
        cost=mission.total,
        paid=paid,
        currency=aid.currency,
        state=_state(mission),
        thanks=aid.end_note if aid.status == "closed" and mission.home_at else "",
    )


def _state(mission: Mission) -> CostState:
    if mission.status == "settled":
        return "settled"
    if mission.status == "waived":
        return "waived"
    return "claimed" if mission.costs else "none"
