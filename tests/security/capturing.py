"""Counterparts that keep every byte they are given, and who it was for."""

from __future__ import annotations

import email
import json
import re
from email.policy import default
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from coalition.domain.gate import ToChannel
from coalition.rendering.notices.mail import Posting, mail
from coalition.rendering.notices.webhook import body
from tests.slack.api import SlackApi
from workers.channels import Sent

if TYPE_CHECKING:
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice
    from workers.context import WorkerContext

Json = dict[str, Any]
SHOWN = ("text", "blocks", "view")
POSTS = ("chat.postMessage", "chat.update")


class Sending(NamedTuple):
    """One notice as it left: to whom, by which channel (its index), the bytes."""

    member: str
    channel: int
    sent: str


class Channel:
    """Stands in for every kind of channel; renders as the real ones do."""

    REPEATABLE = False

    def __init__(self) -> None:
        self.sendings: list[Sending] = []

    async def send(
        self, ctx: WorkerContext, cleared: Cleared[OutwardNotice], channel: Any, effect: str
    ) -> Sent:
        """Keep what both forms of the notice say."""
        to = cleared.audience
        assert isinstance(to, ToChannel)
        posting = Posting(effect=effect, host="h.example", sender="t@h.example", coalition="C",
                          to="c@p.example", at=ctx.now(), trace="t")  # fmt: skip
        message = email.message_from_bytes(mail(cleared.content, posting), policy=default)
        said = [str(message), body(cleared.content, ctx.now()).decode()]
        # Attachments travel in base64, which hides from a search what they say.
        said += [part.get_content().decode() for part in message.iter_attachments()]
        self.sendings.append(Sending(to.member, to.index, "".join(said)))
        return Sent("delivered", {})


class Rooms(SlackApi):
    """A Web API with rooms: `C-<incident>` for each, `D-<user>` for direct messages."""

    def take(self, method: str, body: bytes, headers: Any, query: str = "") -> tuple[int, Json]:
        status, answer = super().take(method, body, headers, query)
        asked = self.calls[-1][1]
        if method == "conversations.create":
            number = re.sub(r"^inc-", "INC-", str(asked.get("name", "")))
            answer |= {"channel": {"id": f"C-{number}"}}
        elif method == "conversations.open":
            answer |= {"channel": {"id": f"D-{asked.get('users', '')}"}}
        elif method in POSTS:
            answer |= {"ts": f"1700000000.{len(self.calls):06}"}
        elif method == "conversations.members":
            answer |= {"members": []}
        elif method in ("conversations.history", "conversations.replies"):
            answer |= {"messages": []}
        return status, answer

    def posts(self) -> list[tuple[str, str]]:
        """(channel, everything shown) of every message posted or changed."""
        return [
            (asked["channel"], unquote(json.dumps({key: asked.get(key) for key in SHOWN})))
            for method, asked in self.calls
            if method in POSTS
        ]

    def views(self) -> list[str]:
        """Every form and home that was shown."""
        return [json.dumps(asked["view"]) for _, asked in self.calls if "view" in asked]

    def others(self) -> str:
        """Everything else that Slack was told: names, topics, metadata, bookmarks."""
        rest = [
            {key: value for key, value in asked.items() if key not in SHOWN or method not in POSTS}
            for method, asked in self.calls
            if "view" not in asked
        ]
        return unquote(json.dumps(rest))
