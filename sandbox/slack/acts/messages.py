"""Posting, changing and deleting messages, reactions and pins."""

import re
import uuid

from sandbox.slack.acts.shaping import message_json
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message, Pin, without_none
from sandbox.slack.world import World

CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(\|[^>]*)?>")
EMOJI = re.compile(r"^[\w+'-]+(::skin-tone-[2-6])?$")
PIN_LIMIT = 100
REACTION_LIMIT = 23


def post(world: World, channel: Channel, message: Message) -> Message:
    """Put a message into a channel; `message.ts` is already new.

    Raises:
        SlackError: `is_archived`, `message_not_found` when the thread is not there.
    """
    if channel.is_archived:
        raise SlackError("is_archived")
    if message.thread_ts:
        _join_thread(channel, message)
    channel.messages[message.ts] = message
    shaped = message_json(world, message, metadata=True)
    world.changed_in(
        channel,
        "message",
        ts=message.ts,
        thread_ts=message.thread_ts,
        message=message_json(world, message),
    )
    event = shaped | {"channel": channel.id, "event_ts": message.ts}
    event["channel_type"] = CHANNEL_TYPE[channel.kind]
    world.publish(event, channel)
    mentioned = {match[0] for match in MENTION.findall(message.text)}
    if world.app.bot_user_id in mentioned and message.user != world.app.bot_user_id:
        mention = {key: shaped[key] for key in MENTION_KEYS if key in shaped}
        mention |= {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        world.publish(mention, channel)
    return message


MENTION_KEYS = ("user", "text", "ts", "team", "blocks", "thread_ts", "client_msg_id", "files")


def post_ephemeral(world: World, channel: Channel, message: Message) -> Message:
    """Show a message to one person only; it is in nobody's history."""
    world.ephemerals[message.ts] = message
    _say_ephemeral(world, channel, message, "message.ephemeral")
    return message


def say(
    world: World,
    channel: Channel,
    user: str,
    text: str,
    *,
    thread_ts: str | None = None,
    blocks: list[Json] | None = None,
) -> Message:
    """A person writes in a channel."""
    message = Message(
        ts=world.new_ts(),
        channel=channel.id,
        user=user,
        text=text,
        thread_ts=thread_ts,
        blocks=blocks or [],
        client_msg_id=str(uuid.uuid4()),
    )
    return post(world, channel, message)


def announce(
    world: World, channel: Channel, user: str, subtype: str, text: str, **extra: object
) -> None:
    """A message that Slack itself writes: a join, a new topic, a new name."""
    message = Message(ts=world.new_ts(), channel=channel.id, user=user, subtype=subtype, text=text)
    message.extra = dict(extra)
    archived, channel.is_archived = channel.is_archived, False
    post(world, channel, message)
    channel.is_archived = archived


def edit(
    world: World, channel: Channel, message: Message, mark: str | None, **changes: object
) -> None:
    """Change parts of a message (text, blocks, attachments, metadata).

    `mark` is the user whom the mark "edited" names; None leaves it as it is.
    """
    before = message_json(world, message, metadata=True)
    if mark:
        message.edited = {"user": mark, "ts": world.new_ts()}
    for key, value in changes.items():
        setattr(message, key, value)
    if message.ephemeral_for:
        _say_ephemeral(world, channel, message, "message.ephemeral")
        return
    after = message_json(world, message, metadata=True)
    _changed(world, channel, message, "message.changed")
    world.publish(
        _hidden(world, channel, "message_changed", message=after, previous_message=before), channel
    )


def delete(world: World, channel: Channel, message: Message) -> None:
    """Remove a message (a parent's replies stay), or take an ephemeral away."""
    if message.ephemeral_for:
        del world.ephemerals[message.ts]
        audience = frozenset({message.ephemeral_for})
        world.changed("message.deleted", audience, channel=channel.id, ts=message.ts)
        return
    before = message_json(world, message, metadata=True)
    del channel.messages[message.ts]
    channel.pins = [pin for pin in channel.pins if pin.ts != message.ts]
    world.changed_in(
        channel, "message.deleted", ts=message.ts, thread_ts=message.thread_ts, message=before
    )
    world.publish(
        _hidden(world, channel, "message_deleted", previous_message=before, deleted_ts=message.ts),
        channel,
    )


def react(world: World, channel: Channel, message: Message, user: str, name: str) -> None:
    """Add an emoji reaction.

    Raises:
        SlackError: `invalid_name`, `already_reacted`, `too_many_reactions`, `is_archived`.
    """
    name = name.strip(":")
    if not EMOJI.match(name):
        raise SlackError("invalid_name")
    if channel.is_archived:
        raise SlackError("is_archived")
    users = message.reactions.get(name, [])
    if user in users:
        raise SlackError("already_reacted")
    if not users and len(message.reactions) >= REACTION_LIMIT:
        raise SlackError("too_many_reactions")
    message.reactions.setdefault(name, []).append(user)
    _reaction(world, channel, message, "added", user, name)


def unreact(world: World, channel: Channel, message: Message, user: str, name: str) -> None:
    """Take back an emoji reaction.

    Raises:
        SlackError: `no_reaction`.
    """
    name = name.strip(":")
    users = message.reactions.get(name, [])
    if user not in users:
        raise SlackError("no_reaction")
    users.remove(user)
    if not users:
        del message.reactions[name]
    _reaction(world, channel, message, "removed", user, name)


def pin(world: World, channel: Channel, message: Message, user: str) -> None:
    """Pin a message to its channel.

    Raises:
        SlackError: `already_pinned`, `too_many_pins`, `not_pinnable` for an ephemeral.
    """
    if message.ephemeral_for:
        raise SlackError("not_pinnable")
    if any(item.ts == message.ts for item in channel.pins):
        raise SlackError("already_pinned")
    if len(channel.pins) >= PIN_LIMIT:
        raise SlackError("too_many_pins")
    channel.pins.append(Pin(message.ts, world.now(), user))
    _pinning(world, channel, message, "added", user)


def unpin(world: World, channel: Channel, message: Message, user: str) -> None:
    """Take a pin out.

    Raises:
        SlackError: `no_pin`.
    """
    left = [item for item in channel.pins if item.ts != message.ts]
    if len(left) == len(channel.pins):
        raise SlackError("no_pin")
    channel.pins = left
    _pinning(world, channel, message, "removed", user)


def _join_thread(channel: Channel, message: Message) -> None:
    parent = channel.messages.get(message.thread_ts or "")
    if parent is None:
        raise SlackError("message_not_found")
    message.thread_ts = parent.thread_ts or parent.ts  # a reply to a reply goes to the thread
    if parent.ts == message.thread_ts:
        parent.thread_ts = parent.ts


def _changed(world: World, channel: Channel, message: Message, kind: str) -> None:
    world.changed_in(
        channel,
        kind,
        ts=message.ts,
        thread_ts=message.thread_ts,
        message=message_json(world, message),
    )


def _say_ephemeral(world: World, channel: Channel, message: Message, kind: str) -> None:
    reader = str(message.ephemeral_for)
    world.changed(
        kind,
        frozenset({reader}),
        channel=channel.id,
        user=reader,
        ts=message.ts,
        message=message_json(world, message) | {"ephemeral": True},
    )


def _hidden(world: World, channel: Channel, subtype: str, **parts: object) -> Json:
    ts = world.new_ts()
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": CHANNEL_TYPE[channel.kind],
        "ts": ts,
        "event_ts": ts,
        **parts,
    }


def _reaction(
    world: World, channel: Channel, message: Message, verb: str, user: str, name: str
) -> None:
    world.changed_in(channel, f"reaction.{verb}", ts=message.ts, user=user, name=name)
    _changed(world, channel, message, "message.changed")
    world.publish(
        {
            "type": f"reaction_{verb}",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": world.new_ts(),
        },
        channel,
    )


def _pinning(world: World, channel: Channel, message: Message, verb: str, user: str) -> None:
    world.changed_in(channel, f"pin.{verb}", ts=message.ts, user=user)
    _changed(world, channel, message, "message.changed")
    item = {
        "type": "message",
        "channel": channel.id,
        "message": message_json(world, message),
        "created": world.now(),
        "created_by": user,
    }
    event = {
        "type": f"pin_{verb}",
        "user": user,
        "channel_id": channel.id,
        "item": item,
        "item_user": message.user,
        "pin_count": len(channel.pins),
        "event_ts": world.new_ts(),
    }
    if verb == "removed":
        event["has_pins"] = bool(channel.pins)
    world.publish(without_none(event), channel)
