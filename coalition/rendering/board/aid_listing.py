"""The list of requests for aid, the coverage map of the coalition, and one's own burden."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.aid_words import money
from coalition.rendering.board.aid_marks import COVERED, GAP, ON_ONE, REQUESTS
from coalition.rendering.board.names import member_name, member_names

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.burden import Page, Whole
    from coalition.domain.coverage import CoverageMap, Covered
    from coalition.domain.members import Coalition
    from coalition.rendering.board.marks import Mark
    from coalition.rendering.board.moments import Moment, Present


class AidRow(NamedTuple):
    """One request of the list. `shown`: its label lets the viewer see more than that it exists."""

    aid: str
    incident: str
    tlp: str
    member: str
    mark: Mark
    needed_by: Moment
    missing: str
    offers: int
    moves: int
    ended: bool


class ServiceRow(NamedTuple):
    """One service of the map."""

    title: str
    mark: Mark
    members: tuple[str, ...]
    people: int
    deepest: int
    others: int


class AreaRows(NamedTuple):
    """The services of one area."""

    title: str
    services: tuple[ServiceRow, ...]


class BurdenRow(NamedTuple):
    """One mission that the viewer's member has sent."""

    aid: str
    to: str
    what: str
    hours: int
    cost: str
    state: str
    thanks: str


class BurdenView(NamedTuple):
    """The own page of the ledger, and the sums of all where enough have given."""

    member: str
    hours: int
    share: str
    cost: str
    borne: str
    since: str  # a day
    given: tuple[BurdenRow, ...]
    whole: tuple[tuple[str, str], ...]


class Shared(NamedTuple):
    """What is for the whole coalition, and one's own burden."""

    together: int
    alone: int
    services: int
    areas: tuple[AreaRows, ...]
    burden: BurdenView


def aid_row(aid: Aid, own_moves: int, coalition: Coalition, present: Present) -> AidRow:
    """One line of the list."""
    missing = [
        f"{aid.remaining(item)} of {need.quantity}"
        for item, need in enumerate(aid.needs, start=1)
        if aid.remaining(item)
    ]
    return AidRow(
        aid=aid.aid,
        incident=aid.incident,
        tlp=aid.tlp.value,
        member=member_name(coalition, aid.member),
        mark=REQUESTS[aid.status],
        needed_by=present.moment(aid.needed_by),
        missing=" and ".join(missing) or "nothing",
        offers=len(aid.providers),
        moves=own_moves,
        ended=aid.ended,
    )


def coverage_rows(found: CoverageMap, coalition: Coalition) -> tuple[AreaRows, ...]:
    """The map, area by area in the framework's order."""
    return tuple(
        AreaRows(area.title, tuple(_service(one, coalition) for one in area.services))
        for area in found.areas
    )


def _service(one: Covered, coalition: Coalition) -> ServiceRow:
    mark = GAP if one.is_gap else ON_ONE if one.hangs_on_one else COVERED
    names = member_names(coalition, one.members)
    return ServiceRow(one.title, mark, names, one.people, one.deepest, one.others)


def burden_view(page: Page, whole: Whole | None, coalition: Coalition) -> BurdenView:
    """What a member has given, for its own delegates alone."""
    sums = whole and (
        ("members that have given", str(whole.members)),
        ("missions", str(whole.missions)),
        ("person-hours", str(whole.hours)),
        ("cost", money(whole.cost, whole.currency)),
    )
    return BurdenView(
        member=member_name(coalition, page.member),
        hours=page.hours,
        share=f"{page.share} of {page.shares}",
        cost=money(page.cost, page.currency),
        borne=money(page.borne, page.currency),
        since=f"{page.since:%d %b %Y}",
        given=tuple(
            BurdenRow(
                one.aid, member_name(coalition, one.to),
                f"{one.units} of {one.capability} for {one.days} days", one.hours,
                money(one.cost, one.currency), one.state, one.thanks,
            )
            for one in page.given
        ),
        whole=sums or (),
    )  # fmt: skip
