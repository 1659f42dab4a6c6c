"""Handlers of `run.start` (a rule fits an incident) and `run.tell` (a run may wait for this).

Success: the run has started or has been told, or there is nothing (more) to tell. Failure: the
log does not answer; tried again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coalition.application.aid_showing import WAITING
from coalition.application.signals import signal_of
from coalition.domain.aid.news import news_of
from coalition.domain.errors import PermanentError, TransientError, UserError
from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import SignalRun, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.results import signal_of_end
from coalition.domain.run.state import key

if TYPE_CHECKING:
    from coalition.application.playbook_shelf import Shelf
    from coalition.application.ports import Claim
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import Run
    from workers.context import WorkerContext


async def start(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Start the playbook as it was when the rule fitted; pins it by content hash."""
    payload = claim.payload
    shelf = ctx.tocsin.playbooks
    playbook = shelf.in_force().get(payload["playbook"])
    incident = await ctx.read("incident", payload["incident"])
    try:
        pins = await asyncio.to_thread(_pin, shelf, playbook) if playbook is not None else {}
    except UserError as error:  # what it runs in turn is gone: a human must mend the folder
        raise PermanentError(str(error), fallback="Run `tocsin playbook check`.") from error
    command = StartRun(
        id=claim.id,
        at=ctx.now(),
        actor=SYSTEM,
        run=payload["run"],
        incident=payload["incident"],
        playbook=payload["playbook"],
        name=payload["name"],
        facts=facts_of(incident),
        pins=pins,
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        return {"refused": str(error)}
    return {}


def _pin(shelf: Shelf, playbook: Playbook) -> dict[str, str]:
    shelf.pin(playbook)
    return shelf.pins(playbook)


async def tell(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Signal the run what a record of the incident says, or how a run that it waits for ended."""
    payload = claim.payload
    teller = _aid_of if "aid" in payload else _end_of if "child" in payload else _news_of
    topic, data = await teller(ctx, payload)
    command = SignalRun(
        id=claim.id, at=ctx.now(), actor=SYSTEM, run=payload["run"], topic=topic, data=data
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        return {"refused": str(error)}
    return {}


async def _news_of(ctx: WorkerContext, payload: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    record = await ctx.record("incident", payload["incident"], payload["version"])
    topic, data = signal_of(record)
    if topic == "incident":
        data = facts_of(await ctx.read("incident", payload["incident"]))
    return topic, data


async def _aid_of(ctx: WorkerContext, payload: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    waiting: Run = await ctx.read("run", payload["run"])
    for step in waiting.open.values():
        if step.verb in WAITING and not step.performed:
            raise TransientError("the step that waits for this is not ready yet", retry_after=1)
    return "aid", news_of(await ctx.read("aid", payload["aid"]))


async def _end_of(ctx: WorkerContext, payload: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    child: Run = await ctx.read("run", payload["child"])
    waiting: Run = await ctx.read("run", payload["run"])
    parent = child.parent
    opened = waiting.open.get(key(parent.step, parent.attempt)) if parent else None
    return "run", signal_of_end(child, opened)
