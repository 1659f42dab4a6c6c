"""Posting once: every message carries the id of its effect, and is looked for before a repeat."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from workers.rooms.calls import carried_out, client

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.gate import Cleared
    from coalition.rendering.slack.rendered import Rendered
    from workers.context import WorkerContext

METADATA = "tocsin_message"
"""event_type of our metadata. Every app in a channel can read it: it holds ids, nothing else."""

CLOCKS_APART = timedelta(minutes=2)
PAGE, PAGES = 200, 10
REMEMBERED = 2_000


class Place(NamedTuple):
    """Where a message goes: a channel (or a person), and the thread in it."""

    channel: str
    thread: str | None = None


class _Anchors:
    """Where milestones stand, remembered by this process; Slack is asked for the rest."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def get(self, channel: str, anchor: str) -> str | None:
        return self._known.get((channel, anchor))

    def put(self, channel: str, anchor: str, ts: str) -> None:
        if anchor:
            self._known[channel, anchor] = ts
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


_anchors = _Anchors()


async def post_once(
    ctx: WorkerContext,
    claim: Claim,
    place: Place,
    message: Cleared[Rendered],
    *,
    key: str,
    since: datetime,
    anchor: str = "",
) -> str:
    """Post, unless a message with this `key` stands there since `since`; returns its ts.

    Raises:
        TransientError, SlackRefused: as `carried_out`.
        LeaseLost: another worker has the effect.
    """
    ts = None
    if claim.in_doubt or claim.attempt > 1:
        ts = await find(ctx, place, "effect", key, since)
    if ts is None:
        await ctx.hand_over()
        answer = await carried_out(
            ctx,
            "chat.postMessage",
            client(ctx).chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                metadata={
                    "event_type": METADATA,
                    "event_payload": {"effect": key, "anchor": anchor},
                },
                unfurl_links=False,
                unfurl_media=False,
                **message.content.arguments,
            ),
        )
        ts = str(answer["ts"])
    _anchors.put(place.channel, anchor, ts)
    return ts


async def find_anchor(ctx: WorkerContext, channel: str, anchor: str, since: datetime) -> str | None:
    """The ts of the milestone of that anchor; None while it is not posted."""
    ts = _anchors.get(channel, anchor)
    if ts is None:
        ts = await find(ctx, Place(channel), "anchor", anchor, since)
        if ts is not None:
            _anchors.put(channel, anchor, ts)
    return ts


async def find(
    ctx: WorkerContext, place: Place, name: str, value: str, since: datetime
) -> str | None:
    """The ts of our message whose metadata says `name: value`, posted since then; None if none."""
    arguments: dict[str, Any] = {
        "channel": place.channel,
        "oldest": f"{(since - CLOCKS_APART).timestamp():.6f}",
        "limit": PAGE,
        "include_all_metadata": True,
    }
    slack = client(ctx)
    for _ in range(PAGES):
        if place.thread is None:
            call = slack.conversations_history(**arguments)
            page = await carried_out(ctx, "conversations.history", call)
        else:
            call = slack.conversations_replies(ts=place.thread, **arguments)
            page = await carried_out(ctx, "conversations.replies", call)
        for message in page["messages"]:
            if _says(message, name, value):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
        arguments["cursor"] = cursor
    return None


def _says(message: dict[str, Any], name: str, value: str) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == METADATA and payload.get(name) == value
