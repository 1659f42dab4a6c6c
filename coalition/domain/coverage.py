"""What the coalition can do together, service by service: the coverage map. Pure.

Counts what is on offer at a moment, whether or not it is booked then: the map is about who can do
what, not about who is busy. It names who offers a service, never who offers most.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from coalition.domain.capabilities import PEOPLE, Kind
from coalition.domain.messages import Message
from coalition.domain.pool.availability import last_moment
from coalition.domain.services import AREAS, SERVICES, Area, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from coalition.domain.capabilities import CapabilityRecord
    from coalition.domain.members import Coalition
    from coalition.domain.pool.state import Pool


class Covered(Message):
    """One service. `people` and `others` count over all members; `deepest` is the most of one."""

    service: Service
    title: str
    members: tuple[str, ...]  # in the order of the coalition file
    kinds: tuple[Kind, ...]
    best_type: int | None  # 1 can do most; None: nobody offers it
    people: int
    deepest: int  # people that the member with most of them has
    others: int  # capabilities that do not count people: tools, feeds …

    @property
    def is_gap(self) -> bool:
        """Nobody offers it."""
        return not self.members

    @property
    def hangs_on_one(self) -> bool:
        """Only one member offers it."""
        return len(self.members) == 1


class AreaCovered(Message):
    """The services of one area of the framework."""

    area: Area
    title: str
    services: tuple[Covered, ...]


class CoverageMap(Message):
    """`together` services are offered at all; no member alone offers more than `alone`."""

    areas: tuple[AreaCovered, ...]
    together: int
    alone: int

    @property
    def services(self) -> tuple[Covered, ...]:
        """All services in the framework's order."""
        return tuple(one for area in self.areas for one in area.services)

    @property
    def gaps(self) -> tuple[Covered, ...]:
        """The services that nobody offers."""
        return tuple(one for one in self.services if one.is_gap)

    @property
    def gained(self) -> int:
        """Services that the coalition has and even its broadest member alone has not."""
        return self.together - self.alone


def coverage(
    pools: Mapping[str, Pool],
    coalition: Coalition,
    at: datetime,
    only: Callable[[CapabilityRecord], bool] = lambda _: True,
) -> CoverageMap:
    """The map at a moment; `only` narrows what is looked at, as `asked_for` does."""
    offers = {
        member.id: [one for one in listed(pools.get(member.id), at) if only(one)]
        for member in coalition.active
    }
    areas = tuple(
        AreaCovered(
            area=area,
            title=title,
            services=tuple(
                _covered(service, offers)
                for service, described in SERVICES.items()
                if described.area == area
            ),
        )
        for area, title in AREAS.items()
    )
    breadth = [len({one.service for one in own}) for own in offers.values()]
    whole = {one.service for own in offers.values() for one in own}
    return CoverageMap(areas=areas, together=len(whole), alone=max(breadth, default=0))


def listed(pool: Pool | None, at: datetime) -> list[CapabilityRecord]:
    """What a member has on offer and is valid at a moment."""
    listings = pool.listings.values() if pool else ()
    return [
        one.record
        for one in listings
        if one.standing == "available" and at < last_moment(one.record)
    ]


def asked_for(
    *,
    service: Service | None = None,
    kind: Kind | None = None,
    type_at_most: int | None = None,
    languages: Iterable[str] = (),
    clearance: str = "",
    hours: int | None = None,
) -> Callable[[CapabilityRecord], bool]:
    """A filter by need, for lists and the map: everything that is given must hold.

    `languages`: one of them; a capability that names none speaks those of its member, and passes.
    `hours`: ready within so many.
    """
    spoken = set(languages)

    def fits(one: CapabilityRecord) -> bool:
        return (
            service in (None, one.service)
            and kind in (None, one.kind)
            and (type_at_most is None or one.type <= type_at_most)
            and (not spoken or not one.languages or bool(spoken & set(one.languages)))
            and (not clearance or clearance in one.clearances)
            and (hours is None or one.notice.total_seconds() <= hours * 3600)
        )

    return fits


def _covered(service: Service, offers: Mapping[str, list[CapabilityRecord]]) -> Covered:
    by_member = {
        member: [one for one in own if one.service == service] for member, own in offers.items()
    }
    people: Counter[str] = Counter()
    found: list[CapabilityRecord] = []
    for member, own in by_member.items():
        found += own
        people[member] += sum(one.size for one in own if one.kind in PEOPLE)
    return Covered(
        service=service,
        title=SERVICES[service].title,
        members=tuple(member for member, own in by_member.items() if own),
        kinds=tuple(sorted({one.kind for one in found})),
        best_type=min((one.type for one in found), default=None),
        people=people.total(),
        deepest=max(people.values(), default=0),
        others=sum(one.kind not in PEOPLE for one in found),
    )
