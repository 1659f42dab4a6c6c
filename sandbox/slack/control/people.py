"""What people do among themselves: writing, reacting, pinning, rooms.

No answer of the app is awaited; what it does about it comes later.
"""

from sandbox.slack.acts import messages, rooms
from sandbox.slack.control.common import Asked, shown_channel, shown_message
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.model import Channel, Json, Message, User


async def write(asked: Asked) -> Json:
    """`POST message`."""
    user = asked.user()
    channel = asked.room(user)
    thread_ts = asked.body.get("thread_ts")
    blocks = asked.body.get("blocks")
    text = asked.text("text")
    if text.startswith("/"):
        raise ControlError("is_command", "a text starting with / is a command: POST command")
    message = messages.say(asked.world, channel, user.id, text, thread_ts=thread_ts, blocks=blocks)
    return {"message": shown_message(asked.world, message)}


async def edit(asked: Asked) -> Json:
    """`POST message/edit`."""
    channel, message, user = _own_message(asked)
    messages.edit(asked.world, channel, message, user.id, text=asked.text("text"))
    return {"message": shown_message(asked.world, message)}


async def delete(asked: Asked) -> Json:
    """`POST message/delete`: one's own message, or an ephemeral one dismisses."""
    channel, message, _ = _own_message(asked)
    messages.delete(asked.world, channel, message)
    return {}


async def react(asked: Asked) -> Json:
    """`POST reaction`."""
    user = asked.user()
    channel = asked.room(user)
    message = asked.message(channel, user)
    act = messages.unreact if asked.body.get("remove") else messages.react
    act(asked.world, channel, message, user.id, asked.text("name"))
    return {}


async def pin(asked: Asked) -> Json:
    """`POST pin`."""
    user = asked.user()
    channel = asked.room(user)
    message = asked.message(channel, user)
    act = messages.unpin if asked.body.get("remove") else messages.pin
    act(asked.world, channel, message, user.id)
    return {}


async def direct(asked: Asked) -> Json:
    """`POST dm`."""
    user, others = asked.user(), asked.body.get("with") or asked.world.app.bot_user_id
    if not isinstance(others, list):
        others = [others]
    members = [user.id, *(asked.world.person(other).id for other in others)]
    channel, _ = rooms.open_direct(asked.world, members)
    return {"channel": shown_channel(asked.world, channel, user)}


async def create(asked: Asked) -> Json:
    """`POST channel/create`."""
    user = asked.user()
    private = bool(asked.body.get("is_private"))
    channel = rooms.create(asked.world, asked.text("name"), user.id, private=private)
    return _room(asked, channel, user)


async def join(asked: Asked) -> Json:
    """`POST channel/join`."""
    user = asked.user()
    channel = asked.room(user, member=False)
    if channel.is_archived:
        raise SlackError("is_archived")
    rooms.join(asked.world, channel, user.id)
    return _room(asked, channel, user)


async def leave(asked: Asked) -> Json:
    """`POST channel/leave`."""
    user = asked.user()
    channel = asked.room(user)
    rooms.leave(asked.world, channel, user.id)
    return _room(asked, channel, user)


async def invite(asked: Asked) -> Json:
    """`POST channel/invite`."""
    user = asked.user()
    channel = asked.room(user)
    if channel.is_archived:
        raise SlackError("is_archived")
    for guest in _people(asked):
        rooms.join(asked.world, channel, guest.id, inviter=user.id)
    return _room(asked, channel, user)


async def kick(asked: Asked) -> Json:
    """`POST channel/kick`."""
    user = asked.user()
    channel = asked.room(user)
    for guest in _people(asked):
        if guest.id in channel.members:
            rooms.leave(asked.world, channel, guest.id, kicked_by=user.id)
    return _room(asked, channel, user)


async def archive(asked: Asked) -> Json:
    """`POST channel/archive`."""
    user = asked.user()
    channel = asked.room(user)
    rooms.archive(asked.world, channel, user.id)
    return _room(asked, channel, user)


async def unarchive(asked: Asked) -> Json:
    """`POST channel/unarchive`."""
    user = asked.user()
    channel = asked.room(user)
    rooms.unarchive(asked.world, channel, user.id)
    return _room(asked, channel, user)


async def rename(asked: Asked) -> Json:
    """`POST channel/rename`."""
    user = asked.user()
    channel = asked.room(user)
    rooms.rename(asked.world, channel, asked.text("name"), user.id)
    return _room(asked, channel, user)


async def topic(asked: Asked) -> Json:
    """`POST channel/topic`."""
    user = asked.user()
    channel = asked.room(user)
    value = str(asked.body.get("topic") or "")
    rooms.set_label(asked.world, channel, "topic", value, user.id)
    return _room(asked, channel, user)


def _room(asked: Asked, channel: Channel, user: User) -> Json:
    return {"channel": shown_channel(asked.world, channel, user)}


def _people(asked: Asked) -> list[User]:
    wanted = asked.body.get("users")
    if not isinstance(wanted, list) or not wanted:
        raise ControlError("missing_field", "the field 'users' is needed, as a list")
    return [asked.world.person(ref) for ref in wanted]


def _own_message(asked: Asked) -> tuple[Channel, Message, User]:
    user = asked.user()
    channel = asked.room(user)
    message = asked.message(channel, user)
    if user.id not in {message.user, message.ephemeral_for}:
        raise ControlError("not_own_message", f"{user.name} did not write this message")
    return channel, message, user
