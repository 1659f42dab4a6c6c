"""The part of MISP's REST interface that a push needs, answering as MISP 2.4 and 2.5 do.

An event is kept by UUID; `add` of a known one is 404 with the place of the old one, `edit` takes
only what is newer, and every event is read with PyMISP before it is taken.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pymisp import MISPEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = "k" * 40


@dataclass
class Misp:
    """What the server holds, and what it was asked."""

    url: str = ""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    hidden: bool = False  # an event that our user may not see, until it tries to add it

    async def view(self, request: web.Request) -> web.Response:
        known = request.match_info["uuid"] in self.events and not self.hidden
        return web.Response(status=200 if known else 404)

    async def add(self, request: web.Request) -> web.Response:
        event = await read(request)
        if event["uuid"] in self.events:
            where = f"{self.url}/events/{event['uuid']}"
            message = "Event already exists, if you would like to edit it, use the url."
            return refused(404, message, Location=where)
        return self.keep(event)

    async def edit(self, request: web.Request) -> web.Response:
        event = await read(request)
        known = self.events[request.match_info["uuid"]]
        if int(event["timestamp"]) <= int(known["timestamp"]):
            return refused(403, "Event in the request not newer than the local copy.")
        return self.keep({**known, **event})

    def keep(self, event: dict[str, Any]) -> web.Response:
        self.events[event["uuid"]] = event
        return web.json_response({"Event": {"uuid": event["uuid"], "info": event["info"]}})


async def read(request: web.Request) -> dict[str, Any]:
    """The event as PyMISP understands it; a body that it does not is an error of the test."""
    loaded = MISPEvent()
    loaded.load(await request.read())
    event: dict[str, Any] = json.loads(loaded.to_json())
    return event


def refused(status: int, message: str, **headers: str) -> web.Response:
    body = {"name": message, "message": message, "url": "/events"}
    return web.json_response(body, status=status, headers=headers)


@asynccontextmanager
async def misp_server() -> AsyncIterator[Misp]:
    one = Misp()

    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        one.asked.append((request.method, request.path.replace("/misp", "")))
        if request.headers.get("Authorization") != KEY:
            return refused(403, "Authentication failed.")
        assert request.headers["Accept"] == "application/json"
        response: web.StreamResponse = await handler(request)
        return response

    app = web.Application(middlewares=[guard])
    app.router.add_route("HEAD", "/misp/events/view/{uuid}", one.view)
    app.router.add_post("/misp/events/add/metadata:1", one.add)
    app.router.add_post("/misp/events/edit/{uuid}/metadata:1", one.edit)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/misp"
    try:
        yield one
    finally:
        await runner.cleanup()
