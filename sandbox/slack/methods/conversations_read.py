"""conversations.* that only look: info, list, members, history, replies."""

import re

from sandbox.slack.acts.shaping import message_json, replies
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import HISTORY, READ, Call, method, page
from sandbox.slack.methods.users import wanted_kinds
from sandbox.slack.model import Json, Message

TS = re.compile(r"^\d+(\.\d+)?$")
WINDOW = "cursor limit:int latest oldest inclusive:bool include_all_metadata:bool"


@method(
    "conversations.info",
    args="channel include_locale:bool include_num_members:bool",
    required="channel",
    by_kind=READ,
    errors="channel_not_found",
    tier=3,
)
def conversations_info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel()
    shaped = call.shape(channel)
    if call.args.get("include_num_members"):
        shaped["num_members"] = len(channel.members)
    if call.args.get("include_locale"):
        shaped["locale"] = "en-GB"
    return {"channel": shaped}


@method(
    "conversations.list",
    args="cursor limit:int types exclude_archived:bool team_id",
    by_kind=READ,
    errors="invalid_cursor invalid_types",
    tier=2,
)
def conversations_list(call: Call) -> Json:
    """The conversations that the bot may know of."""
    kinds = wanted_kinds(call)
    found = [
        call.shape(channel) | {"num_members": len(channel.members)}
        for channel in call.world.channels.values()
        if channel.kind in kinds
        and call.world.sees(channel, call.bot)
        and not (call.args.get("exclude_archived") and channel.is_archived)
    ]
    channels, metadata = page(found, call, default=100)
    return {"channels": channels, **metadata}


@method(
    "conversations.members",
    args="channel cursor limit:int",
    required="channel",
    by_kind=READ,
    errors="channel_not_found invalid_cursor",
    tier=4,
)
def conversations_members(call: Call) -> Json:
    """Who is in a conversation."""
    members, metadata = page(call.channel().members, call, default=100)
    return {"members": members, **metadata}


@method(
    "conversations.history",
    args=f"channel {WINDOW}",
    required="channel",
    by_kind=HISTORY,
    errors="channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest not_in_channel",
    tier=3,
)
def conversations_history(call: Call) -> Json:
    """The top-level messages of a conversation that the bot is in, newest first."""
    channel = call.channel(member=True)
    within = _window(call)
    found = [
        message
        for message in reversed(channel.messages.values())
        if (message.thread_ts in {None, message.ts} or message.reply_broadcast) and within(message)
    ]
    shown, metadata = page(found, call, default=100)
    return {
        "messages": [_shape(call, message) for message in shown],
        "has_more": bool(metadata["response_metadata"]["next_cursor"]),
        "pin_count": len(channel.pins),
        **metadata,
    }


@method(
    "conversations.replies",
    args=f"channel ts {WINDOW}",
    required="channel ts",
    by_kind=HISTORY,
    errors="channel_not_found invalid_cursor invalid_ts_latest invalid_ts_oldest thread_not_found",
    tier=3,
)
def conversations_replies(call: Call) -> Json:
    """A thread, its parent first, oldest first."""
    channel = call.channel()
    parent = channel.messages.get(call.text("ts"))
    if parent is None or call.bot not in channel.members:
        raise SlackError("thread_not_found")
    within = _window(call)
    answers = [message for message in replies(channel, parent.ts) if within(message)]
    shown, metadata = page([parent, *answers], call, default=1000)
    return {
        "messages": [_shape(call, message) for message in shown],
        "has_more": bool(metadata["response_metadata"]["next_cursor"]),
        **metadata,
    }


def _shape(call: Call, message: Message) -> Json:
    with_metadata = bool(call.args.get("include_all_metadata"))
    return message_json(call.world, message, metadata=with_metadata)


class _window:  # noqa: N801 - used as a function that remembers its bounds
    """Whether a message lies between `oldest` and `latest` (both exclusive unless `inclusive`)."""

    def __init__(self, call: Call) -> None:
        for name in ("latest", "oldest"):
            if call.text(name) and not TS.match(call.text(name)):
                raise SlackError(f"invalid_ts_{name}")
        self.oldest = _micros(call.text("oldest") or "0")
        self.latest = _micros(call.text("latest")) if call.text("latest") else None
        self.inclusive = bool(call.args.get("inclusive"))

    def __call__(self, message: Message) -> bool:
        ts = _micros(message.ts)
        if self.inclusive and ts in {self.oldest, self.latest}:
            return True
        return ts > self.oldest and (self.latest is None or ts < self.latest)


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)
