"""Keeps the headline current: effects of kind `room.headline`, debounced by their due time.

Success: the pinned message says what the state says. Nothing to do while there is no headline yet:
opening the room posts it. A headline that somebody deleted is posted anew.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from coalition.application.matching import advise
from coalition.application.reading import StateView
from coalition.domain.audiences import ToRoom
from coalition.domain.gate import explain
from coalition.domain.incident.commands import RecordRoomStep
from coalition.domain.labels import strictest
from coalition.domain.messages import SYSTEM
from coalition.domain.sharing import part_for
from coalition.rendering.aid_matching import recommended
from coalition.rendering.slack.aid_panel import Panel, wanted
from coalition.rendering.slack.headline import Progress, headline
from coalition.rendering.slack.run_posts import waits
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.clearing import for_room
from workers.rooms.posting import Place, post_once

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import Run
    from coalition.rendering.slack.rendered import Rendered
    from workers.context import WorkerContext

GONE = frozenset({"message_not_found", "cant_update_message"})
CLOSED_TO_US = frozenset({"is_archived", "channel_not_found", "not_in_channel"})


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Draw the headline as the state is now.

    Raises:
        TransientError: to be tried again.
        PermanentError: Slack will not have it; a human is told.
    """
    incident: Incident | None = await ctx.read("incident", claim.payload["incident"])
    if incident is None or not incident.room.channel or not incident.room.headline_ts:
        return {"drawn": False}
    message = await drawn(ctx, incident)
    await ctx.hand_over()
    call = client(ctx).chat_update(
        channel=incident.room.channel, ts=incident.room.headline_ts, **message.content.arguments
    )
    try:
        await carried_out(ctx, "chat.update", call)
    except SlackRefused as error:
        if error.code in CLOSED_TO_US and incident.over:
            return {"drawn": False}
        if error.code not in GONE:
            raise
        await _post_anew(ctx, claim, incident, message)
    return {"drawn": True}


async def drawn(ctx: WorkerContext, incident: Incident) -> Cleared[Rendered]:
    """The headline of an incident, or its pointer."""
    runs = await asyncio.to_thread(_progress, ctx.tocsin, incident)
    aid = await asyncio.to_thread(panels, ctx.tocsin, incident)
    prefix = ctx.tocsin.settings.slack_command_prefix
    coalition = ctx.tocsin.coalition
    part = part_for(incident, ToRoom(incident), coalition)
    rendered = headline(coalition, part, runs, prefix, aid)
    return for_room(ctx.tocsin, incident, rendered, incident.tlp)


def _progress(tocsin: Tocsin, incident: Incident) -> list[Progress]:
    ids = tocsin.log.ids("run", of=incident.number)
    runs: list[Run] = [tocsin.dispatcher.read("run", one) for one in ids]
    return [_line(tocsin, incident, run) for run in runs]


def _line(tocsin: Tocsin, incident: Incident, run: Run) -> Progress:
    done = sum(1 for step in run.steps.values() if step.outcome is not None)
    if tocsin.playbooks.pinned(run.playbook).words_tlp > incident.tlp:
        return Progress(run.run, done, "" if run.over else "its label is above this room's")
    return Progress(run.title, done, waits(run))


def panels(tocsin: Tocsin, incident: Incident) -> list[Panel]:
    """The requests for aid of an incident, each with what is recommended, as its room may see."""
    shown = wanted(StateView(tocsin).aids_of(incident.number))
    return [_panel(tocsin, incident, aid) for aid in shown]


def _panel(tocsin: Tocsin, incident: Incident, aid: Aid) -> Panel:
    coalition = tocsin.coalition
    refused = explain(tlp=aid.tlp, audience=ToRoom(incident), coalition=coalition)
    if refused or strictest(aid.tlp, incident.tlp) != incident.tlp:
        return Panel(aid, (), shown=False)
    offered = aid.seeking and any(offer.live for offer in aid.offers.values())
    if not offered:
        return Panel(aid, (), shown=True)
    found = advise(tocsin, aid.aid).for_request(aid.aid)
    return Panel(aid, recommended(found, aid, coalition), shown=True)


async def _post_anew(
    ctx: WorkerContext, claim: Claim, incident: Incident, message: Cleared[Rendered]
) -> None:
    """Somebody deleted the headline: the room gets another one."""
    gone = incident.room.headline_ts or ""
    key = f"headline-{incident.number}-after-{gone.replace('.', '-')}"
    place = Place(incident.room.channel or "")
    ts = await post_once(ctx, claim, place, message, key=key, since=incident.opened_at)
    await ctx.execute(
        RecordRoomStep(
            id=key,
            at=ctx.now(),
            actor=SYSTEM,
            incident=incident.number,
            step="headline",
            state="done",
            detail="posted anew",
            ts=ts,
        )
    )
