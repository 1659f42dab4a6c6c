"""The Starlette app: everything the workspace answers to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sandbox.slack import control, files, responses, web_api
from sandbox.slack.dispatch.hub import Hub
from sandbox.slack.world import World


def create_app(world: World, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The app for a world. `extra_routes` come first; `app.state` has `world` and `hub`.

    Addresses that the workspace hands out (sockets, response URLs, files) use `world.base_url`;
    when that is empty, the address of the first request.
    """
    hub = Hub(world)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        hub.start()
        try:
            yield
        finally:
            await hub.stop()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            *extra_routes,
            Route("/api/{method}", web_api.endpoint, methods=["GET", "POST"]),
            control.routes(),
            WebSocketRoute("/_socket", _socket),
            WebSocketRoute("/_socket/", _socket),
            Route("/_responses/{team}/{ident}", responses.endpoint, methods=["POST"]),
            Route("/_files/upload/{ident}", files.upload, methods=["POST"]),
            Route("/_files/avatar/{name}", files.avatar),
            Route("/_files/{ident}/{name:path}", files.download),
            Route("/_ping", _ping),
        ],
    )
    app.state.world = world
    app.state.hub = hub
    app.add_middleware(_OwnAddress, world=world)
    return app


class _OwnAddress:
    """Learns the server's address from the first request."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.world.base_url and scope["type"] == "http" and scope.get("server"):
            host, port = scope["server"]
            self.world.base_url = f"http://{host}:{port}"
        await self.app(scope, receive, send)


async def _socket(socket: WebSocket) -> None:
    await socket.app.state.hub.sockets.serve(socket)


async def _ping(request: Request) -> Response:
    del request
    return PlainTextResponse("ok")
