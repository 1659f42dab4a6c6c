"""A stand-in for the hub, and the acts a test performs on really served partners."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.sandbox.partners.serving import Reply, call

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

PAGE = """<!doctype html><html><head><title>hidden title</title></head><body>
<p>TLP:AMBER</p><h1>Answer notice</h1>
<form action="?x=1"><input name="q"></form>
<form method="post" action="/n/{token}">
  <input type="hidden" name="csrf" value="c-{token}">
  <label><input type="radio" name="answer" value="acknowledge"> Acknowledge</label>
  <label><input type="radio" name="answer" value="accept"> Accept</label>
  <label><input type="radio" name="answer" value="need-info"> Need info</label>
  <label><input type="checkbox" name="sure" required> I mean it</label>
  <textarea name="note"></textarea><input name="by" required>
  <button>Send</button>
</form></body></html>"""


@dataclass
class Hub:
    """Takes answers like the product: a page per token and a signed inbox; remembers all."""

    url: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    page_opens: int = 0
    api: list[dict[str, Any]] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    page_failures: list[int] = field(default_factory=list)
    lose_next_reply: bool = False

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/n/{token}", self._page, methods=["GET"]),
                Route("/n/{token}", self._take, methods=["POST"]),
                Route("/api/v1/inbox/{member}", self._inbox, methods=["POST"]),
            ]
        )

    async def _page(self, request: Request) -> Response:
        self.page_opens += 1
        if self.page_failures:
            return HTMLResponse("busy", self.page_failures.pop(0))
        token = request.path_params["token"]
        if token in self.answered:
            return HTMLResponse(f"<p>You answered: {self.answered[token]}</p>")
        return HTMLResponse(PAGE.format(token=token))

    async def _take(self, request: Request) -> Response:
        if self.failures:
            return HTMLResponse("broken", self.failures.pop(0))
        async with request.form() as form:
            fields = {name: str(value) for name, value in form.items()}
        self.posts.append(fields)
        self.answered.setdefault(request.path_params["token"], fields["answer"])
        if self.lose_next_reply:
            self.lose_next_reply = False
            return HTMLResponse("recorded, but the answer to you is lost", 502)
        return HTMLResponse("<p>Thank you, recorded.</p>")

    async def _inbox(self, request: Request) -> Response:
        if self.failures:
            return JSONResponse({"error": "busy"}, self.failures.pop(0))
        body = await request.body()
        Webhook(SECRET).verify(body, dict(request.headers))
        self.api.append(
            json.loads(body) | {"member": request.path_params["member"],
                                "id": request.headers["webhook-id"]}
        )  # fmt: skip
        return JSONResponse({"ok": True})


@dataclass
class Partners:
    """The partners under test: where they are, and the acts a test performs on them."""

    url: str
    smtp_port: int
    hub: Hub

    def get(self, path: str) -> Any:
        return call("GET", f"{self.url}{path}").json

    def post(self, path: str, body: Any = None) -> Reply:
        return call("POST", f"{self.url}{path}", body)

    def notice(self, notice_id: str = "NT-0001", **data: Any) -> dict[str, Any]:
        fields = {
            "notice_id": notice_id,
            "incident_id": "INC-7",
            "tlp": "TLP:AMBER",
            "ack_url": f"{self.hub.url}/n/tok-{notice_id}",
        }
        return {"type": "notice.alert", "timestamp": "2026-11-21T03:00:00Z", "data": fields | data}

    def send(
        self,
        partner: str = "lv",
        *,
        body: Any = None,
        message_id: str = "msg_1",
        secret: str = SECRET,
        off_by: timedelta = timedelta(),
        timeout: float = 15,
        **headers: str,
    ) -> Reply:
        """POST a signed webhook as the hub would; keyword headers override the right ones."""
        raw = json.dumps(body or self.notice()).encode()
        at = datetime.now(UTC) + off_by
        signed = {
            "webhook_id": message_id,
            "webhook_timestamp": str(int(at.timestamp())),
            "webhook_signature": Webhook(secret).sign(message_id, at, raw.decode()),
        }
        url = f"{self.url}/partners/{partner}/webhook"
        return call("POST", url, raw=raw, timeout=timeout, **(signed | headers))

    def inbox_when(
        self, fits: Callable[[dict[str, Any]], bool], partner: str = "lv"
    ) -> dict[str, Any]:
        """The partner's inbox once it fits; each look waits for a change, none sleeps."""
        revision = -1
        for _ in range(200):
            inbox: dict[str, Any] = self.get(f"/partners/{partner}/inbox?since={revision}&wait=5")
            if fits(inbox):
                return inbox
            revision = inbox["revision"]
        pytest.fail(f"the inbox never fitted: {inbox}")


def partner(partner_id: str = "lv", **behaviour: Any) -> dict[str, Any]:
    return {
        "id": partner_id,
        "name": f"CERT {partner_id.upper()}",
        "timezone": "Europe/Riga",
        "webhook": {"secret": SECRET},
        "mail": [f"cert@{partner_id}.example"],
        "behaviour": behaviour,
    }


StartPartners = Callable[..., Partners]
