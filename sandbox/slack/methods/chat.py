"""The methods chat.*."""

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace

from sandbox.slack.acts import messages, rooms
from sandbox.slack.acts.composing import TEXT_LIMIT, checked_content, checked_metadata, compose
from sandbox.slack.acts.shaping import message_json, permalink
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, Handler, method
from sandbox.slack.model import Channel, Json, Message

POST_ARGS = (
    "channel text blocks:json attachments:json thread_ts reply_broadcast:bool metadata:json "
    "markdown_text username icon_emoji icon_url unfurl_links:bool unfurl_media:bool "
    "link_names:bool parse mrkdwn:bool as_user:bool"
)
CONTENT = "invalid_blocks invalid_blocks_format markdown_text_conflict no_text too_many_attachments"
META = "invalid_metadata_format invalid_metadata_schema metadata_too_large"
SCHEDULE_DAYS = 120
DAY = 86_400


def _renamed(code: str, instead: str) -> Callable[[Handler], Handler]:
    """Methods disagree on the name of one refusal: answer with the one of this method."""

    def around(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def call_it(call: Call) -> Json:
            try:
                return handler(call)
            except SlackError as error:
                if error.code == code:
                    raise SlackError(instead, *error.messages, **error.extra) from error
                raise

        return call_it

    return around


def _target(call: Call) -> Channel:
    """The channel to post to; a user id means the direct message with that person."""
    wanted = call.text("channel")
    if wanted in call.world.users:
        channel, _ = rooms.open_direct(call.world, [call.bot, wanted])
        return channel
    channel = call.channel()
    public = channel.kind == "public" and "chat:write.public" in call.grant.scopes
    if call.bot not in channel.members and not public:
        raise SlackError("not_in_channel")
    return channel


def _posted(call: Call, channel: Channel, message: Message) -> Message:
    if call.args.get("reply_broadcast") and message.thread_ts:
        message.reply_broadcast, message.subtype = True, "thread_broadcast"
    return messages.post(call.world, channel, message)


@method(
    "chat.postMessage",
    args=POST_ARGS,
    required="channel",
    scopes="chat:write",
    errors=f"{CONTENT} {META} channel_not_found is_archived not_in_channel msg_blocks_too_long "
    "cannot_reply_to_message",
    tier=5,
)
@_renamed("message_not_found", "cannot_reply_to_message")
def chat_post_message(call: Call) -> Json:
    """Post as the bot."""
    channel = _target(call)
    if len(call.text("text")) > TEXT_LIMIT:
        call.warnings.append("message_truncated")
    message = _posted(call, channel, compose(call.world, channel.id, call.args, notes=call.notes))
    shaped = message_json(call.world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shaped}


@method(
    "chat.postEphemeral",
    args="channel user text blocks:json attachments:json thread_ts markdown_text username "
    "icon_emoji icon_url link_names:bool parse as_user:bool metadata:json",
    required="channel user",
    scopes="chat:write",
    errors=f"{CONTENT} channel_not_found is_archived not_in_channel user_not_in_channel "
    "msg_too_long",
    tier=4,
)
@_renamed("msg_blocks_too_long", "msg_too_long")
def chat_post_ephemeral(call: Call) -> Json:
    """Show a message to one member of a channel."""
    channel = _target(call)
    if call.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    _short_enough(call)
    given = {key: value for key, value in call.args.items() if key != "metadata"}
    message = compose(call.world, channel.id, given, notes=call.notes)
    message.ephemeral_for = call.text("user")
    messages.post_ephemeral(call.world, channel, message)
    return {"message_ts": message.ts}


@method(
    "chat.update",
    args="channel ts text blocks:json attachments:json metadata:json markdown_text parse "
    "link_names:bool as_user:bool file_ids:list reply_broadcast:bool",
    required="channel ts",
    scopes="chat:write",
    errors=f"{CONTENT} {META} channel_not_found message_not_found cant_update_message msg_too_long",
    tier=3,
)
@_renamed("msg_blocks_too_long", "msg_too_long")
def chat_update(call: Call) -> Json:
    """Change one of the bot's own messages.

    New text without blocks takes the old blocks away; otherwise what is not given stays. Only a
    change without blocks shows the mark "edited".
    """
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.bot or (message.subtype or "thread_broadcast") != "thread_broadcast":
        raise SlackError("cant_update_message")
    _short_enough(call)
    changes = checked_content(call.args, notes=call.notes)
    if not call.text("text") and "blocks" not in call.args and "markdown_text" not in call.args:
        del changes["text"], changes["blocks"]
    if "attachments" not in call.args:
        del changes["attachments"]
    if "metadata" in call.args:
        changes["metadata"] = checked_metadata(call.args["metadata"])
    mark = call.bot if not call.args.get("blocks") and "text" in changes else None
    messages.edit(call.world, channel, message, mark, **changes)
    shaped = message_json(call.world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shaped}


@method(
    "chat.delete",
    args="channel ts as_user:bool",
    required="channel ts",
    scopes="chat:write",
    errors="cant_delete_message channel_not_found message_not_found",
    tier=3,
)
def chat_delete(call: Call) -> Json:
    """Delete one of the bot's own messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.user != call.bot:
        raise SlackError("cant_delete_message")
    messages.delete(call.world, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method(
    "chat.getPermalink",
    args="channel message_ts",
    required="channel message_ts",
    errors="channel_not_found message_not_found",
    tier=5,
)
def chat_get_permalink(call: Call) -> Json:
    """The web address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call.world, channel, message)}


