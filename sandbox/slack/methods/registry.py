"""The table of Web API methods: for each, its arguments, scopes, tier and possible errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox.slack.acts.shaping import channel_json
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Grant, Json, Kind, Message, TokenKind
from sandbox.slack.world import World

# What any method may answer. `invalid_arguments` carries the details in response_metadata.
COMMON_ERRORS = frozenset(
    {
        "internal_error",
        "invalid_arguments",
        "invalid_auth",
        "invalid_form_data",
        "invalid_json",
        "method_not_supported_for_channel_type",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "ratelimited",
        "unknown_method",
    }
)
T = TypeVar("T")
ByKind = Mapping[Kind, tuple[str, ...]]

READ: ByKind = {
    "public": ("channels:read",),
    "private": ("groups:read",),
    "im": ("im:read",),
    "mpim": ("mpim:read",),
}
HISTORY: ByKind = {
    "public": ("channels:history",),
    "private": ("groups:history",),
    "im": ("im:history",),
    "mpim": ("mpim:history",),
}
MANAGE: ByKind = {
    "public": ("channels:manage",),
    "private": ("groups:write",),
    "im": ("im:write",),
    "mpim": ("mpim:write",),
}
INVITE: ByKind = {
    **MANAGE,
    "public": ("channels:manage", "channels:write.invites"),
    "private": ("groups:write", "groups:write.invites"),
}
TOPIC: ByKind = {
    "public": ("channels:manage", "channels:write.topic"),
    "private": ("groups:write", "groups:write.topic"),
    "im": ("im:write", "im:write.topic"),
    "mpim": ("mpim:write", "mpim:write.topic"),
}


@dataclass(slots=True)
class Call:
    """One call: who asks (`grant`), with what (`args`, already of the declared types)."""

    world: World
    grant: Grant
    args: Json
    method: "Method"
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def bot(self) -> str:
        """The bot user's id: whoever holds a bot token acts as it."""
        return self.world.app.bot_user_id

    def text(self, name: str) -> str:
        """A text argument, empty when absent."""
        return str(self.args.get(name) or "")

    def channel(self, name: str = "channel", *, member: bool = False) -> Channel:
        """The conversation that an argument names, if the bot may know of it.

        Raises:
            SlackError: `channel_not_found` (also for private ones it is not in), `missing_scope`,
                `not_in_channel` when `member` is asked for.
        """
        channel = self.world.channels.get(self.text(name))
        if channel is None or not self.world.sees(channel, self.bot):
            raise SlackError("channel_not_found")
        if self.method.by_kind:
            self.need(*self.method.by_kind[channel.kind])
        if member and self.bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message that an argument names.

        Raises:
            SlackError: `message_not_found`.
        """
        found = channel.messages.get(self.text(name))
        if found is None:
            raise SlackError("message_not_found")
        return found

    def need(self, *scopes: str) -> None:
        """Go on only with one of these scopes.

        Raises:
            SlackError: `missing_scope`, with `needed` and `provided`.
        """
        if not self.grant.scopes.intersection(scopes):
            raise SlackError(
                "missing_scope",
                needed=",".join(scopes),
                provided=",".join(sorted(self.grant.scopes)),
            )

    def shape(self, channel: Channel) -> Json:
        """A conversation object as the bot sees it."""
        return channel_json(self.world, channel, self.bot)


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `args` maps names to `str`, `int`, `bool`, `json` or `list`.

    One of `scopes` suffices; `by_kind` decides by the conversation instead. `errors` are those it
    may answer besides `COMMON_ERRORS`; any other is a fault of the sandbox and is answered as
    `internal_error`.
    """

    name: str
    handler: Handler
    args: Mapping[str, str]
    required: tuple[str, ...]
    scopes: tuple[str, ...]
    by_kind: ByKind | None
    errors: frozenset[str]
    tier: int
    holder: TokenKind | None

    def all_scopes(self) -> frozenset[str]:
        """Every scope that could satisfy it."""
        found = set(self.scopes)
        for scopes in (self.by_kind or {}).values():
            found.update(scopes)
        return frozenset(found)


METHODS: dict[str, Method] = {}


def method(  # noqa: PLR0913 - a method has these properties
    name: str,
    *,
    args: str = "",
    required: str = "",
    scopes: str = "",
    by_kind: ByKind | None = None,
    errors: str = "",
    tier: int,
    holder: TokenKind | None = "bot",
) -> Callable[[Handler], Handler]:
    """Enter a method into the table. `args` is a text of `name` or `name:type` words."""

    def enter(handler: Handler) -> Handler:
        pairs = (word.partition(":")[::2] for word in args.split())
        METHODS[name] = Method(
            name=name,
            handler=handler,
            args={key: kind or "str" for key, kind in pairs},
            required=tuple(required.split()),
            scopes=tuple(scopes.split()),
            by_kind=by_kind,
            errors=frozenset(errors.split()),
            tier=tier,
            holder=holder,
        )
        return handler

    return enter


def page(items: list[T], call: Call, default: int) -> tuple[list[T], Json]:
    """The part of a list that `limit` and `cursor` ask for, and the `response_metadata`.

    Raises:
        SlackError: `invalid_cursor`.
    """
    start = 0
    if cursor := call.text("cursor"):
        if not cursor.startswith("next:") or not cursor[5:].isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor[5:])
    limit = int(call.args.get("limit") or default)
    end = start + max(1, min(limit, 1000))
    following = f"next:{end}" if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}
