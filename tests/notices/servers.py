"""Real counterparts on 127.0.0.1: a webhook receiver, a mail server, and servers that misbehave."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from standardwebhooks import Webhook

from tests.notices.stage import SECRET

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

    Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """A partner's endpoint: verifies with the reference library, then answers as planned."""

    url: str = ""
    replies: list[web.StreamResponse] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    accepted: list[Any] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.bodies.append(body)
        self.headers.append(headers)
        self.peers.append(request.remote or "")
        if self.replies:
            return self.replies.pop(0)
        self.accepted.append(Webhook(SECRET).verify(body, headers))
        return web.json_response({"ok": True})


@asynccontextmanager
async def receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    one = Receiver()
    app = web.Application(client_max_size=1_000_000)
    app.router.add_post("/tocsin", one.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    one.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/tocsin"
    try:
        yield one
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(talk: Conversation, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that does what `talk` does with each connection; gives its port."""
    open_writers: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.append(writer)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_writers:
            writer.close()
        await server.wait_closed()


@dataclass
class MailServer:
    """What arrived, and how the next commands are answered."""

    url: str = ""
    rcpt: str = "250 2.1.5 OK"
    data: str = "250 2.0.0 stored as 4711"
    drop_after_text: bool = False
    messages: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    conversations: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.conversations += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data.startswith("250"):
            self.messages.append(envelope)
            self.encrypted.append(session.ssl is not None)
        if self.drop_after_text:
            _hang_up(server)
        return self.data


def _hang_up(server: SMTP) -> None:
    transport = server.transport
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.abort()  # one that has closed cannot be aborted before Python 3.11.3


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    success = (data.login, data.password) == (b"hub", b"p@ss word")
    return AuthResult(success=success, handled=False)


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, require_login: bool = False
) -> AsyncIterator[MailServer]:
    one = MailServer()
    loop = asyncio.get_running_loop()
    conversations: list[SMTP] = []

    def conversation() -> SMTP:
        smtp = SMTP(
            one,
            loop=loop,
            hostname="mail.example",
            tls_context=tls,
            authenticator=_login,
            auth_required=require_login,
        )
        conversations.append(smtp)
        return smtp

    server = await loop.create_server(conversation, "127.0.0.1", 0)
    one.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield one
    finally:
        server.close()
        for smtp in conversations:
            _hang_up(smtp)
        await server.wait_closed()