@method(
    "chat.scheduleMessage",
    args=f"{POST_ARGS} post_at:int".replace(" username icon_emoji icon_url", "").replace(
        " mrkdwn:bool", ""
    ),
    required="channel post_at",
    scopes="chat:write",
    errors=f"{CONTENT} {META} channel_not_found is_archived not_in_channel time_in_past "
    "time_too_far msg_too_long",
    tier=3,
)
@_renamed("msg_blocks_too_long", "msg_too_long")
def chat_schedule_message(call: Call) -> Json:
    """Post later, up to 120 days ahead."""
    channel = _target(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    delay = int(call.args["post_at"]) - call.world.clock()
    if delay <= 0:
        raise SlackError("time_in_past")
    if delay > SCHEDULE_DAYS * DAY:
        raise SlackError("time_too_far")
    message = compose(call.world, channel.id, call.args, notes=call.notes)
    ident = call.world.new_id("Q")
    handle = asyncio.get_running_loop().call_later(delay, _due, call, channel, message, ident)
    call.world.scheduled[ident] = {"channel": channel.id, "handle": handle}
    shaped = message_json(call.world, message, metadata=True) | {"type": "delayed_message"}
    del shaped["ts"]
    return {
        "channel": channel.id,
        "scheduled_message_id": ident,
        "post_at": call.args["post_at"],
        "message": shaped,
    }


@method(
    "chat.deleteScheduledMessage",
    args="channel scheduled_message_id as_user:bool",
    required="channel scheduled_message_id",
    scopes="chat:write",
    errors="channel_not_found invalid_scheduled_message_id",
    tier=3,
)
def chat_delete_scheduled_message(call: Call) -> Json:
    """Take a scheduled message back before it is posted."""
    channel = call.channel()
    found = call.world.scheduled.get(call.text("scheduled_message_id"))
    if found is None or found["channel"] != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    found["handle"].cancel()
    del call.world.scheduled[call.text("scheduled_message_id")]
    return {}


def _due(call: Call, channel: Channel, message: Message, ident: str) -> None:
    del call.world.scheduled[ident]
    if not channel.is_archived and call.bot in channel.members:
        _posted(call, channel, replace(message, ts=call.world.new_ts()))


def _short_enough(call: Call) -> None:
    if len(call.text("text")) > TEXT_LIMIT:
        raise SlackError("msg_too_long")
