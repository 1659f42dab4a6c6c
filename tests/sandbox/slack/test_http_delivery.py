"""Signed HTTP: what a request URL gets, and when it is asked again."""

import hashlib
import hmac
import json
import time

import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import Refused, Workspace, serving

QUICK = {"redelivery_delays": [0, 0.05, 0.05]}


class Desk:
    """A request URL that passes the challenge, keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[Response] = []

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        if b"url_verification" in body:
            return Response(json.loads(body)["challenge"])
        self.got.append((dict(request.headers), body))
        return self.answers.pop(0) if self.answers else Response()

    def events(self) -> list[str | None]:
        """The retry number of each request."""
        return [headers.get("x-slack-retry-num") for headers, _ in self.got]


def test_what_is_sent_is_signed_and_formed_as_slack_does(opened: Opener) -> None:
    workspace, desk = opened(app={"bot_events": ["member_joined_channel"]}), Desk()
    with serving(desk.__call__) as url:
        workspace.post("app", request_url=url, socket_mode=False)
        workspace.post("command", user="alice", channel="general", text="/incident a & b")
        workspace.client().conversations_create(name="inc-1")
        workspace.wait("traffic", name="events_api:member_joined_channel", status="acked")
    (form, command), (as_json, event) = desk.got
    assert form["content-type"] == "application/x-www-form-urlencoded"
    assert b"command=%2Fincident&text=a+%26+b" in command
    assert as_json["content-type"] == "application/json"
    assert json.loads(event)["event"]["type"] == "member_joined_channel"
    for headers, body in desk.got:
        stamp = headers["x-slack-request-timestamp"]
        assert abs(time.time() - int(stamp)) < 60
        signed = hmac.new(b"sandbox-signing-secret", f"v0:{stamp}:".encode() + body, hashlib.sha256)
        assert headers["x-slack-signature"] == f"v0={signed.hexdigest()}"
    assert desk.events() == [None, None]


def test_a_request_url_that_fails_the_challenge_is_not_taken(workspace: Workspace) -> None:
    async def deaf(_: Request) -> Response:
        return Response("hello")

    with serving(deaf) as url, pytest.raises(Refused) as caught:
        workspace.post("app", request_url=url, socket_mode=False)
    assert caught.value.error == "url_verification_failed"
    assert workspace.get("state")["app"]["socket_mode"] is True


def test_an_event_is_asked_again_with_its_number_and_reason(opened: Opener) -> None:
    workspace, desk = opened(app={"bot_events": ["member_joined_channel"]}, timing=QUICK), Desk()
    desk.answers = [Response("no", 500), Response("no", 503)]
    with serving(desk.__call__) as url:
        workspace.post("app", request_url=url, socket_mode=False)
        workspace.client().conversations_create(name="inc-1")
        workspace.wait("traffic", name="events_api:member_joined_channel", status="acked")
    assert desk.events() == [None, "1", "2"]
    assert {h.get("x-slack-retry-reason") for h, _ in desk.got} == {None, "http_error"}
    assert len({json.loads(body)["event_id"] for _, body in desk.got}) == 1


def test_an_app_may_forbid_that_it_is_asked_again(opened: Opener) -> None:
    workspace, desk = opened(app={"bot_events": ["member_joined_channel"]}, timing=QUICK), Desk()
    desk.answers = [Response("no", 500), Response("no", 500, {"x-slack-no-retry": "1"})]
    name = "events_api:member_joined_channel"
    with serving(desk.__call__) as url:
        workspace.post("app", request_url=url, socket_mode=False)
        workspace.client().conversations_create(name="inc-1")
        workspace.wait("traffic", name=name, status="failed", attempt=2)
        with pytest.raises(Refused, match="timeout"):
            workspace.wait("traffic", name=name, attempt=3, timeout=0.4)
    assert desk.events() == [None, "1"]


def test_a_slow_app_times_out_and_an_absent_one_is_not_reached(opened: Opener) -> None:
    workspace, desk = opened(timing={"ack_deadline": 0.3}), Desk()

    async def slow(request: Request) -> Response:
        if b"url_verification" not in await request.body():
            await request.receive()  # returns when the caller hangs up
        return await desk(request)

    def delivered() -> tuple[str, str, str]:
        answer = workspace.post("command", user="alice", channel="general", text="/incident")
        delivery = answer["delivery"]
        return delivery["status"], delivery["reason"], answer["seen"]["notice"]

    with serving(slow) as url:
        workspace.post("app", request_url=url, socket_mode=False)
        status, reason, notice = delivered()
        assert (status, reason) == ("timeout", "http_timeout")
        assert "operation_timeout" in notice
    status, reason, notice = delivered()
    assert (status, reason) == ("failed", "connection_failed")
    assert "dispatch_failed" in notice
