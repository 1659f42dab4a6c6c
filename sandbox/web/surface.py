"""The one door through which the pages read the workspace: its documented HTTP surface.

The pages live in the same process, so the call goes straight to the ASGI app without a socket;
but they see nothing that a program outside could not see.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

OK = 200


class SurfaceError(Exception):
    """The workspace refused; `status` is its HTTP status, the text its own detail."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Surface:
    """Reads from `/_control/*` of the workspace served by `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def get(self, what: str, **query: str | int | None) -> Mapping[str, Any]:
        """The JSON of `GET /_control/<what>`; None in the query is left out.

        Raises:
            SurfaceError: the workspace answered with an error.
        """
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        status, body = await _call(self._app, f"/_control/{what}", asked)
        document: Mapping[str, Any] = json.loads(body)
        if status != OK:
            raise SurfaceError(status, str(document.get("detail") or document.get("error")))
        return document


async def _call(app: ASGIApp, path: str, query: str) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 0),
        "server": None,  # the workspace learns its address from real requests only
    }
    status, chunks = 0, bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            chunks.extend(message.get("body", b""))

    await app(scope, receive, send)
    return status, bytes(chunks)
