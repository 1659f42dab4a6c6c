"""Signed answers from partners' own systems: `POST /api/v1/inbox/<member>` (Standard Webhooks).

The signature with the secret that the member shares with us proves who answers, so help promised
here is verified. A repeat is recognised by its webhook-id, which makes the command's id and is
kept with the log; it is answered like the first, because its sender only wants to know that it
arrived. What is wrong with a message is said as JSON, never with a 500. Whoever cannot sign hears
the same of every member: that there is one, and that its secret cannot be read, our log says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.web import aid_inbox
from bot.web.answer.forms import LONGEST_NAME, LONGEST_NOTE, read_body
from coalition.adapters.coalition_file import read_secret
from coalition.application import answering
from coalition.application.answering import answer_received
from coalition.domain.channels import WebhookChannel
from coalition.domain.errors import NotFound, PermanentError, TransientError, UserError
from coalition.domain.incident.words import Answer
from coalition.rendering.notices.build import parse_notice_id
from coalition.rendering.notices.standard_webhooks import (
    BadSecret,
    BadSignature,
    check_secret,
    verify,
)

if TYPE_CHECKING:
    from starlette.requests import Request

    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import RecipientState

log = structlog.get_logger(__name__)

LARGEST_BODY = 20_000


class Given(BaseModel):
    """`data` of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notice_id: Annotated[str, StringConstraints(max_length=120)]
    answer: Answer
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""
    details: dict[str, str | int] = Field(default_factory=dict)  # by `answer_details`
    by: Annotated[str, StringConstraints(max_length=LONGEST_NAME)] = ""


class Envelope(BaseModel):
    """The body. Unknown keys beside these are allowed: senders' libraries add their own."""

    model_config = ConfigDict(frozen=True, strict=True)

    type: Literal["notice.answer"]
    data: Given


class Declined(Exception):
    """The message is not taken; carries the status and what is said."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message


def routes(tocsin: Tocsin) -> list[Route]:
    """`/api/v1/inbox/<member>`."""
    return [Route("/api/v1/inbox/{member}", Inbox(tocsin).receive, methods=["POST"])]


class Inbox:
    """The endpoint."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin

    async def receive(self, request: Request) -> JSONResponse:
        """200 with what stands now; else 4xx, or 503 with Retry-After, and an `error`."""
        body = await read_body(request, LARGEST_BODY)
        try:
            said = await run_in_threadpool(self._take, request, body)
            return JSONResponse(said, headers=_HEADERS)
        except Declined as declined:
            said = {"error": declined.error, "message": declined.message}
            retry = {"Retry-After": "30"} if declined.status == _BUSY else {}
            return JSONResponse(said, declined.status, headers=_HEADERS | retry)

    def _take(self, request: Request, body: bytes | None) -> dict[str, Any]:
        if body is None:
            raise Declined(413, "too_large", f"A body has at most {LARGEST_BODY} bytes.")
        member = request.path_params["member"]
        webhook_id = self._verified(member, request, body)
        if aid_inbox.is_act(body):
            return self._act(member, body, webhook_id)
        given = _parse(body)
        target = parse_notice_id(given.notice_id)
        if target is None or target[2] != member:
            raise _no_such_notice(given.notice_id)
        try:
            return self._answer(target, given, webhook_id, request)
        except NotFound:
            raise _no_such_notice(given.notice_id) from None
        except UserError as error:
            raise Declined(409, "refused", str(error)) from None
        except TransientError:
            hint = "It cannot be recorded just now; send it again, with the same webhook-id."
            raise Declined(_BUSY, "busy", hint) from None

    def _act(self, member: str, body: bytes, webhook_id: str) -> dict[str, Any]:
        """Something about mutual aid rather than an answer to a notice."""
        try:
            return aid_inbox.act(self._tocsin, member, body, webhook_id)
        except NotFound as error:
            raise Declined(404, "unknown_request", str(error)) from None
        except UserError as error:
            raise Declined(409, "refused", str(error)) from None
        except TransientError:
            hint = "It cannot be recorded just now; send it again, with the same webhook-id."
            raise Declined(_BUSY, "busy", hint) from None

    def _verified(self, member: str, request: Request, body: bytes) -> str:
        """The webhook-id, once the signature is shown to be the member's."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            return verify(self._secrets(member), headers, body, now=self._tocsin.clock.now())
        except BadSignature as error:
            raise Declined(401, "signature", f"Not verified: {error}.") from None

    def _secrets(self, member: str) -> list[str]:
        """Every webhook secret of the member: two, while one is being replaced.

        None for somebody unknown, and none of those that cannot be read or used: to both the same
        is then said as to a forger.
        """
        try:
            channels = self._tocsin.coalition.member(member).channels
        except NotFound:
            return []
        base = self._tocsin.settings.coalition.parent
        found = []
        for channel in channels:
            for place in channel.secrets() if isinstance(channel, WebhookChannel) else ():
                try:
                    secret = read_secret(place, base).get_secret_value()
                    check_secret(secret)
                    found.append(secret)
                except (PermanentError, BadSecret) as error:
                    log.warning("inbox_secret_unusable", member=member, error=type(error).__name__)
        return found

    def _answer(
        self, target: tuple[str, int, str], given: Given, webhook_id: str, request: Request
    ) -> dict[str, Any]:
        incident, notice, member = target
        standing = answer_received(
            self._tocsin.dispatcher,
            answering.Given(
                incident=incident,
                notice=notice,
                member=member,
                answer=given.answer,
                way="webhook",
                once=webhook_id,
                at=self._tocsin.clock.now(),
                note=given.note,
                by=given.by,
                details={name: str(value) for name, value in given.details.items()},
                evidence={
                    "webhook_id": webhook_id,
                    "ip": request.client.host if request.client else "",
                },
            ),
        )
        if not standing.holds(given.answer):
            raise Declined(409, "answered", "An earlier answer stands; yours was not recorded.")
        status = "recorded" if standing.recorded else "known"
        said = {"status": status, "notice_id": given.notice_id}
        return {**said, "stands": _standing(standing.recipient)}


_BUSY = 503
_HEADERS = {"Cache-Control": "no-store"}


def _parse(body: bytes) -> Given:
    try:
        return Envelope.model_validate_json(body).data
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise Declined(400, "malformed", f"{where}: {first['msg']}.") from None


def _no_such_notice(notice_id: str) -> Declined:
    shown = json.dumps(notice_id[:60])
    return Declined(404, "unknown_notice", f"No notice {shown} was sent to you.")


def _standing(recipient: RecipientState) -> dict[str, Any]:
    at = recipient.answered_at or recipient.acknowledged_at
    return {
        "answer": recipient.answer or "acknowledge",
        "by": recipient.answered_by,
        "at": at.isoformat() if at else None,
        "verified": recipient.verified,
        "details": recipient.details,
        "affected": recipient.affected,
    }
