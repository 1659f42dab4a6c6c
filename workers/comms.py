"""Handlers of communications checks: starting one that is due, and looking at the keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coalition.adapters.key_findings import key_findings
from coalition.application.comms import KEYS_WITHIN, start_check
from coalition.domain.errors import PermanentError, UserError
from coalition.domain.incident.check_messages import RecordKeys
from coalition.domain.messages import SYSTEM

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from workers.context import WorkerContext


async def check(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Start the check that is due, once for this effect; returns its number.

    Raises:
        PermanentError: nobody can be reached at all.
    """
    try:
        done = await asyncio.to_thread(start_check, ctx.tocsin, claim.id, SYSTEM)
    except UserError as error:
        raise PermanentError(error.message) from error
    return {"check": done.id}


async def keys(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Record which pinned keys expire soon or cannot be used."""
    tocsin = ctx.tocsin
    base, until = tocsin.settings.coalition.parent, ctx.now() + KEYS_WITHIN
    found = await asyncio.to_thread(key_findings, tocsin.keyring, tocsin.coalition, base, until)
    command = RecordKeys(
        id=claim.id,
        at=ctx.now(),
        actor=SYSTEM,
        incident=claim.payload["incident"],
        keys=tuple(found),
    )
    await ctx.execute(command)
    return {"keys": len(found)}
