"""Handlers of mutual aid: `aid.ask`, `aid.terms`, `aid.hear` and `aid.booked`.

What people wrote is read from the records here, so that no effect holds any of it. Success: the
command was carried out, or the world has moved on. Failure: the log does not answer (tried again),
or a request can be sent to nobody any more (a human is told whom to phone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.application.aid_commands import (
    answer_heard,
    asking,
    booking_heard,
    putting_terms,
    terms_sent,
)
from coalition.domain.errors import PermanentError, UserError

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Command
    from workers.context import WorkerContext


async def ask(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Issue the notice that asks a wave of members; nothing once help is no longer looked for.

    Raises:
        PermanentError: the notice is refused, so nobody of this wave is asked.
    """
    aid: Aid = await ctx.read("aid", claim.payload["aid"])
    incident: Incident = await ctx.read("incident", claim.payload["incident"])
    if not aid.seeking:
        return {"refused": f"{aid.aid} is {aid.status}"}
    command = asking(
        aid, claim.payload["wave"], incident, ctx.tocsin.coalition, id=claim.id, at=ctx.now()
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        fallback = "Lower the label, or ask the members by phone (/coalition members)."
        raise PermanentError(str(error), fallback=fallback) from error
    return {}


async def terms(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Issue the notice that puts terms to a member; nothing once they have changed.

    Raises:
        PermanentError: the notice is refused, so the member is not asked to sign.
    """
    payload = claim.payload
    aid: Aid = await ctx.read("aid", payload["aid"])
    incident: Incident = await ctx.read("incident", payload["incident"])
    offer = aid.offers[str(payload["offer"])]
    if aid.agreement(offer).terms_hash != payload["terms_hash"]:
        return {"refused": "the terms have changed"}
    command = putting_terms(aid, offer, incident, ctx.tocsin.coalition, id=claim.id, at=ctx.now())
    try:
        done = await ctx.execute(command)
    except UserError as error:
        fallback = f"Read the terms to {offer.member} by phone, or lower the label."
        raise PermanentError(str(error), fallback=fallback) from error
    for version in range(done.version, 0, -1):
        record = await ctx.record("incident", incident.number, version)
        if record.type == "NoticeIssued" and record.cause == claim.id:
            return await _tell(ctx, terms_sent(record, offer, payload["terms_hash"], ctx.now()))
    raise PermanentError("The notice is not in the log.", fallback="Run `tocsin verify`.")


async def hear(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Tell a request what a member has answered to its notice."""
    payload = claim.payload
    answered = await ctx.record("incident", payload["incident"], payload["version"])
    return await _tell(ctx, answer_heard(payload["aid"], answered, id=claim.id, at=ctx.now()))


async def booked(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Tell a request what a member's pool has decided."""
    decided = await ctx.record("pool", claim.payload["member"], claim.payload["version"])
    return await _tell(ctx, booking_heard(decided, id=claim.id, at=ctx.now()))


async def _tell(ctx: WorkerContext, command: Command) -> dict[str, Any]:
    try:
        await ctx.execute(command)
    except UserError as error:
        return {"refused": type(error).__name__}
    return {}
