"""The workspace's state: who and what is in it, ids and times, and who sees what.

A `World` belongs to the event loop that serves it; nothing here is locked. What may happen in it is
in `acts/`; this module only holds, finds and announces.
"""

import asyncio
import secrets
import time
from collections.abc import Callable

from sandbox.slack.changes import ChangeFeed
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.faults import Faults
from sandbox.slack.limits import RateLimiter
from sandbox.slack.model import (
    AppConfig,
    Channel,
    FileRecord,
    Grant,
    Json,
    Message,
    ResponseUrl,
    Timing,
    Trigger,
    User,
    View,
    Workspace,
)
from sandbox.slack.traffic import Entry, TrafficLog

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MICRO = 1_000_000


class World:
    """One workspace with one installed app, in memory.

    `clock` gives the time in seconds and is replaced only by tests that must see minutes pass.
    """

    def __init__(
        self, workspace: Workspace, app: AppConfig, *, timing: Timing | None = None
    ) -> None:
        self.workspace = workspace
        self.app = app
        self.timing = timing or Timing()
        self.paid = True
        self.base_url = ""
        self.clock: Callable[[], float] = time.time
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.grants: dict[str, Grant] = {}
        self.ephemerals: dict[str, Message] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.usergroups: dict[str, Json] = {}
        self.files: dict[str, FileRecord] = {}
        self.scheduled: dict[str, Json] = {}
        self.oauth_codes: dict[str, Json] = {}
        self.socket_tickets: set[str] = set()
        self.suggested: dict[tuple[str, str], list[Json]] = {}
        self.changes = ChangeFeed()
        self.traffic = TrafficLog()
        self.faults = Faults()
        self.limits = RateLimiter()
        self.events: asyncio.Queue[Json] = asyncio.Queue()
        self._last_micro = 0

    @classmethod
    def from_seed(cls, seed: Json) -> "World":
        """The workspace that `seed` describes (README, "Seed").

        Raises:
            ValueError: a field of the seed is wrong; the message names it.
        """
        from sandbox.slack.seed import build_world  # noqa: PLC0415 - seed builds on this module

        return build_world(seed)

    # ------------------------------------------------------------------ time and identity

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.clock())

    def new_ts(self) -> str:
        """A message timestamp, higher than every one before."""
        micro = max(int(self.clock() * MICRO), self._last_micro + 1)
        self._last_micro = micro
        return f"{micro // MICRO}.{micro % MICRO:06d}"

    def new_id(self, prefix: str) -> str:
        """An id in Slack's manner, such as `C0` and nine letters."""
        return f"{prefix}0" + "".join(secrets.choice(ALPHABET) for _ in range(9))

    # ------------------------------------------------------------------ finding

    @property
    def bot(self) -> User:
        """The app's bot user."""
        return self.users[self.app.bot_user_id]

    def user(self, user_id: str, error: str = "user_not_found") -> User:
        """The user with this id.

        Raises:
            SlackError: `error`, when there is none.
        """
        found = self.users.get(user_id)
        if found is None or found.deleted:
            raise SlackError(error)
        return found

    def person(self, ref: object) -> User:
        """The user that a control request means: an id, `name` or `@name`.

        Raises:
            ControlError: nobody is called that.
        """
        if isinstance(ref, str):
            name = ref.removeprefix("@").lower()
            for user in self.users.values():
                if ref == user.id or name == user.name.lower():
                    return user
        known = ", ".join(user.name for user in self.users.values())
        raise ControlError("user_not_found", f"no user {ref!r} here; there are: {known}", 404)

    def room(self, ref: object, viewer: User) -> Channel:
        """The channel that a control request means: an id, `name` or `#name`, as `viewer` sees it.

        Raises:
            ControlError: there is none, or this person cannot see it.
        """
        if isinstance(ref, str):
            name = ref.removeprefix("#").lower()
            for channel in self.channels.values():
                if ref == channel.id or (channel.name and name == channel.name.lower()):
                    if self.sees(channel, viewer.id):
                        return channel
                    break
        raise ControlError("channel_not_found", f"{viewer.name} sees no channel {ref!r}", 404)

    def sees(self, channel: Channel, user_id: str) -> bool:
        """Public channels are seen by all, every other kind by its members only."""
        return channel.kind == "public" or user_id in channel.members

    def direct(self, user_ids: list[str]) -> Channel | None:
        """The direct or group message between exactly these people, if it was ever opened."""
        wanted = sorted(set(user_ids))
        for channel in self.channels.values():
            if channel.kind in {"im", "mpim"} and sorted(channel.members) == wanted:
                return channel
        return None

    def message_at(self, channel: Channel, ts: str, viewer: str) -> Message | None:
        """The message or, for its one reader, the ephemeral with this timestamp."""
        message = channel.messages.get(ts)
        if message is not None:
            return message
        ephemeral = self.ephemerals.get(ts)
        if ephemeral and ephemeral.channel == channel.id and ephemeral.ephemeral_for == viewer:
            return ephemeral
        return None

    # ------------------------------------------------------------------ announcing

    def audience(self, channel: Channel) -> frozenset[str] | None:
        """Who may notice a change in this channel; None: everybody."""
        return None if channel.kind == "public" else frozenset(channel.members)

    def changed(self, kind: str, audience: frozenset[str] | None = None, /, **data: object) -> None:
        """Put a change on the feed."""
        self.changes.add(self.clock(), kind, data, audience)

    def changed_in(self, channel: Channel, kind: str, /, **data: object) -> None:
        """Put a change of one channel on the feed, for those who see it."""
        self.changed(kind, self.audience(channel), channel=channel.id, **data)

    def notice(self, user_id: str, text: str) -> None:
        """What Slack itself tells one person, outside any message."""
        self.changed("notice", frozenset({user_id}), user=user_id, text=text)

    def publish(self, event: Json, channel: Channel | None = None) -> None:
        """Queue an event for the app, if it is subscribed and, for a channel's, a member."""
        if channel is not None and self.app.bot_user_id not in channel.members:
            return
        wanted = self.app.bot_events
        name = str(event["type"])
        if name == "message" and channel is not None:
            name = f"message.{MESSAGE_EVENTS[channel.kind]}"
        if wanted is None or name in wanted:
            self.events.put_nowait(event)

    def record(self, entry: Entry) -> None:
        """Keep an exchange with the app and put it on the feed."""
        self.traffic.entries.append(entry)
        self.changed("traffic", frozenset(), entry=entry.to_json())

    # ------------------------------------------------------------------ triggers, response URLs

    def issue_trigger(self, user: str, view_id: str | None = None) -> Trigger:
        """A fresh trigger for what this person just did."""
        ident = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        trigger = Trigger(ident, user, self.clock(), view_id)
        self.triggers[ident] = trigger
        return trigger

    def spend_trigger(self, ident: str) -> Trigger:
        """Use a trigger up.

        Raises:
            SlackError: `invalid_trigger_id`, `expired_trigger_id`, `exchanged_trigger_id`.
        """
        trigger = self.triggers.get(ident)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self.clock() - trigger.created > self.timing.trigger_lifetime:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def issue_response_url(self, user: str, channel: str, source: Message | None = None) -> str:
        """An address for answers to what `user` just did in `channel` (to `source`, if given)."""
        ident = secrets.token_urlsafe(24)
        self.response_urls[ident] = ResponseUrl(
            ident,
            user,
            channel,
            self.clock(),
            message_ts=source.ts if source else None,
            thread_ts=source.thread_ts if source else None,
        )
        return f"{self.base_url}/_responses/{self.workspace.id}/{ident}"


MESSAGE_EVENTS = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
