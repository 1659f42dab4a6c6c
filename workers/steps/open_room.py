"""`open_room`. Success: the room is there, and those invited take part.

Failure: a rule started the run and something had to be decided (a warning becomes an incident,
members are invited), an invited member may not see the label, or the room cannot be opened.
Output: `room` (its channel).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, TransientError
from coalition.domain.incident.commands import AddMembers, OpenIncident
from workers.steps._named import named_fields
from workers.steps._scene import incident_of, members_meant

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

DO = "Type /incident open or /incident update --members …"


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """See to it that there is a room, and wait until it is open."""
    incident = await incident_of(ctx, run)
    if incident.status == "warning":
        who = named_fields(ctx, run, step, "makes an incident of a warning", DO, ":open")
        about = {"title": incident.title, "severity": incident.severity, "tlp": incident.tlp}
        exercise = incident.exercise
        await ctx.execute(OpenIncident.model_validate({**who, **about, "exercise": exercise}))
    invited = members_meant(ctx, incident, step.request["invite"])
    if set(invited) - set(incident.participants):
        who = named_fields(ctx, run, step, "invites members", DO, ":invite")
        await ctx.execute(AddMembers(**who, invite=invited))
    room = (await incident_of(ctx, run)).room
    made = room.steps.get("create")
    if room.channel is None and made is not None and made.state == "failed":
        raise PermanentError(
            f"The room could not be opened: {made.detail}.",
            fallback="Press “Try the room again”, or work on the board and by phone.",
        )
    if room.channel is None:
        raise TransientError("the room is not open yet", retry_after=2)
    return {"room": room.channel}
