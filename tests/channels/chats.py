"""Incoming webhooks as chats offer them: what they take, what they refuse, what they answer."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MATTERMOST_KEYS = {
    "text", "channel", "username", "icon_url", "icon_emoji", "attachments", "type", "props",
    "priority",
}  # fmt: skip
MATTERMOST_LONGEST = 16_383


def mattermost_says(payload: Any) -> tuple[int, str]:
    """Status and text, as the server answers (docs: developers.mattermost.com, incoming)."""
    if not isinstance(payload, dict) or not payload.keys() <= MATTERMOST_KEYS:
        return 400, "Unable to parse incoming data"
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        return 400, "No text specified"
    if len(text) > MATTERMOST_LONGEST:
        return 400, "The post would be cut into several"
    if not isinstance(payload.get("props", {}), dict):
        return 400, "Unable to parse incoming data"
    return 200, "ok"


def slack_says(payload: Any) -> tuple[int, str]:
    """As Slack answers: `ok`, or the reason in one word."""
    if not isinstance(payload, dict) or not payload.keys() <= {"text", "blocks", "unfurl_links",
                                                              "unfurl_media"}:  # fmt: skip
        return 400, "invalid_payload"
    if not payload.get("text"):
        return 400, "no_text"
    if len(payload.get("blocks", [])) > 50:
        return 400, "invalid_blocks"
    return 200, "ok"


@dataclass
class Chat:
    """One incoming webhook; `replies` are given before it behaves as it should."""

    says: Callable[[Any], tuple[int, str]]
    url: str = ""
    replies: list[web.Response] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.replies:
            return self.replies.pop(0)
        if request.content_type != "application/json":
            return web.Response(status=400, text="Unable to parse incoming data")
        payload = await request.json()
        status, text = self.says(payload)
        if status == 200:
            self.posts.append(payload)
        return web.Response(status=status, text=text)


@asynccontextmanager
async def chat(says: Callable[[Any], tuple[int, str]]) -> AsyncIterator[Chat]:
    one = Chat(says)
    app = web.Application()
    app.router.add_post("/hooks/xxx-generatedkey-xxx", one.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/xxx-generatedkey-xxx"
    try:
        yield one
    finally:
        await runner.cleanup()
