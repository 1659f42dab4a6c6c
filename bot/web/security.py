"""What every answer carries and what no request may: headers, body size, foreign forms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 256 * 1024
"""Bytes. Slack's largest payloads (a view submission) stay well below; so do signed answers."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def headers(*, https: bool) -> dict[str, str]:
    """What every answer carries; HSTS when we are served over TLS."""
    more = {"Strict-Transport-Security": "max-age=31536000"} if https else {}
    return _HEADERS | more


class SecurityHeaders:
    """Adds the headers that a route has not set itself."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = headers(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    sent.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyTooLarge(Exception):
    """Raised inside the application while it reads; answered with 413 by `BodyLimit`."""


class BodyLimit:
    """Answers 413 as soon as a body is known to be larger than `MAX_BODY`."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._limit:
            await self._refuse(send)
            return
        read = 0
        started = False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise BodyTooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except BodyTooLarge:
            if started:
                raise
            await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        text = f"The request is larger than {self._limit // 1024} KiB. Send less.\n".encode()
        sent = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": sent})
        await send({"type": "http.response.body", "body": text})


def is_own_form(request: Request, public_url: str | None) -> bool:
    """Whether a POST comes from a page of ours.

    Browsers send `Origin` with every form that is posted. It must be the address we are known by
    or the one the request was sent to. No browser: no cookie worth stealing, but no entry either.
    """
    sent = request.headers.get("origin", "")
    if not sent or sent == "null":
        return False
    own = {urlsplit(str(request.base_url))[:2]}
    if public_url:
        own.add(urlsplit(public_url)[:2])
    # Behind a proxy that ends TLS we see http; the host decides then.
    hosts = {host for _, host in own}
    return urlsplit(sent).netloc in hosts
