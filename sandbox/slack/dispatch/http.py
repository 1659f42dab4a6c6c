"""Signed HTTP delivery to the app's request URL."""

import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.dispatch.delivery import Delivery, Parcel
from sandbox.slack.model import Json
from sandbox.slack.world import World

FORM = "application/x-www-form-urlencoded"
OK = 200


class HttpWay:
    """Posts parcels to `app.request_url`, signed with the signing secret."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, parcel: Parcel, deadline: float) -> Delivery:
        """Post one parcel and wait for the answer."""
        url = self._world.app.request_url
        if url is None:
            return Delivery("no_connection", "none", 0.0, reason="no request_url is set")
        body, headers = self._signed(parcel)
        started = time.perf_counter()
        try:
            status, text, answer_headers = await self._post(url, body, headers, deadline)
        except TimeoutError:
            return Delivery("timeout", "http", _since(started), reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Delivery("failed", "http", _since(started), reason="connection_failed")
        if status != OK:
            no_retry = answer_headers.get("x-slack-no-retry") == "1"
            return Delivery("failed", "http", _since(started), status, text, "http_error", no_retry)
        return Delivery("acked", "http", _since(started), status, _parsed(text, answer_headers))

    async def verify(self, url: str, deadline: float) -> bool:
        """Whether the URL echoes a challenge, as Slack's settings page asks before taking it."""
        challenge = secrets.token_urlsafe(24)
        payload = {
            "type": "url_verification",
            "token": self._world.app.verification_token,
            "challenge": challenge,
        }
        body, headers = self._signed(Parcel("events_api", "url_verification", payload))
        try:
            status, text, answer_headers = await self._post(url, body, headers, deadline)
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False
        parsed = _parsed(text, answer_headers)
        echoed = parsed.get("challenge") if isinstance(parsed, dict) else None
        return status == OK and challenge in {echoed, text.strip()}

    async def _post(
        self, url: str, body: bytes, headers: dict[str, str], deadline: float
    ) -> tuple[int, str, dict[str, str]]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=deadline)
        async with self._session.post(
            url, data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            text = await response.text()
            lowered = {key.lower(): value for key, value in response.headers.items()}
            return response.status, text, lowered

    def _signed(self, parcel: Parcel) -> tuple[bytes, dict[str, str]]:
        if parcel.kind == "events_api":
            content, body = "application/json", json.dumps(parcel.payload)
        elif parcel.kind == "slash_commands":
            content, body = FORM, urlencode(_form(parcel.payload))
        else:
            content, body = FORM, urlencode({"payload": json.dumps(parcel.payload)})
        stamp = str(self._world.now())
        base = f"v0:{stamp}:{body}".encode()
        digest = hmac.new(self._world.app.signing_secret.encode(), base, hashlib.sha256)
        headers = {
            "Content-Type": content,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }
        if parcel.retry:
            headers["X-Slack-Retry-Num"] = str(parcel.retry)
            headers["X-Slack-Retry-Reason"] = parcel.retry_reason or "unknown_error"
        return body.encode(), headers


def _form(payload: Json) -> dict[str, str]:
    """Form fields are texts: flags become `true` and `false`."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in payload.items()
    }


def _parsed(text: str, headers: dict[str, str]) -> object:
    if headers.get("content-type", "").startswith("application/json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return {"text": text} if text else None


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
