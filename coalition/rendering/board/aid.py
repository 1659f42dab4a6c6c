"""A request for aid on the board: need, offers, recommendation, terms, missions, costs.

Drawn from the request as the viewer's member may see it (`domain.aid.views`); what is not theirs
is not there. Who may see the request at all, the gate says where the page is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.aid.views import visible_to
from coalition.rendering.aid_moves import moves, still_to_sign
from coalition.rendering.aid_words import (
    money,
    need_text,
    supply_text,
    support_text,
    terms_lines,
)
from coalition.rendering.board.aid_marks import BOOKED, MISSIONS, OFFERS, REQUESTS
from coalition.rendering.board.aid_picture import Picture, pictures
from coalition.rendering.board.names import member_name, member_names, person_name

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.members import Coalition
    from coalition.rendering.board.marks import Mark
    from coalition.rendering.board.moments import Moment, Present

Fact = tuple[str, str]


class NeedRow(NamedTuple):
    """One item: in words, and how much of it is asked, accepted, on the table and missing."""

    item: int
    text: str
    asked: int
    accepted: int
    offered: int
    missing: int


class SignatureRow(NamedTuple):
    """Who has signed for which side, how, and when."""

    who: str
    how: str
    at: Moment


class OfferRow(NamedTuple):
    """One offer. `terms` are empty where they are not the viewer's business."""

    offer: int
    member: str
    item: int
    supply: str
    starts: Moment
    mark: Mark
    counter: str
    terms: tuple[Fact, ...]
    terms_hash: str
    signatures: tuple[SignatureRow, ...]
    unsigned: tuple[str, ...]
    reason: str


class CostRow(NamedTuple):
    """One line of a bill."""

    line: int
    kind: str
    text: str
    amount: str
    standing: str
    evidence: str


class MissionRow(NamedTuple):
    """One mission, its days in order, and what only the two sides see."""

    mission: int
    member: str
    mark: Mark
    days: tuple[tuple[str, Moment], ...]
    guests: tuple[str, ...]
    said: tuple[Fact, ...]
    costs: tuple[CostRow, ...]
    total: str
    cap: str


class AidView(NamedTuple):
    """All that the page shows."""

    aid: str
    incident: str
    incident_open: bool  # the viewer may open the incident's page
    tlp: str
    exercise: bool
    member: str
    mark: Mark
    needed_by: Moment
    answer_by: Moment | None
    opened: Moment | None
    needs: tuple[NeedRow, ...]
    situation: tuple[Fact, ...]
    asked: tuple[str, ...]
    declined: tuple[str, ...]
    offers: tuple[OfferRow, ...]
    picks: tuple[str, ...]
    why_not: tuple[tuple[str, tuple[str, ...]], ...]
    pictures: tuple[Picture, ...]
    missions: tuple[MissionRow, ...]
    moves: tuple[tuple[str, str, str], ...]


class Advice(NamedTuple):
    """What is recommended, and for each member that is not, why: sentences."""

    picks: tuple[str, ...] = ()
    why_not: tuple[tuple[str, tuple[str, ...]], ...] = ()


def aid_view(
    whole: Aid, viewer: str, coalition: Coalition, present: Present, advice: Advice,
    *, incident_open: bool,
) -> AidView:  # fmt: skip
    """The page for a delegate of `viewer`."""
    seen = visible_to(whole, viewer)
    return AidView(
        aid=whole.aid,
        incident=whole.incident,
        incident_open=incident_open,
        tlp=whole.tlp.value,
        exercise=whole.exercise,
        member=member_name(coalition, whole.member),
        mark=REQUESTS[whole.status],
        needed_by=present.moment(whole.needed_by),
        answer_by=present.maybe(whole.answer_by),
        opened=present.maybe(whole.opened_at),
        needs=tuple(_need(whole, item) for item in range(1, len(whole.needs) + 1)),
        situation=_situation(whole),
        asked=member_names(coalition, [one for one in seen.asked if one not in seen.refused]),
        declined=member_names(coalition, seen.declined),
        offers=tuple(
            _offer(whole, one, viewer, coalition, present) for one in seen.offers.values()
        ),
        picks=advice.picks,
        why_not=advice.why_not,
        pictures=pictures(seen, present.now),
        missions=tuple(_mission(seen, one, coalition, present) for one in seen.missions.values()),
        moves=tuple(
            (member_name(coalition, one.member), one.what, f"/{one.typed}")
            for one in moves(whole)
            if one.urgent and (not _draft(whole, one.offer) or one.member == viewer)
        ),
    )


