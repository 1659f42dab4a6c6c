"""Tells people directly that it is their move in a request for aid: effects of kind `aid.tell`.

Success: whoever must act now, and is not told by a room, has it in a direct message. People who
take part in the incident and are shown the request there are told there instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import GateRefusal, NotFound
from coalition.domain.gate import ToViewer, release
from coalition.domain.labels import Tlp, strictest
from coalition.rendering.aid_moves import moves
from coalition.rendering.slack.aid_asking import pointer, your_move
from coalition.rendering.slack.exercise import marked
from workers.rooms.calls import carried_out, client
from workers.rooms.clearing import board_url
from workers.rooms.posting import Place, post_once

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Record
    from coalition.rendering.aid_moves import Move
    from coalition.rendering.slack.rendered import Rendered
    from workers.context import WorkerContext

PRIVATE = ("RequestSubmitted", "CostsSubmitted", "CostsQueried")
"""Events that no room is told of: even those who are in the room are told directly."""


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Tell each person once.

    Raises:
        TransientError, SlackRefused: as `carried_out`.
    """
    order = claim.payload
    whole: Aid | None = await ctx.read("aid", order["aid"])
    incident: Incident | None = await ctx.read("incident", order["incident"])
    if whole is None or incident is None:
        return {"told": 0}
    record = await ctx.record("aid", order["aid"], order["version"])
    told = 0
    for member, own in _by_member(whole, record).items():
        here = member in incident.participants and incident.room.channel is not None
        if here and record.type not in PRIVATE:
            continue
        for delegate in _people(ctx.tocsin, whole, member, own, record):
            message = _message(ctx.tocsin, whole, strictest(whole.tlp, incident.tlp), own, delegate)
            told += await _tell(ctx, claim, delegate, message, record)
    return {"told": told}


def _by_member(whole: Aid, record: Record) -> dict[str, list[Move]]:
    """The moves that this record leaves open, by whose they are."""
    about = record.data.get("offer") or record.data.get("mission") or 0
    found: dict[str, list[Move]] = {}
    for move in moves(whole):
        if move.offer == about and move.urgent:
            found.setdefault(move.member, []).append(move)
    return found


def _people(tocsin: Tocsin, whole: Aid, member: str, own: list[Move], record: Record) -> list[str]:
    """Delegates who can make the move, and have not just acted themselves."""
    try:
        delegates = tocsin.coalition.member(member).delegates
    except NotFound:
        return []
    barred = {record.actor.delegate}
    if record.type == "RequestSubmitted":
        barred |= {whole.drafted_by, whole.submitted_by}
    signing = tocsin.coalition.charter.aid.signing.role
    wanted = {"approver", signing} if any(one.approver for one in own) else {"operator"}
    return [one.id for one in delegates if wanted & set(one.roles) and one.id not in barred]


def _message(
    tocsin: Tocsin, whole: Aid, tlp: Tlp, own: list[Move], delegate: str
) -> Cleared[Rendered]:
    coalition, audience = tocsin.coalition, ToViewer(delegate, None)
    shown = your_move(coalition, whole, own, tocsin.settings.slack_command_prefix)
    try:
        return release(
            marked(shown, exercise=whole.exercise),
            tlp=tlp,
            audience=audience,
            coalition=coalition,
        )
    except GateRefusal:
        less = marked(
            pointer(whole, board_url(tocsin, f"aid/{whole.aid}")), exercise=whole.exercise
        )
        return release(less, tlp=Tlp.CLEAR, audience=audience, coalition=coalition)


async def _tell(
    ctx: WorkerContext, claim: Claim, delegate: str, message: Cleared[Rendered], record: Record
) -> int:
    slack = ctx.tocsin.coalition.delegate(delegate)[1].slack
    if slack is None:
        return 0
    call = client(ctx).conversations_open(users=[slack])
    opened = await carried_out(ctx, "conversations.open", call)
    place, key = Place(opened["channel"]["id"]), f"{claim.id}-{delegate}"
    await post_once(ctx, claim, place, message, key=key, since=record.at)
    return 1
