"""The channel itself: made or adopted, named by the id alone, with topic, pin and bookmark."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError
from coalition.rendering.slack.names import EXERCISE, room_name
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.clearing import board_url
from workers.rooms.opened import Opening, Step

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident

NAMES = 6
"""Names to try: the plain one, then with -2 … -6."""

CLOCKS_APART = timedelta(minutes=2)
PAGE, PAGES = 200, 25


async def create(opening: Opening) -> Step:
    """A private channel; one of that name that is ours already is adopted."""
    ctx, incident = opening.ctx, opening.incident
    await ctx.hand_over()
    for attempt in range(1, NAMES + 1):
        name = room_name(incident.number, exercise=incident.exercise, attempt=attempt)
        call = client(ctx).conversations_create(name=name, is_private=True)
        try:
            made = await carried_out(ctx, "conversations.create", call)
        except SlackRefused as error:
            if error.code != "name_taken":
                raise
        else:
            return Step(channel=made["channel"]["id"])
        if ours := await _ours(opening, name):
            opening.adopted = True
            return Step(channel=ours)
    message = f"All names from {name} on are taken in Slack"
    raise PermanentError(message, fallback="Rename or delete the old channels, then try again")


async def _ours(opening: Opening, name: str) -> str | None:
    """Id of the channel of that name, if we made it for this incident.

    We did if our bot made it and it is not older than the incident: numbers start anew when the
    records are lost, and an old room must not show a new incident to its people.
    """
    ctx = opening.ctx
    me = (await carried_out(ctx, "auth.test", client(ctx).auth_test()))["user_id"]
    since = (opening.incident.opened_at - CLOCKS_APART).timestamp()
    arguments: dict[str, Any] = {"types": "private_channel", "limit": PAGE}
    for _ in range(PAGES):
        page = await carried_out(
            ctx, "conversations.list", client(ctx).conversations_list(**arguments)
        )
        for channel in page["channels"]:
            if channel["name"] == name:
                fits = channel.get("creator") == me and channel.get("created", 0) >= since
                return channel["id"] if fits and not channel.get("is_archived") else None
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
        arguments["cursor"] = cursor
    return None


async def set_topic(opening: Opening) -> Step:
    """Topic and purpose, of nothing that changes: a stale label would be worse than none."""
    ctx, incident = opening.ctx, opening.incident
    await ctx.hand_over()
    call = client(ctx).conversations_setTopic(channel=opening.channel, topic=topic(incident))
    await carried_out(ctx, "conversations.setTopic", call)
    purpose = (
        f"{_mark(incident)}Tocsin's room for {incident.number}. "
        "Labels and state: the pinned headline."
    )
    call = client(ctx).conversations_setPurpose(channel=opening.channel, purpose=purpose)
    await carried_out(ctx, "conversations.setPurpose", call)
    return Step()


def topic(incident: Incident) -> str:
    """What stands above the room, for as long as it exists."""
    what = f"{incident.number} · the pinned headline has label and state · /incident help"
    return f"{_mark(incident)}{what}"


def _mark(incident: Incident) -> str:
    return f"{EXERCISE} {EXERCISE} {EXERCISE} · " if incident.exercise else ""


async def pin(opening: Opening) -> Step:
    """The headline, pinned."""
    ctx = opening.ctx
    await ctx.hand_over()
    call = client(ctx).pins_add(
        channel=opening.channel, timestamp=opening.incident.room.headline_ts
    )
    try:
        await carried_out(ctx, "pins.add", call)
    except SlackRefused as error:
        if error.code != "already_pinned":
            raise
    return Step()


async def bookmark(opening: Opening) -> Step:
    """The board's page of the incident, in the room's bar."""
    ctx, number = opening.ctx, opening.incident.number
    link = board_url(ctx.tocsin, number)
    if opening.resumed:
        call = client(ctx).bookmarks_list(channel_id=opening.channel)
        known = await carried_out(ctx, "bookmarks.list", call)
        if any(one.get("link") == link for one in known["bookmarks"]):
            return Step()
    await ctx.hand_over()
    call = client(ctx).bookmarks_add(
        channel_id=opening.channel,
        title=f"{f'{EXERCISE} ' if opening.incident.exercise else ''}{number} on the board",
        type="link",
        link=link,
    )
    await carried_out(ctx, "bookmarks.add", call)
    return Step()
