"""A running workspace and the ways to it: as a person, as an app, over plain HTTP."""

import json
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import uvicorn
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.handler import RetryHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.slack import Server, World, create_app

Json = dict[str, Any]
PATIENCE = 15.0


class Refused(Exception):
    """A control request answered with a failure."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.error = body.get("error")
        self.detail = str(body.get("detail"))


class Workspace:
    """A sandbox served on a free port."""

    def __init__(self, seed: Json) -> None:
        self.world = World.from_seed(seed)
        self.server = Server(create_app(self.world))
        self.url = self.server.url

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def client(self, token: str = "xoxb-sandbox") -> WebClient:
        """The real SDK client; nothing is retried behind the test's back."""
        none: list[RetryHandler] = []
        return WebClient(token, base_url=f"{self.url}/api/", retry_handlers=none)

    def post(self, path: str, **body: object) -> Json:
        """Do something as a person."""
        data = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        return self._json(urllib.request.Request(f"{self.url}/_control/{path}", data, headers))  # noqa: S310

    def get(self, path: str, **query: object) -> Json:
        """Look at something."""
        asked = urllib.parse.urlencode(query)
        return self._json(urllib.request.Request(f"{self.url}/_control/{path}?{asked}"))  # noqa: S310

    def delete(self, path: str) -> Json:
        """Clear something."""
        address = f"{self.url}/_control/{path}"
        return self._json(urllib.request.Request(address, method="DELETE"))  # noqa: S310

    def wait(self, kind: str, **wanted: object) -> Json:
        """What `wait` finds within the test's patience."""
        found = self.post("wait", **{"for": kind, "timeout": PATIENCE, **wanted})["match"]
        assert isinstance(found, dict)
        return found

    def raw(self, method: str, data: bytes | None = None, **headers: str) -> tuple[int, Json, Json]:
        """A call to the Web API past the SDK: status, body, lowered headers."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        request = urllib.request.Request(f"{self.url}/api/{method}", data, named)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                lowered = {key.lower(): value for key, value in answer.headers.items()}
                return answer.status, json.load(answer), lowered
        except urllib.error.HTTPError as error:
            with error:
                lowered = {key.lower(): value for key, value in error.headers.items()}
                text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else {}, lowered

    @staticmethod
    def _json(request: urllib.request.Request) -> Json:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE + 5) as answer:  # noqa: S310
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.load(error)) from None
        assert isinstance(body, dict)
        return body


@dataclass(frozen=True)
class Envelope:
    """One envelope as it came over the socket."""

    whole: Json

    @property
    def payload(self) -> Json:
        """What Slack wants to say."""
        return dict(self.whole["payload"])

    def names(self) -> set[str]:
        """The names it goes by: its type, its payload's, its event's."""
        event = self.payload.get("event") or {}
        return {str(self.whole["type"]), str(self.payload.get("type")), str(event.get("type"))}


class App:
    """An app on Socket Mode that records every envelope and answers as told.

    `answer` gets the envelope and returns the payload of its acknowledgement; `SILENT` means none.
    """

    SILENT = object()

    def __init__(self, workspace: Workspace) -> None:
        self.received: list[Envelope] = []
        self.told: list[Json] = []
        self.answer: Callable[[Envelope], object] = lambda _envelope: None
        self._arrived = threading.Condition()
        answer = workspace.client().apps_connections_open(app_token="xapp-sandbox")
        self._connecting = connect(str(answer["url"]))
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self.listen()
        self.hears("hello")
        return self

    def listen(self) -> None:
        """Connect, and begin to take what comes."""
        self._socket = self._connecting.__enter__()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._connecting.__exit__(None, None, None)
        self._thread.join(PATIENCE)

    def first(self, kind: str) -> Json:
        """The payload of the first envelope that goes by the name `kind`."""
        return self.some(kind, 1)[0].payload

    def some(self, kind: str, count: int) -> list[Envelope]:
        """The first `count` envelopes of a kind, once there are that many."""
        found: list[Envelope] = []

        def enough() -> bool:
            found[:] = [one for one in self.received if kind in one.names()]
            return len(found) >= count

        with self._arrived:
            there = self._arrived.wait_for(enough, PATIENCE)
            assert there, f"wanted {count} of {kind}, got {[e.names() for e in self.received]}"
        return found[:count]

    def hears(self, kind: str) -> Json:
        """The first message of a type that is not an envelope: `hello`, `disconnect`, `closed`."""
        found: list[Json] = []

        def there() -> bool:
            found[:] = [message for message in self.told if message["type"] == kind]
            return bool(found)

        with self._arrived:
            assert self._arrived.wait_for(there, PATIENCE), f"no {kind}: {self.told}"
        return found[0]

    def _listen(self) -> None:
        try:
            for text in self._socket:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        self._keep({"type": "closed", "code": self._socket.close_code})

    def _take(self, message: Json) -> None:
        if "envelope_id" in message:
            answer = self.answer(Envelope(message))
            if answer is not self.SILENT:
                acknowledged = {"envelope_id": message["envelope_id"]}
                with_payload = {"payload": answer} if answer is not None else {}
                self._socket.send(json.dumps(acknowledged | with_payload))
        self._keep(message)

    def _keep(self, message: Json) -> None:
        with self._arrived:
            if "envelope_id" in message:
                self.received.append(Envelope(message))
            else:
                self.told.append(message)
            self._arrived.notify_all()


@contextmanager
def serving(endpoint: Callable[[Request], Awaitable[Response]]) -> Iterator[str]:
    """A request URL on a free port, answered by `endpoint`."""
    served = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(served, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}/slack/events"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def code_of(error: SlackApiError) -> str:
    """The Slack error code of a refusal."""
    return str(error.response["error"])


def plain(text: str) -> Json:
    """A plain_text object as Slack gives it back."""
    return {"type": "plain_text", "text": text, "emoji": True}


def modal(*blocks: Json, callback_id: str = "a_modal", **more: object) -> Json:
    """A modal with a title, a submit button and these blocks."""
    shell: Json = {"type": "modal", "callback_id": callback_id, "title": plain("A modal")}
    return shell | {"submit": plain("Go"), "blocks": list(blocks), **more}


def text_input(block_id: str, **element: object) -> Json:
    """An input block with one text field whose action id is `value`."""
    field = {"type": "plain_text_input", "action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": field}


def button(action_id: str, **more: object) -> Json:
    """A block with one button."""
    element = {"type": "button", "action_id": action_id, "text": plain(action_id), **more}
    return {"type": "actions", "block_id": f"{action_id}_block", "elements": [element]}
