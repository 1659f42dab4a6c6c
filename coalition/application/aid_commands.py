"""The commands that mutual aid and the rest of the house give each other, made from records.

Pure; whoever carries out an effect of kind `aid.*` (a worker, a rehearsal) asks here what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.commands import RecordAnswer, RecordBooking, RecordTermsSent
from coalition.domain.aid.wording import ASK, SIGN, request_text, terms_text
from coalition.domain.authority import may_see
from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import IssueNotice
from coalition.domain.labels import strictest
from coalition.domain.messages import SYSTEM, Actor

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Record


PROOF = ("fingerprint", "signed_at", "message_id", "webhook_id", "webhook-id")
"""What of an answer's evidence stands with a signature."""


def asking(
    aid: Aid, wave: int, incident: Incident, coalition: Coalition, *, id: str, at: datetime
) -> IssueNotice:
    """The notice that asks a wave, in the name of an operator of the requester.

    Raises:
        PermanentError: nobody of the requester can send it any more.
    """
    return IssueNotice(
        id=id,
        at=at,
        actor=_sender(aid, incident, coalition),
        incident=incident.number,
        kind="mutual_aid_request",
        to=aid.waves[wave - 1],
        text=request_text(aid, coalition.member(aid.member).name),
        ask=ASK,
        answers=("acknowledge", "offer", "accept", "decline", "need_info"),
        tlp=strictest(aid.tlp, incident.tlp),
        aid=aid.aid,
    )


def putting_terms(
    aid: Aid, offer: Offer, incident: Incident, coalition: Coalition, *, id: str, at: datetime
) -> IssueNotice:
    """The notice that puts terms to a member outside Slack; a proved “accept” to it signs them.

    Raises:
        PermanentError: nobody of the requester can send it any more.
    """
    return IssueNotice(
        id=id,
        at=at,
        actor=_sender(aid, incident, coalition),
        incident=incident.number,
        kind="mutual_aid_request",
        to=(offer.member,),
        text=terms_text(aid, offer),
        ask=SIGN,
        answers=("acknowledge", "accept", "decline", "need_info"),
        tlp=strictest(aid.tlp, incident.tlp),
        aid=aid.aid,
    )


def terms_sent(issued: Record, offer: Offer, terms_hash: str, at: datetime) -> RecordTermsSent:
    """What a request is told of that notice (record `NoticeIssued`)."""
    return RecordTermsSent(
        id=f"{issued.cause}:sent",
        at=at,
        actor=SYSTEM,
        aid=issued.data["aid"],
        offer=offer.offer,
        notice=issued.data["notice"],
        terms_hash=terms_hash,
    )


def answer_heard(aid: str, answered: Record, *, id: str, at: datetime) -> RecordAnswer:
    """What a request is told of the answer to its notice (record `NoticeAnswered`)."""
    data = answered.data
    return RecordAnswer(
        id=id,
        at=at,
        actor=SYSTEM,
        aid=aid,
        notice=data["notice"],
        member=data["member"],
        answer=data["answer"],
        details=data["details"],
        note=data["note"] or data["private_note"],
        by=data["by"],
        verified=data["verified"],
        via=answered.actor.via,
        evidence={
            name: str(data["evidence"][name]) for name in PROOF if data["evidence"].get(name)
        },
    )


def booking_heard(decided: Record, *, id: str, at: datetime) -> RecordBooking:
    """What a request is told of `CapabilityReserved` or `ReservationRefused`."""
    data = decided.data
    return RecordBooking(
        id=id,
        at=at,
        actor=SYSTEM,
        aid=data["aid"],
        offer=data["offer"],
        attempt=data["attempt"],
        outcome="reserved" if decided.type == "CapabilityReserved" else "refused",
        reason=data.get("reason", ""),
        shown=data.get("shown", ""),
    )


def _sender(aid: Aid, incident: Incident, coalition: Coalition) -> Actor:
    """Who asked, if they still can; else another operator of the requester."""
    member = coalition.member(aid.member)
    operators = [
        person.id
        for person in member.delegates
        if member.active and "operator" in person.roles and may_see(person.id, incident, coalition)
    ]
    for id in (aid.submitted_by, aid.drafted_by, *operators):
        if id in operators:
            return Actor(kind="delegate", member=member.id, delegate=id, via="aid")
    raise PermanentError(
        f"No operator of {member.name} can send {aid.aid} any more.",
        fallback=f"Phone {member.duty_phone}; then ask the members by phone.",
    )
