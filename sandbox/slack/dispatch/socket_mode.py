"""Socket Mode: up to ten web sockets of the app; each parcel goes to one of them."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.slack.dispatch.delivery import Delivery, Parcel
from sandbox.slack.model import Json
from sandbox.slack.world import World

LIMIT = 10
LIFETIME = 18_060  # seconds, as told in `hello`


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket and the parcels on it that are not acknowledged yet."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[object]] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked_to_go: bool = False

    async def send(self, message: Json) -> None:
        """Send one message; messages of one socket never interleave."""
        async with self.lock:
            await self.socket.send_text(json.dumps(message))


class SocketPool:
    """The app's open sockets, used in turn."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: list[Connection] = []

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, socket: WebSocket) -> None:
        """One socket from its greeting to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._world.socket_tickets:
            await socket.close(code=4401, reason="the ticket was used or never issued")
            return
        self._world.socket_tickets.discard(ticket)
        await socket.accept()
        connection = Connection(socket)
        if len(self._open) >= LIMIT:
            await connection.send(_goodbye("too_many_websockets"))
            await socket.close()
            return
        self._open.append(connection)
        try:
            await connection.send(self._hello())
            self._tell("socket.connected")
            while True:
                self._received(connection, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            # Starlette raises RuntimeError for a socket closed from our side meanwhile.
            pass
        finally:
            self._drop(connection)

    async def send(self, parcel: Parcel, deadline: float) -> Delivery:
        """Deliver a parcel on the next socket and wait for its acknowledgement."""
        started = time.perf_counter()
        connection = next((item for item in self._open if not item.asked_to_go), None)
        if connection is None:
            return Delivery("no_connection", "none", 0.0, reason="no open socket")
        self._open.remove(connection)
        self._open.append(connection)
        envelope_id = _uuid_like()
        acknowledged = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acknowledged
        try:
            async with asyncio.timeout(deadline):
                await connection.send(_envelope(envelope_id, parcel))
                body = await acknowledged
        except TimeoutError:
            return Delivery("timeout", "socket", _since(started), reason="timeout")
        except (WebSocketDisconnect, RuntimeError, ConnectionError):
            return Delivery("failed", "socket", _since(started), reason="the socket closed")
        finally:
            connection.waiting.pop(envelope_id, None)
        return Delivery("acked", "socket", _since(started), body=body)

    async def disconnect(self, reason: str, *, politely: bool) -> None:
        """Close every open socket, telling the app first when `politely`."""
        for connection in list(self._open):
            connection.asked_to_go = True
            if politely:
                await connection.send(_goodbye(reason))
            if connection.socket.application_state == WebSocketState.CONNECTED:
                await connection.socket.close(code=1000 if politely else 1011)

    def _received(self, connection: Connection, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        future = connection.waiting.get(str(message.get("envelope_id")))
        if future is not None and not future.done():
            future.set_result(message.get("payload"))

    def _drop(self, connection: Connection) -> None:
        self._open.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the socket closed"))
        self._tell("socket.closed")

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "sandbox", "approximate_connection_time": LIFETIME},
            "connection_info": {"app_id": self._world.app.app_id},
        }

    def _tell(self, kind: str) -> None:
        self._world.changed(kind, frozenset(), sockets=len(self._open))


def _envelope(envelope_id: str, parcel: Parcel) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "type": parcel.kind,
        "payload": parcel.payload,
        "accepts_response_payload": parcel.kind != "events_api",
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.retry_reason or ""}
    return envelope


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


def _uuid_like() -> str:
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
