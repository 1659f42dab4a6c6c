"""Terms reach members that are not in Slack as a notice; they sign by answering it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.ports import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.application.wanted import View
    from coalition.domain.messages import Record


def put_terms(record: Record, view: View) -> Iterable[Effect]:
    """Have the terms sent to a member none of whose signers is in Slack."""
    aid = view.aid(record.id)
    offer = aid.offers[str(record.data["offer"])]
    if offer.terms is None or offer.terms_by == offer.member or not _outside(offer.member, view):
        return
    terms_hash = aid.agreement(offer).terms_hash
    yield Effect(
        id=f"aid-terms-{aid.aid}-{offer.offer}-{terms_hash[:16]}",
        kind="aid.terms",
        payload={
            "incident": aid.incident,
            "aid": aid.aid,
            "offer": offer.offer,
            "terms_hash": terms_hash,
        },
    )


def _outside(member: str, view: View) -> bool:
    """Whether nobody who signs for a member has a Slack account."""
    role = view.coalition.charter.aid.signing.role
    people = view.coalition.member(member).delegates
    return not any(one.slack for one in people if role in one.roles)
