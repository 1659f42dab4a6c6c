"""The webhook door: verify as Standard Webhooks asks, record everything, reply as planned."""

import asyncio
from binascii import Error as Base64Error

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.partners.people import People
from sandbox.partners.reading import read_webhook
from sandbox.partners.records import Delivery
from sandbox.partners.seed import WebhookReply
from sandbox.partners.world import PartnerWorld, UnknownPartnerError

BODY_LIMIT_BYTES = 1_000_000
# Longer than any sender's patience (Standard Webhooks: 15 to 30 s), so a hang is a timeout.
HANG_SECONDS = 120.0


def problem_with(body: bytes, headers: dict[str, str], secret: str) -> str:
    """Why this request is not a valid Standard Webhooks message; empty text if it is.

    The library raises ValueError on some malformed headers, accepts a fractional timestamp and
    an id with a dot; the standard allows none of these.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if "." in message_id:
        return "webhook-id contains a dot"
    if timestamp and not timestamp.isdigit():
        return "webhook-timestamp is not an integer of seconds"
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except WebhookVerificationError as error:
        return str(error)
    except (ValueError, Base64Error):
        return "malformed webhook-signature or body"
    return ""


class WebhookDoor:
    """Receives for every partner that has a webhook."""

    def __init__(self, world: PartnerWorld, people: People) -> None:
        self._world = world
        self._people = people

    async def receive(self, request: Request) -> Response:
        """Endpoint of `POST /partners/<id>/webhook`."""
        try:
            partner = self._world.partner(request.path_params["partner"])
        except UnknownPartnerError as error:
            return PlainTextResponse(str(error), 404)
        if partner.webhook is None:
            return PlainTextResponse(f"{partner.id} has no webhook", 404)
        body = await request.body()
        if len(body) > BODY_LIMIT_BYTES:
            return PlainTextResponse("body over 1 MB", 413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        problem = problem_with(body, headers, partner.webhook.secret)
        raw = body.decode("utf-8", "replace")
        delivery = self._world.record(
            partner.id,
            "webhook",
            headers.get("webhook-id", ""),
            reading=read_webhook(raw),
            raw=raw,
            headers=headers,
            problem=problem,
            signature="invalid" if problem else "valid",
        )
        if problem:
            return self._close(delivery, WebhookReply(status=401), problem)
        return await self._reply(delivery, self._world.next_reply(partner.id))

    async def _reply(self, delivery: Delivery, reply: WebhookReply) -> Response:
        if reply.hang:
            delivery.problem = "held open, never answered (as configured)"
            await asyncio.sleep(HANG_SECONDS)
            return self._close(delivery, WebhookReply(status=504), delivery.problem)
        is_accepted = 200 <= reply.status < 300  # noqa: PLR2004 - the 2xx class
        if is_accepted and self._world.accept(delivery):
            self._people.arrived(delivery)
        if not is_accepted:
            delivery.problem = f"refused with {reply.status} (as configured)"
        if reply.delay_seconds:
            # Accepted before the reply: a sender that gives up waiting is then in doubt.
            await asyncio.sleep(reply.delay_seconds)
        return self._close(delivery, reply, delivery.problem or "ok")

    def _close(self, delivery: Delivery, reply: WebhookReply, text: str) -> Response:
        delivery.status = reply.status
        self._world.touch()
        headers = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
        return PlainTextResponse(text, reply.status, headers)
