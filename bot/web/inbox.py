"""Signed answers from partners' own systems: `POST /api/v1/inbox/<member>` (Standard Webhooks).

The signature with the secret that the member shares with us proves who answers, so aid accepted
here is verified. A repeat is recognised by its webhook-id, which makes the command's id and is
kept with the log; it is answered like the first, because its sender only wants to know that it
arrived. What is wrong with a message is said as JSON, never with a 500.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.web.answer.case import find
from bot.web.answer.forms import LONGEST_NAME, LONGEST_NOTE, read_body
from coalition.adapters.coalition_file import read_secret
from coalition.domain.channels import WebhookChannel
from coalition.domain.errors import NotFound, PermanentError, TransientError, UserError
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.incident.words import Answer
from coalition.domain.messages import Actor
from coalition.rendering.notices.build import parse_notice_id
from coalition.rendering.notices.standard_webhooks import BadSecret, BadSignature, verify

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.web.answer.case import Case
    from coalition.bootstrap import Tocsin

LARGEST_BODY = 20_000


class Given(BaseModel):
    """`data` of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notice_id: Annotated[str, StringConstraints(max_length=120)]
    answer: Answer
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""
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

    def _verified(self, member: str, request: Request, body: bytes) -> str:
        """The webhook-id, once the signature is shown to be the member's."""
        try:
            secrets = self._secrets(member)
            headers = {name.lower(): value for name, value in request.headers.items()}
            return verify(secrets, headers, body, now=self._tocsin.clock.now())
        except (PermanentError, BadSecret):
            hint = "The hub cannot read the secret it shares with you. Phone it."
            raise Declined(_BUSY, "hub_misconfigured", hint) from None
        except BadSignature as error:
            raise Declined(401, "signature", f"Not verified: {error}.") from None

    def _secrets(self, member: str) -> list[str]:
        """Every webhook secret of the member: two, while one is being replaced.

        None for somebody unknown, to whom the same is then said as to a forger.

        Raises:
            PermanentError: it shares secrets with us, and none of them can be read.
        """
        try:
            channels = self._tocsin.coalition.member(member).channels
        except NotFound:
            return []
        base = self._tocsin.settings.coalition.parent
        found, unread = [], None
        for channel in channels:
            if isinstance(channel, WebhookChannel):
                try:
                    found.append(read_secret(channel.secret, base).get_secret_value())
                except PermanentError as error:
                    unread = error
        if unread is not None and not found:
            raise unread
        return found

    def _answer(
        self, target: tuple[str, int, str], given: Given, webhook_id: str, request: Request
    ) -> dict[str, Any]:
        incident, notice, member = target
        now = self._tocsin.clock.now()
        if find(self._tocsin, *target) is None:
            raise _no_such_notice(given.notice_id)
        command = AnswerNotice(
            id=f"inbox:{member}:{webhook_id}",  # a member's id holds no colon: no two share one
            at=now,
            actor=Actor(kind="partner", member=member, via="webhook"),
            incident=incident,
            notice=notice,
            member=member,
            answer=given.answer,
            note=given.note,
            by=given.by,
            evidence={
                "webhook_id": webhook_id,
                "ip": request.client.host if request.client else "",
                "at": now.isoformat(),
            },
        )
        done = self._tocsin.dispatcher.execute(command)
        case = find(self._tocsin, *target)
        if case is None or not case.stands(given.answer):
            raise Declined(409, "answered", "An earlier answer stands; yours was not recorded.")
        status = "known" if done.duplicate else "recorded"
        return {"status": status, "notice_id": given.notice_id, "stands": _standing(case)}


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


def _standing(case: Case) -> dict[str, Any]:
    recipient = case.recipient
    at = recipient.answered_at or recipient.acknowledged_at
    return {
        "answer": recipient.answer or "acknowledge",
        "by": recipient.answered_by,
        "at": at.isoformat() if at else None,
        "verified": recipient.verified,
    }
