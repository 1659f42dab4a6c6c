"""Puts a message in the timeline that somebody reacted to: effects of kind `note.fetch`.

Success: the timeline holds the message once, with its author, as a note of the person who
reacted. A message that is gone, or a person who may not act, is no failure: nothing is noted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AddNote
from coalition.domain.messages import Actor
from workers.rooms.calls import SlackRefused, carried_out, client

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.members import Coalition
    from workers.context import WorkerContext

GONE = frozenset({"message_not_found", "thread_not_found", "channel_not_found"})


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Fetch the message and note it.

    Raises:
        TransientError: to be tried again.
        PermanentError: Slack will not show it; a human is told.
    """
    order = claim.payload
    found = ctx.tocsin.coalition.by_slack(order["user"])
    message = await _message(ctx, order["channel"], order["ts"])
    if found is None or message is None or not message.get("text"):
        return {"noted": False}
    member, delegate = found
    command = AddNote(
        id=claim.id,
        at=ctx.now(),
        actor=Actor(kind="delegate", member=member.id, delegate=delegate.id, via="slack"),
        incident=order["incident"],
        text=plain(message["text"]),
        ref=f"{order['channel']}:{order['ts']}",
        author=_author(ctx.tocsin.coalition, message),
    )
    try:
        done = await ctx.execute(command)
    except UserError as error:
        return {"noted": False, "refused": type(error).__name__}
    return {"noted": not done.duplicate}


def plain(text: str) -> str:
    """Message text as it was typed: Slack keeps &, < and > escaped."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


async def _message(ctx: WorkerContext, channel: str, ts: str) -> dict[str, Any] | None:
    """One message, wherever it stands: at the top level or in a thread."""
    slack = client(ctx)
    try:
        call = slack.conversations_history(
            channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1
        )
        page = await carried_out(ctx, "conversations.history", call)
        if not page["messages"]:
            call = slack.conversations_replies(
                channel=channel, ts=ts, latest=ts, oldest=ts, inclusive=True, limit=1
            )
            page = await carried_out(ctx, "conversations.replies", call)
    except SlackRefused as error:
        if error.code in GONE:
            return None
        raise
    return next((one for one in page["messages"] if one.get("ts") == ts), None)


def _author(coalition: Coalition, message: dict[str, Any]) -> str:
    """The delegate who wrote it, else their Slack account or the app's name."""
    user = str(message.get("user") or message.get("username") or message.get("bot_id") or "")
    found = coalition.by_slack(user)
    return found[1].id if found else user
