"""The things a workspace is made of. Plain data; what may happen to them is in `acts/`.

Ids and timestamps look as Slack's do: `U…`, `C…`, `V…`; a message's `ts` is a decimal string of
seconds with six digits, unique in the workspace and rising.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]
TokenKind = Literal["bot", "app"]


@dataclass(slots=True)
class User:
    """A person or the app's bot user. `member` is a free label: which CERT they are from."""

    id: str
    name: str
    real_name: str
    email: str = ""
    is_admin: bool = False
    is_bot: bool = False
    tz: str = "UTC"
    member: str = ""
    deleted: bool = False
    updated: int = 0


@dataclass(slots=True)
class Label:
    """A channel's topic or purpose and who set it when (seconds)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass(slots=True)
class Pin:
    """One pinned message."""

    ts: str
    created: int
    created_by: str


@dataclass(slots=True)
class Message:
    """A message as stored. `ephemeral_for` names the only person who ever sees it."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    metadata: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    client_msg_id: str | None = None
    ephemeral_for: str | None = None
    reply_broadcast: bool = False


@dataclass(slots=True)
class Channel:
    """A room: public or private channel, direct message, or group message."""

    id: str
    name: str
    kind: Kind
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_general: bool = False
    topic: Label = field(default_factory=Label)
    purpose: Label = field(default_factory=Label)
    previous_names: list[str] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    updated: int = 0


@dataclass(slots=True)
class View:
    """A modal or home tab in front of one person.

    `definition` is what the app sent (with block and action ids filled in); `values` is what the
    person has entered, `errors` what the app refused at the last submit.
    """

    id: str
    user: str
    definition: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.definition["type"])


@dataclass(slots=True)
class Trigger:
    """The right to open one modal, for three seconds, once."""

    id: str
    user: str
    created: float
    view_id: str | None = None
    exchanged: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where the app may answer an interaction: five times within thirty minutes."""

    id: str
    user: str
    channel: str
    created: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class FileRecord:
    """An uploaded file; `content` is None until the bytes came, `shared` until it was completed."""

    id: str
    name: str
    length: int
    user: str
    created: int
    title: str = ""
    content: bytes | None = None
    shared: bool = False
    channels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do, and in whose name."""

    token: str
    kind: TokenKind
    scopes: frozenset[str]


@dataclass(slots=True)
class AppConfig:
    """The one installed app, as its settings page would show it.

    `bot_events` None means subscribed to everything. `socket_mode` decides the way to the app;
    `request_url` is used when it is off.
    """

    app_id: str
    name: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    client_id: str
    client_secret: str
    verification_token: str
    scopes: frozenset[str]
    bot_events: frozenset[str] | None
    slash_commands: list[Json]
    shortcuts: list[Json]
    socket_mode: bool
    request_url: str | None


@dataclass(frozen=True, slots=True)
class Workspace:
    """Team id, display name, domain."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Slack's clocks, in seconds; shortened only by tests that must see them run out."""

    ack_deadline: float = 3.0
    trigger_lifetime: float = 3.0
    redelivery_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    response_url_lifetime: float = 1800.0


def without_none(mapping: Mapping[str, Any]) -> Json:
    """A copy without the keys whose value is None: Slack leaves absent fields out."""
    return {key: value for key, value in mapping.items() if value is not None}
