"""The methods reactions.*."""

from sandbox.slack.acts import messages
from sandbox.slack.acts.shaping import message_json, permalink
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Channel, Json, Message


def _item(call: Call) -> tuple[Channel, Message]:
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.channel()
    return channel, call.message(channel, "timestamp")


@method(
    "reactions.add",
    args="channel name timestamp",
    required="channel name timestamp",
    scopes="reactions:write",
    errors="already_reacted channel_not_found invalid_name is_archived message_not_found "
    "no_access no_item_specified too_many_reactions",
    tier=3,
)
def reactions_add(call: Call) -> Json:
    """React to a message of a channel that the bot is in."""
    channel, message = _item(call)
    if call.bot not in channel.members:
        raise SlackError("no_access")
    messages.react(call.world, channel, message, call.bot, call.text("name"))
    return {}


@method(
    "reactions.remove",
    args="channel name timestamp",
    required="name",
    scopes="reactions:write",
    errors="channel_not_found message_not_found no_item_specified no_reaction",
    tier=2,
)
def reactions_remove(call: Call) -> Json:
    """Take the bot's reaction back."""
    channel, message = _item(call)
    messages.unreact(call.world, channel, message, call.bot, call.text("name"))
    return {}


@method(
    "reactions.get",
    args="channel timestamp full:bool",
    scopes="reactions:read",
    errors="channel_not_found message_not_found no_item_specified",
    tier=3,
)
def reactions_get(call: Call) -> Json:
    """A message with its reactions."""
    channel, message = _item(call)
    shaped = message_json(call.world, message)
    shaped["permalink"] = permalink(call.world, channel, message)
    return {"type": "message", "channel": channel.id, "message": shaped}
