"""What can be read: the state, and each person's view of it."""

from starlette.responses import Response

from sandbox.slack.acts.shaping import replies
from sandbox.slack.control.common import (
    Asked,
    shown_channel,
    shown_message,
    shown_user,
    shown_view,
)
from sandbox.slack.errors import ControlError
from sandbox.slack.files import attachment
from sandbox.slack.model import Channel, Json, Message, User
from sandbox.slack.world import World

PAGE = 200


async def state(asked: Asked) -> Json:
    """`GET state`."""
    world, app = asked.world, asked.world.app
    bot = world.bot
    return {
        "workspace": {
            "id": world.workspace.id,
            "name": world.workspace.name,
            "domain": world.workspace.domain,
        },
        "app": {
            "app_id": app.app_id,
            "name": app.name,
            "bot_id": app.bot_id,
            "bot_user_id": app.bot_user_id,
            "socket_mode": app.socket_mode,
            "request_url": app.request_url,
            "scopes": sorted(app.scopes),
            "bot_events": None if app.bot_events is None else sorted(app.bot_events),
            "slash_commands": list(app.slash_commands),
            "shortcuts": list(app.shortcuts),
        },
        "users": [shown_user(user) for user in world.users.values()],
        "channels": [shown_channel(world, room, bot) for room in world.channels.values()],
        "views": [shown_view(world, view) for view in world.views.values() if view.type == "modal"],
        "homes": [shown_view(world, world.views[ident]) for ident in world.homes.values()],
        "usergroups": list(world.usergroups.values()),
        "sockets": len(asked.hub.sockets),
        "faults": world.faults.to_json(),
        "seq": world.changes.seq,
    }


async def users(asked: Asked) -> Json:
    """`GET users`."""
    return {"users": [shown_user(user) for user in asked.world.users.values()]}


async def channels(asked: Asked) -> Json:
    """`GET channels`."""
    user = asked.user()
    seen = [room for room in asked.world.channels.values() if asked.world.sees(room, user.id)]
    return {"channels": [shown_channel(asked.world, room, user) for room in seen]}


async def messages(asked: Asked) -> Json:
    """`GET messages`."""
    user, world = asked.user(), asked.world
    channel = asked.room(user, member=False)
    found = visible(world, channel, user, asked.body.get("thread_ts"))
    if oldest := asked.body.get("oldest"):
        found = [message for message in found if message.ts > oldest]
    try:
        limit = int(asked.body.get("limit") or PAGE)
    except ValueError as error:
        raise ControlError("bad_limit", "limit must be a number") from error
    return {
        "channel": shown_channel(world, channel, user),
        "messages": [shown_message(world, message) for message in found[-limit:]],
    }


async def inbox(asked: Asked) -> Json:
    """`GET inbox`."""
    user, world = asked.user(), asked.world
    mine = [message for message in world.ephemerals.values() if message.ephemeral_for == user.id]
    rooms = [
        room
        for room in world.channels.values()
        if room.kind in {"im", "mpim"} and user.id in room.members
    ]
    return {
        "ephemerals": [shown_message(world, message) for message in mine],
        "dms": [
            {
                "channel": shown_channel(world, room, user),
                "messages": [shown_message(world, m) for m in room.messages.values()],
            }
            for room in rooms
        ],
    }


async def views(asked: Asked) -> Json:
    """`GET views`."""
    user, world = asked.user(), asked.world
    stack = world.modals.get(user.id, [])
    home = world.views.get(world.homes.get(user.id, ""))
    return {
        "modals": [shown_view(world, world.views[ident]) for ident in stack],
        "home": shown_view(world, home),
    }


async def commands(asked: Asked) -> Json:
    """`GET commands`."""
    app = asked.world.app
    return {"commands": list(app.slash_commands), "shortcuts": list(app.shortcuts)}


async def traffic(asked: Asked) -> Json:
    """`GET traffic`."""
    log, given = asked.world.traffic, asked.body
    try:
        after, limit = int(given.get("after") or 0), int(given.get("limit") or PAGE)
    except ValueError as error:
        raise ControlError("bad_number", "after and limit must be numbers") from error
    found = [
        entry.to_json()
        for entry in log.entries
        if entry.id > after
        and given.get("kind") in {None, entry.kind}
        and given.get("name") in {None, entry.name}
    ]
    return {"entries": found[:limit] if after else found[-limit:], "last": log.last}


async def file(asked: Asked) -> Response:
    """`GET file`."""
    return attachment(asked.world.files.get(asked.text("id")))


def visible(
    world: World, channel: Channel, user: User, thread_ts: str | None = None
) -> list[Message]:
    """The messages a person sees in a channel, oldest first: the top level, or one thread."""
    mine = [
        message
        for message in world.ephemerals.values()
        if message.channel == channel.id and message.ephemeral_for == user.id
    ]
    if thread_ts:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            raise ControlError("message_not_found", "there is no such thread here", 404)
        found = [parent, *replies(channel, thread_ts)]
        found += [message for message in mine if message.thread_ts == thread_ts]
    else:
        found = [
            message
            for message in channel.messages.values()
            if message.thread_ts in {None, message.ts} or message.reply_broadcast
        ]
        found += [message for message in mine if not message.thread_ts]
    return sorted(found, key=lambda message: message.ts)
