"""/aid decline and /aid recall: no thank you, we cannot, not like this; and taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bot.slack.verbs.aid_finding import (
    AID,
    OFFER,
    aid_here,
    answer,
    done,
    incident_of,
    mission_here,
    offer_here,
    typed,
    which,
)
from bot.slack.verbs.base import Call, Verb
from coalition.domain.aid.commands import (
    DeclineOffer,
    DeclineRequest,
    ReturnRequest,
    WithdrawOffer,
    WithdrawRequest,
)
from coalition.domain.aid.mission_commands import RecallMission
from coalition.domain.aid.words import LIVE, DeclineReason
from coalition.domain.errors import UserError
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid, Offer

REASONS: tuple[str, ...] = tuple(one for one in get_args(DeclineReason) if one)
REASON_WORDS = {
    "no_capacity": "No capacity",
    "no_capability": "Nothing that fits",
    "legal": "Legal reasons",
    "national_caveat": "A national caveat",
    "other": "Another reason",
}
BACK = ("draft", "unconfirmed", *LIVE)
"""Statuses in which an offer can be taken back."""


def decline(call: Call) -> Reply:
    """By the requester: an offer, or the own request as its approver. By others: the request."""
    aid = aid_here(call)
    note = call.given.text("note")
    if aid.member != call.caller.member.id:
        return _cannot_help(call, aid, note)
    if aid.status == "submitted" and not call.given.has("offer"):
        after = done(call, ReturnRequest(**call.base, aid=aid.aid, reason=note))
        said = f"You have sent {aid.aid} back; it is a draft again and nobody is asked."
        following = f"Whoever wrote it changes it: {typed(call, f'aid request {aid.aid}')}."
        return answer(call, after, said, following)
    offer = offer_here(call, aid, *LIVE)
    command = DeclineOffer(**call.base, aid=aid.aid, offer=offer.offer, reason=note)
    after = done(call, command)
    name = member_name(call.desk.coalition, offer.member)
    said = f"You have declined offer {offer.offer} of {name}, with thanks. What it held is free."
    return answer(call, after, said, "Only the two of you see a reason.")


def _cannot_help(call: Call, aid: Aid, note: str) -> Reply:
    if call.given.has("offer"):
        number = call.given.number("offer")
        message = "Only the member that asks for help declines an offer."
        hint = f"Take your own back: /aid recall {aid.aid} --offer {number}."
        raise UserError(message, hint, field="offer")
    reason = call.given.choice("reason", REASONS) if call.given.has("reason") else ""
    command = DeclineRequest.model_validate(
        {**call.base, "aid": aid.aid, "reason": reason, "note": note}
    )
    after = done(call, command)
    said = (
        f"You have said that your member cannot help with {aid.aid} now. You are not asked again."
    )
    return answer(
        call, after, said,
        "The others see only that you cannot; your reason stays with your own member. "
        f"If that changes: {typed(call, f'aid offer {aid.aid}')}.",
    )  # fmt: skip


def recall(call: Call) -> Reply:
    """Take back a request, an offer, or a mission that is in the field."""
    aid = aid_here(call)
    reason = call.given.text("reason")
    mine = call.caller.member.id
    if aid.member == mine and not call.given.has("offer"):
        command = WithdrawRequest(**call.base, aid=aid.aid, reason=reason)
        after = done(call, command)
        said = f"{aid.aid} is withdrawn. Offers that nobody has accepted have ended."
        return answer(call, after, said, "What was accepted before goes on until it is complete.")
    offer = _own(call, aid)
    if offer is not None:
        taken = WithdrawOffer(**call.base, aid=aid.aid, offer=offer.offer, reason=reason)
        after = done(call, taken)
        said = f"Offer {offer.offer} is taken back. What it held is free."
        return answer(call, after, said, f"Another one: {typed(call, f'aid offer {aid.aid}')}.")
    mission = mission_here(call, aid)
    after = done(
        call, RecallMission(**call.base, aid=aid.aid, mission=mission.mission, reason=reason)
    )
    name = member_name(call.desk.coalition, aid.member)
    said = f"Mission {mission.mission} is recalled; {name} is told."
    home = typed(call, f"aid complete {aid.aid} --offer {mission.mission}")
    return answer(call, after, said, f"When the team is home: {home}. The need is open again.")


def _own(call: Call, aid: Aid) -> Offer | None:
    """The caller's own offer that can be taken back: the one named, else the only one."""
    own = [
        one
        for one in aid.offers.values()
        if one.member == call.caller.member.id and one.status in BACK
    ]
    if call.given.has("offer"):
        number = call.given.number("offer")
        return next((one for one in own if one.offer == number), None)
    return own[0] if len(own) == 1 else None


def _reason_first(call: Call) -> None:
    """`no_capacity We are hit ourselves`: the first word may be the reason."""
    first, _, rest = call.given.text("note").partition(" ")
    word = first.casefold().replace("-", "_").rstrip(":,.")
    if word in REASONS and not call.given.has("reason"):
        call.given.values["reason"] = (word,)
        call.given.values["note"] = (rest.strip(),)


def _introduce(call: Call) -> str:
    if not call.given.has("aid"):
        return ""
    aid = aid_here(call)
    mark = f"*{aid.tlp.value}* · *{aid.aid}* ({escape(aid.incident, 40)})"
    if aid.member == call.caller.member.id:
        return f"{mark}\nWhich offer do you decline? What it held is free at once."
    return f"{mark}\nSaying no frees you at once. Your reason is seen by your own member alone."


def _fields(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The requester declines offers, everybody else the request."""
    asked = which(call, fields)
    if not call.given.has("aid"):
        return asked
    left = "reason" if aid_here(call).member == call.caller.member.id else OFFER.name
    return tuple(field for field in asked if field.name != left)


DECLINING = (
    Verb(
        "aid",
        "decline",
        "Decline",
        "/aid decline [AID-…] [no_capacity] [why] [--offer 2]",
        "/aid decline AID-2026-0003 no_capacity We are hit ourselves",
        decline,
        (
            AID,
            OFFER,
            Field("reason", "Why?", "choice", choices=tuple(REASON_WORDS.items())),
            Field("note", "Anything to add?", "text", place="rest", longest=1000),
        ),
        "Decline",
        about_incident=False,
        about=incident_of,
        settle=_reason_first,
        complete=_fields,
        introduce=_introduce,
    ),
    Verb(
        "aid",
        "recall",
        "Take back or recall",
        "/aid recall [AID-…] [--offer 2] <reason>",
        "/aid recall AID-2026-0003 --offer 2 Our own ministry is hit",
        recall,
        (
            AID,
            OFFER,
            Field("reason", "Why?", "text", required=True, place="rest", longest=1000),
        ),
        "Take back",
        about_incident=False,
        about=incident_of,
        complete=which,
        when="always",
    ),
)
