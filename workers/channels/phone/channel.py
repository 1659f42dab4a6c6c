"""Asks a person to phone: `sent` once the task stands, `delivered` when somebody ticks it.

The words say which notice waits and where it was sent, and nothing of its content: the line is
open, and the task is read wherever the incident is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from coalition.domain.errors import PermanentError, UserError
from coalition.domain.incident.commands import PhoneCall, RequestCall
from coalition.domain.messages import SYSTEM
from coalition.rendering.notices.phone import words
from workers.channels import Sent

if TYPE_CHECKING:
    from coalition.domain.audiences import ToChannel
    from coalition.domain.channels import PhoneChannel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from workers.context import WorkerContext

REPEATABLE = True
"""The incident knows for which sending it has a task already."""


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: PhoneChannel,
    effect: str,
) -> Sent:
    """Put the call on the incident's list of tasks, with an alarm that mentions a person.

    Raises:
        PermanentError: the incident takes no more tasks.
        TransientError: the log does not answer.
    """
    notice, audience = cleared.content, cast("ToChannel", cleared.audience)
    member = ctx.tocsin.coalition.member(audience.member)
    command = RequestCall(
        id=f"call-{effect}",
        at=ctx.now(),
        actor=SYSTEM,
        incident=notice.incident_id,
        call=PhoneCall(
            notice=notice.number,
            member=member.id,
            attempt=notice.attempt,
            channel=audience.index,
        ),
        text=words(notice, channel, member, ctx.tocsin.coalition.name),
    )
    try:
        await ctx.execute(command)
    except UserError as error:
        raise PermanentError(error.message, fallback=command.text) from error
    return Sent("sent", {"asked": "a person to phone"})
