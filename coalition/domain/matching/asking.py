"""The question of a matching, put together from requests, pools, the ledger and the charter.

Private limits are weighed here and leave nothing behind but a nought: see `question`.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from coalition.domain.gate import member_ceiling
from coalition.domain.labels import Tlp
from coalition.domain.matching.question import (
    Candidate,
    Grades,
    Question,
    Standing,
    Wanted,
)
from coalition.domain.pool.availability import Span, free, people_free
from coalition.domain.pool.seeding import member_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.burden import Ledger
    from coalition.domain.capabilities import Capability, Caveat
    from coalition.domain.members import Coalition, Member
    from coalition.domain.pool.state import Pool

Among = Literal["offers", "pool"]
"""Those who have offered, or everything that is listed: who could be asked."""

ENTITY: dict[str, Literal[0, 2, 4]] = {"essential": 4, "important": 2, "other": 0}
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Facts:
    """What is known at the moment of asking. `hit`: members affected, by incident."""

    coalition: Coalition
    pools: Mapping[str, Pool]
    ledger: Ledger
    hit: Mapping[str, tuple[str, ...]]
    at: datetime


def ask(aids: Iterable[Aid], facts: Facts, among: Among) -> Question:
    """The question of all these requests together.

    Left out are those that look for nothing, and those of a member that is not active.
    """
    helped = {member.id for member in facts.coalition.active}
    open_ = sorted(
        (aid for aid in aids if aid.seeking and aid.member in helped),
        key=lambda aid: (aid.opened_at or aid.drafted_at, aid.aid),
    )
    needs = [need for number, aid in enumerate(open_) for need in _wanted(aid, number, facts)]
    whole = _whole(open_, needs, facts)
    if among == "offers":
        candidates = list(_offered(open_, needs, facts))
    else:
        candidates = _listed(needs, whole, facts)
    return Question(
        needs=tuple(needs),
        candidates=tuple(candidates),
        members=_standings({one.member for one in candidates}, whole, facts),
        rules=facts.coalition.charter.aid,
        charter=facts.coalition.content_hash,
    )


def _wanted(aid: Aid, number: int, facts: Facts) -> Iterable[Wanted]:
    requester, situation = facts.coalition.member(aid.member), aid.situation
    grades = Grades(
        severity=int(aid.severity.removeprefix("S")),
        entity=ENTITY[situation.entity],
        impact=situation.impact_grade,
        spillover=situation.spillover_grade,
        self_help=situation.self_help_grade,
    )
    for item, need in enumerate(aid.needs, start=1):
        if aid.remaining(item):
            yield Wanted(
                need=f"{aid.aid}/{item}",
                request=aid.aid,
                item=item,
                member=aid.member,
                service=need.service,
                kind=need.kind,
                type_at_most=need.type_at_most,
                size=aid.remaining(item),
                days=need.days,
                mode=need.mode,
                tlp=aid.tlp,
                languages=need.languages,
                clearances=(need.clearance,) if need.clearance else (),
                territory=requester.country,
                hit=facts.hit.get(aid.incident, ()),
                grades=grades,
                since=aid.opened_at or aid.drafted_at,
                number=number,
            )


def _offered(aids: Iterable[Aid], needs: Iterable[Wanted], facts: Facts) -> Iterable[Candidate]:
    wanted = {(need.request, need.item): need for need in needs}
    offers = sorted(
        ((aid, offer) for aid in aids for offer in aid.offers.values() if offer.live),
        key=lambda one: (one[1].at, one[0].aid, one[1].offer),
    )
    for lot, (aid, offer) in enumerate(offers):
        need = wanted.get((aid.aid, offer.item))
        pool = facts.pools.get(offer.member)
        listing = pool.listings.get(offer.supply.capability) if pool else None
        known = member_of(facts.coalition, offer.member) is not None
        if known and need is not None and pool is not None and listing is not None:
            yield _of_offer(offer, need, listing.record, lot, pool, facts)


def _of_offer(
    offer: Offer, need: Wanted, record: Capability, lot: int, pool: Pool, facts: Facts
) -> Candidate:
    supply, member = offer.supply, facts.coalition.member(offer.member)
    stock = _free(pool, member, record.id, _stay(offer), facts.at)
    caveat = _caveat(member, record, need, facts)
    could = 0 if caveat is not None and not caveat.disclosed else min(supply.size, stock)
    cost = None if supply.cost is None else math.ceil(supply.cost / (supply.size * supply.days))
    return _candidate(record, member, facts).model_copy(
        update={
            "candidate": f"{need.request}#{offer.offer}",
            "offer": offer.offer,
            "mode": supply.mode,
            "size": stock,
            "free": {need.need: could} if could else {},
            "hours_to_effect": max(0, math.ceil((supply.starts - facts.at) / HOUR)),
            "days": supply.days,
            "cost_per_day": cost,
            "caveat": _disclosed(need, caveat),
            "lot": lot,
        }
    )


def _listed(needs: Sequence[Wanted], whole: Span, facts: Facts) -> list[Candidate]:
    found: list[tuple[str, Candidate]] = []
    for place, member in enumerate(facts.coalition.active):
        pool = facts.pools.get(member.id)
        standing = pool.listings.items() if pool else ()
        for number, (id, listing) in enumerate(standing):
            if pool is None or listing.standing != "available":
                continue
            units: dict[str, int] = {}
            caveats: dict[str, str] = {}
            for need in needs:
                caveat = _caveat(member, listing.record, need, facts)
                could = _free(pool, member, id, _span(need, facts), facts.at)
                if could and (caveat is None or caveat.disclosed):
                    units[need.need] = could
                caveats |= _disclosed(need, caveat)
            one = _candidate(listing.record, member, facts).model_copy(
                update={
                    "size": _free(pool, member, id, whole, facts.at),
                    "free": units,
                    "caveat": caveats,
                }
            )
            found.append((_drawn(needs, place, number), one))
    found.sort(key=lambda drawn: drawn[0])
    return [one.model_copy(update={"lot": lot}) for lot, (_, one) in enumerate(found)]


def _candidate(record: Capability, member: Member, facts: Facts) -> Candidate:
    """What does not depend on a need or an offer; the rest is filled in."""
    return Candidate(
        candidate=record.id,
        member=member.id,
        capability=record.id,
        service=record.service,
        kind=record.kind,
        unit=record.unit,
        type=record.type,
        roles=record.roles,
        mode=record.mode,
        size=0,
        free={},
        hours_to_effect=math.ceil(record.notice / HOUR),
        max_days=record.max_days,
        languages=record.languages or member.languages,
        clearances=record.clearances,
        not_in=record.not_in,
        hours_per_day=record.hours(facts.coalition.charter.aid.working_day),
        cost_per_day=record.cost.per_day if record.cost else None,
        lot=0,
    )


def _standings(giving: set[str], whole: Span, facts: Facts) -> dict[str, Standing]:
    """Of every active member, and of others as far as an offer of theirs is still there."""
    standings = {}
    for member in facts.coalition.members:
        if not member.active and member.id not in giving:
            continue
        pool = facts.pools.get(member.id)
        people = people_free(pool, member.reserve_floor, whole, facts.at) if pool else 0
        standings[member.id] = Standing(
            load=facts.ledger.load(member.id),
            share=member.share,
            people=people,
            ceiling=member_ceiling(member) or Tlp.CLEAR,
            newcomer=not facts.ledger.has_helped(member.id),
        )
    return standings


def _span(need: Wanted, facts: Facts) -> Span:
    return Span(facts.at, facts.at + timedelta(days=need.days))


def _whole(aids: Iterable[Aid], needs: Iterable[Wanted], facts: Facts) -> Span:
    """From now until the last need, or the last who has offered, ends."""
    ends = [_span(need, facts).ends for need in needs]
    for aid in aids:
        ends += [_stay(offer).ends for offer in aid.offers.values() if offer.live]
    return Span(facts.at, max(ends, default=facts.at + HOUR))


def _stay(offer: Offer) -> Span:
    supply = offer.supply
    return Span(supply.starts, supply.starts + timedelta(days=supply.days))


def _free(pool: Pool, member: Member, capability: str, span: Span, now: datetime) -> int:
    return free(pool, capability, member.reserve_floor, span, now) if member.active else 0


def _caveat(member: Member, record: Capability, need: Wanted, facts: Facts) -> Caveat | None:
    """The limit that stands in the way, an undisclosed one first."""
    requester = facts.coalition.member(need.member)
    standing = [
        one
        for one in member.caveats
        if (not one.until or facts.at.date() <= one.until)
        and (not one.capabilities or record.id in one.capabilities)
        and (not one.not_in or requester.country in one.not_in)
        and (not one.not_for or requester.id in one.not_for)
        and (not one.sectors or set(requester.sectors) & set(one.sectors))
    ]
    return min(standing, key=lambda one: one.disclosed, default=None)


def _disclosed(need: Wanted, caveat: Caveat | None) -> dict[str, str]:
    if caveat is None or not caveat.disclosed:
        return {}
    return {need.need: caveat.why or "a limit that its member has disclosed stands in the way"}


def _drawn(needs: Sequence[Wanted], place: int, number: int) -> str:
    """The lot of what is listed: by places in the file, never by a name, anew for each question."""
    about = "|".join(need.need for need in needs)
    return hashlib.sha256(f"{about}|{place}|{number}".encode()).hexdigest()
