"""Takes somebody out of an incident's room: effects of kind `room.leave`.

Success: they are out, or were not in, or belong there for another reason, or there is no room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import NotFound
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.inviting import who_belongs

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.incident.state import Incident
    from workers.context import WorkerContext

OUT_ALREADY = frozenset({"not_in_channel", "channel_not_found", "user_not_found"})


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Take them out, unless they belong there.

    Raises:
        TransientError: Slack has trouble; tried again.
        SlackRefused: Slack does not let us; a human takes them out by hand.
    """
    incident: Incident = await ctx.read("incident", claim.payload["incident"])
    coalition = ctx.tocsin.coalition
    try:
        person = coalition.delegate(claim.payload["delegate"])[1]
    except NotFound:
        return {"left": False}  # whose account it was is no longer known
    room = incident.room.channel
    belongs = any(one.id == person.id for one in who_belongs(coalition, incident))
    if room is None or person.slack is None or belongs:
        return {"left": False}
    await ctx.hand_over()
    try:
        call = client(ctx).conversations_kick(channel=room, user=person.slack)
        await carried_out(ctx, "conversations.kick", call)
    except SlackRefused as error:
        if error.code not in OUT_ALREADY:
            raise
    return {"left": True}