def _situation(whole: Aid) -> tuple[Fact, ...]:
    now = whole.situation
    return (
        ("Impact", now.impact),
        ("Spillover", now.spillover),
        ("Planned use", now.planned_use),
        ("Estimated need", now.estimated_need),
        ("Done already", now.mitigation),
        ("Asked elsewhere", "; ".join(map(support_text, now.other_support)) or "nobody"),
    )


def _draft(whole: Aid, offer: int) -> bool:
    found = whole.offers.get(str(offer))
    return found is not None and found.status in ("draft", "unconfirmed")


def _need(whole: Aid, item: int) -> NeedRow:
    offered = sum(one.supply.size for one in whole.offers.values() if one.item == item and one.live)
    need = whole.needs[item - 1]
    return NeedRow(
        item, need_text(need), need.quantity, whole.covered(item), offered, whole.remaining(item)
    )


def _offer(
    whole: Aid, seen: Offer, viewer: str, coalition: Coalition, present: Present
) -> OfferRow:
    mine = viewer in (whole.member, seen.member)
    actual = whole.offers[str(seen.offer)]
    terms = terms_lines(seen.terms, whole.currency, lambda one: member_name(coalition, one))
    return OfferRow(
        offer=seen.offer,
        member=member_name(coalition, seen.member),
        item=seen.item,
        supply=supply_text(seen.supply),
        starts=present.moment(seen.supply.starts),
        mark=BOOKED if seen.booking == "asked" and seen.live else OFFERS[seen.status],
        counter=supply_text(seen.counter) if seen.counter else "",
        terms=tuple(terms) if mine and seen.terms else (),
        terms_hash=whole.agreement(actual).terms_hash if actual.terms else "",
        signatures=tuple(
            SignatureRow(person_name(coalition, one.delegate), one.how, present.moment(one.at))
            for one in seen.signatures
        ),
        unsigned=member_names(coalition, still_to_sign(whole, actual)),
        reason=seen.reason,
    )


def _mission(seen: Aid, one: Mission, coalition: Coalition, present: Present) -> MissionRow:
    currency = one.agreement.terms.currency or seen.currency
    days = (
        ("tasked", one.tasked_at),
        ("at work", one.deployed_at),
        ("next check-in due", one.check_in_by if one.in_the_field else None),
        ("home", one.home_at),
        ("report due", one.report_by if one.status == "demobilised" else None),
    )
    said = (
        ("Last check-in", one.last_check_in),
        ("Why it ended", one.reason),
        ("Report", one.report),
        ("Learnt", one.lessons),
        ("Asked about the costs", one.query),
        ("About the costs", one.cost_note),
        ("Settled", money(one.settled_amount, currency) if one.status == "settled" else ""),
    )
    return MissionRow(
        mission=one.mission,
        member=member_name(coalition, one.member),
        mark=MISSIONS[one.status],
        days=tuple((word, present.moment(at)) for word, at in days if at),
        guests=tuple(person_name(coalition, guest) for guest in one.guests),
        said=tuple(fact for fact in said if fact[1] and fact[1] != "not stated"),
        costs=tuple(
            CostRow(
                line.line, line.kind, line.text, money(line.amount, line.currency),
                _standing(eligible=line.eligible, within_cap=line.within_cap),
                line.evidence[:12],
            )
            for line in one.costs
        ),
        total=money(one.total, currency) if one.costs else "",
        cap=money(one.agreement.terms.cost_cap, currency) if one.costs else "",
    )  # fmt: skip


def _standing(*, eligible: bool, within_cap: bool) -> str:
    if not eligible:
        return "borne by who sent it"
    return "within the cap" if within_cap else "above the cap"
