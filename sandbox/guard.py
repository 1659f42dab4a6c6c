"""What stands before every route: no writes from other sites, no foreign scripts."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING = {"GET", "HEAD", "OPTIONS"}


class Guard:
    """Refuses writes whose Origin is another site; adds the page policy to HTML.

    The sandbox has no login, so any page open in the same browser could otherwise act in it.
    Programs send no Origin and are not affected.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless a page of another site wants to write."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        is_foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
        if is_foreign and scope["method"] not in READING:
            refusal = PlainTextResponse("the sandbox takes no writes from other sites' pages", 403)
            await refusal(scope, receive, send)
            return

        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.setdefault("X-Content-Type-Options", "nosniff")
                if answer.get("content-type", "").startswith("text/html"):
                    answer.setdefault("Content-Security-Policy", self.policy)
                    answer.setdefault("Referrer-Policy", "no-referrer")
                    answer.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_policy)
