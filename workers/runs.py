"""Handlers of `run.start` (a rule fits an incident) and `run.tell` (a run may wait for this).

Success: the run has started or has been told, or there is nothing (more) to tell. Failure: the
log does not answer; tried again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coalition.application.signals import signal_of
from coalition.domain.errors import UserError
from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import SignalRun, StartRun
from coalition.domain.run.facts import facts_of

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from workers.context import WorkerContext


async def start(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Start the playbook as it was when the rule fitted; pins it by content hash."""
    payload = claim.payload
    shelf = ctx.tocsin.playbooks
    playbook = shelf.in_force().get(payload["playbook"])
    if playbook is not None:
        await asyncio.to_thread(shelf.pin, playbook)
    incident = await ctx.read("incident", payload["incident"])
    command = StartRun(
        id=claim.id,
        at=ctx.now(),
        actor=SYSTEM,
        run=payload["run"],
        incident=payload["incident"],
        playbook=payload["playbook"],
        name=payload["name"],
        facts=facts_of(incident),
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        return {"refused": str(error)}
    return {}


async def tell(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Signal the run what the record says, in the run's own terms."""
    payload = claim.payload
    record = await ctx.record("incident", payload["incident"], payload["version"])
    topic, data = signal_of(record)
    if topic == "incident":
        data = facts_of(await ctx.read("incident", payload["incident"]))
    command = SignalRun(
        id=claim.id, at=ctx.now(), actor=SYSTEM, run=payload["run"], topic=topic, data=data
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        return {"refused": str(error)}
    return {}
