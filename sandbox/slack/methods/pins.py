"""The methods pins.*."""

from sandbox.slack.acts import messages
from sandbox.slack.acts.shaping import message_json, permalink
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Channel, Json, Message


def _item(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    return channel, call.message(channel, "timestamp")


@method(
    "pins.add",
    args="channel timestamp",
    required="channel",
    scopes="pins:write",
    errors="already_pinned channel_not_found message_not_found no_item_specified not_in_channel "
    "not_pinnable too_many_pins",
    tier=2,
)
def pins_add(call: Call) -> Json:
    """Pin a message."""
    channel = call.channel(member=True)
    _, message = _item(call)
    messages.pin(call.world, channel, message, call.bot)
    return {}


@method(
    "pins.remove",
    args="channel timestamp",
    required="channel",
    scopes="pins:write",
    errors="channel_not_found message_not_found no_item_specified no_pin",
    tier=2,
)
def pins_remove(call: Call) -> Json:
    """Take a pin out."""
    channel, message = _item(call)
    messages.unpin(call.world, channel, message, call.bot)
    return {}


@method(
    "pins.list",
    args="channel",
    required="channel",
    scopes="pins:read",
    errors="channel_not_found",
    tier=2,
)
def pins_list(call: Call) -> Json:
    """The pinned messages, newest pin first."""
    channel = call.channel()
    items = []
    for pin in reversed(channel.pins):
        message = channel.messages[pin.ts]
        shaped = message_json(call.world, message)
        shaped["permalink"] = permalink(call.world, channel, message)
        items.append(
            {
                "type": "message",
                "channel": channel.id,
                "created": pin.created,
                "created_by": pin.created_by,
                "message": shaped,
            }
        )
    return {"items": items}
