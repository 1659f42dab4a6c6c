"""Opens an incident's room: effects of kind `room.open`, a checklist that can be taken up again.

Each line is recorded as it is done and done once: a channel of ours is adopted, not made again; a
message of ours is found, not posted again. Without a room or a headline the opening has failed
(and a button offers to try again); everything else may be missing, and the checklist says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, TransientError
from coalition.domain.incident.words import ROOM_STEPS, RoomStep
from workers.rooms.calls import SlackRefused
from workers.rooms.channel import bookmark, create, pin, set_topic
from workers.rooms.headline import drawn
from workers.rooms.inviting import announce, invite
from workers.rooms.opened import Opening, Step
from workers.rooms.posting import Place, post_once

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.incident.state import Incident
    from workers.context import WorkerContext

REQUIRED = frozenset({"create", "headline"})
TRIED_ENOUGH = 3
"""After this many attempts the checklist says that Slack does not answer; trying goes on."""


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Do what is left to do of the checklist.

    Raises:
        TransientError: to be tried again; what is done stays done.
        PermanentError: there is no room, or no headline in it; a human is told.
    """
    incident: Incident | None = await ctx.read("incident", claim.payload["incident"])
    if incident is None or incident.over:
        return {"opened": False}
    opening = Opening(ctx, claim, incident)
    for step in ROOM_STEPS:
        if _left(opening.incident, step):
            await _take(opening, step)
    return {"opened": True, "channel": opening.channel}


def _left(incident: Incident, step: RoomStep) -> bool:
    """Inviting is never finished: members join while the incident goes on."""
    line = incident.room.steps.get(step)
    return line is None or line.state != "done" or step in ("invite", "announce")


async def _take(opening: Opening, step: RoomStep) -> None:
    try:
        done = await STEPS[step](opening)
    except PermanentError as error:
        await _refused(opening, step, error)
        return
    except TransientError:
        if opening.claim.attempt >= TRIED_ENOUGH and step in REQUIRED:
            await opening.record(step, "failed", "Slack does not answer; it is tried again")
        raise
    await opening.record(
        step,
        "degraded" if done.missing else "done",
        done.missing,
        channel=done.channel,
        ts=done.ts,
    )


async def _refused(opening: Opening, step: RoomStep, error: PermanentError) -> None:
    why = f"Slack answered {error.code}" if isinstance(error, SlackRefused) else str(error)
    if step not in REQUIRED:
        await opening.record(step, "degraded", why)
        return
    await opening.record(step, "failed", why)
    fallback = "Use the board and the phone; then press “Try the room again” in Tocsin's App Home"
    raise PermanentError(str(error), fallback=fallback) from error


async def _headline(opening: Opening) -> Step:
    """The headline, found if it stands there already."""
    message = await drawn(opening.ctx, opening.incident)
    key = f"headline-{opening.incident.number}"
    place = Place(opening.channel)
    claim = opening.looking()
    since = opening.incident.opened_at
    ts = await post_once(opening.ctx, claim, place, message, key=key, since=since)
    return Step(ts=ts)


STEPS: dict[RoomStep, Callable[[Opening], Awaitable[Step]]] = {
    "create": create,
    "topic": set_topic,
    "invite": invite,
    "headline": _headline,
    "pin": pin,
    "bookmark": bookmark,
    "announce": announce,
}
