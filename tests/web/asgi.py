"""A browser without a window: it speaks ASGI to the application in this process, with cookies."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Mapping

    from starlette.types import ASGIApp, Message

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, as a server has.

    Playwright keeps a loop running in the main thread, where no second one could run.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop")
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Keeps cookies as browsers do (Secure ones over TLS only). One event loop for all of it."""

    app: ASGIApp
    runner: Loop
    origin: str = "http://board.test"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(
        self, path: str, form: Mapping[str, str] | None = None, *, origin: str | None = ""
    ) -> Answer:
        """Post a form; `origin` is our own unless given (None: the header is absent)."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if origin is not None:
            headers["origin"] = origin or self.origin
        return self.send("POST", path, body=urlencode(form or {}).encode(), headers=headers)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        chunks: int = 1,
    ) -> Answer:
        return self.runner.run(self._send(method, path, body, headers or {}, chunks))

    async def _send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], chunks: int
    ) -> Answer:
        size = -(-len(body) // chunks) or 1
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        asked: list[Message] = [
            {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
            for at, part in enumerate(parts)
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            if asked:
                return asked.pop(0)
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        try:
            await self.app(self._scope(method, path, headers), receive, send)
        except RuntimeError as error:  # Starlette answers 500 and then raises on, for the log
            if not sent or "on purpose" not in str(error):
                raise
        return self._answer(sent)

    async def stream(self, path: str) -> AsyncGenerator[tuple[str, str], None]:
        """Yield (event, data) of a text/event-stream until the caller has enough."""
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        gone = asyncio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 200, message
            elif not message.get("more_body", False):
                await lines.put(None)
            else:
                await lines.put(message["body"])

        serving = asyncio.ensure_future(self.app(self._scope("GET", path, {}), receive, send))
        try:
            while (chunk := await lines.get()) is not None:
                parsed = dict(
                    line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line
                )
                if "event" in parsed:
                    yield parsed["event"], parsed["data"]
        finally:
            gone.set()
            await serving

    def _scope(self, method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(self.origin)
        target, _, query = path.partition("?")
        all_headers = {"host": parts.netloc, **headers}
        if self.cookies:
            all_headers["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "path": target,
            "raw_path": target.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in all_headers.items()],
            "client": ("192.0.2.7", 40000),
            "server": (parts.hostname, parts.port or 80),
        }

    def _answer(self, sent: list[Message]) -> Answer:
        start = sent[0]
        headers = {k.decode(): v.decode() for k, v in start["headers"]}
        for name, value in start["headers"]:
            if name == b"set-cookie":
                for key, morsel in SimpleCookie(value.decode()).items():
                    if morsel["max-age"] == "0":
                        self.cookies.pop(key, None)
                    else:
                        self.cookies[key] = morsel.value
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(start["status"], headers, body)
