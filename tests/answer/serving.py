"""The answer routes on a real uvicorn, and a browser-like client that follows nothing by itself."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import uvicorn
from starlette.applications import Starlette

from bot.web import answer, inbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from coalition.bootstrap import Tocsin


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Client:
    """Speaks to the served application."""

    base: str
    http: aiohttp.ClientSession

    async def get(self, path: str, method: str = "GET", **more: Any) -> Reply:
        return await self._ask(method, path, **more)

    async def post(self, path: str, data: Any, **more: Any) -> Reply:
        return await self._ask("POST", path, data=data, **more)

    async def _ask(self, method: str, path: str, **more: Any) -> Reply:
        async with self.http.request(
            method, self.base + path, allow_redirects=False, **more
        ) as reply:
            headers = {name.lower(): value for name, value in reply.headers.items()}
            return Reply(reply.status, headers, await reply.text())


@asynccontextmanager
async def served(tocsin: Tocsin) -> AsyncIterator[Client]:
    """Both ways to answer, on a port of their own."""
    app = Starlette(routes=[*answer.routes(tocsin), *inbox.routes(tocsin)])
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # requests wait in the queue until the server has started
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with aiohttp.ClientSession() as http:
            yield Client(base, http)
    finally:
        server.should_exit = True
        await serving
        listening.close()
