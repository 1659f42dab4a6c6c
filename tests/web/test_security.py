"""Headers, sizes, errors, and Slack's own door."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot.web.security import MAX_BODY
from tests.web.asgi import Browser, Loop

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tests.web.stage import Stage

Serve = Callable[..., "Starlette"]

PATHS = ("/", "/board", "/healthz", "/readyz", "/metrics", "/nothing", "/board/static/board.css")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "cache-control" in headers


def test_a_broken_page_says_so_without_content_and_with_the_headers(
    alice: Browser, stage: Stage, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("on purpose: DDoS on two banks")

    monkeypatch.setattr(stage.tocsin.dispatcher, "read", fail)
    answer = alice.get(f"/board/{incident}")
    assert answer.status == 500
    assert "Something broke in Tocsin" in answer.text
    assert "banks" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_what_is_not_there_is_a_page_that_does_not_repeat_the_address(browser: Browser) -> None:
    answer = browser.get("/n0thing/<script>secret")
    assert answer.status == 404
    assert "secret" not in answer.text
    assert browser.send("DELETE", "/board").status == 405


def test_a_body_is_refused_before_it_is_read(browser: Browser, stage: Stage) -> None:
    answer = browser.send(
        "POST", stage.link(), headers={"content-length": str(MAX_BODY + 1), "origin": "x"}
    )
    assert answer.status == 413
    assert "256 KiB" in answer.text
    assert "content-security-policy" in answer.headers
    assert browser.send("POST", "/board/signout", headers={"content-length": "-1"}).status == 413


def test_a_body_that_hides_its_size_is_cut_off(serve: Serve, runner: Loop, stage: Stage) -> None:
    browser = Browser(serve(stage, slack_app=bolt([])), runner)
    body = b"x" * (MAX_BODY + 1)
    assert browser.send("POST", "/slack/events", body=body, chunks=7).status == 413


def bolt(heard: list[str], during: Callable[[], None] = lambda: None) -> App:
    """A Bolt app that notes who typed /incident."""
    app = App(
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        signing_secret="s3cret",
        process_before_response=True,
    )

    @app.command("/incident")
    def incident(ack: Any, body: dict[str, Any]) -> None:
        during()
        heard.append(body["user_id"])
        ack("noted")

    return app


def signed(body: bytes, secret: str = "s3cret", at: float | None = None) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


BODY = b"command=%2Fincident&text=list&user_id=U0EE1&team_id=T1&channel_id=C1&trigger_id=1.1"


def test_signed_requests_from_slack_reach_bolt(serve: Serve, runner: Loop, stage: Stage) -> None:
    heard: list[str] = []
    threads: list[str] = []
    app = bolt(heard, lambda: threads.append(threading.current_thread().name))
    browser = Browser(serve(stage, slack_app=app), runner)
    answer = browser.send("POST", "/slack/events", body=BODY, headers=signed(BODY))
    assert (answer.status, heard) == (200, ["U0EE1"])
    assert "noted" in answer.text
    assert threads != ["loop"]  # the event loop was not blocked


def test_forged_and_old_requests_do_not(serve: Serve, runner: Loop, stage: Stage) -> None:
    heard: list[str] = []
    browser = Browser(serve(stage, slack_app=bolt(heard)), runner)
    for headers in (signed(BODY, "wrong"), signed(BODY, at=time.time() - 301), {}):
        assert browser.send("POST", "/slack/events", body=BODY, headers=headers).status == 401
    broken = b"\xff\xfe"
    assert browser.send("POST", "/slack/events", body=broken, headers=signed(broken)).status == 400
    assert not heard


def test_without_signed_http_slacks_door_is_shut(browser: Browser) -> None:
    assert browser.send("POST", "/slack/events", body=BODY, headers=signed(BODY)).status == 404


def test_partners_pages_are_served_too(browser: Browser) -> None:
    assert "Copy the whole address from the notice" in browser.get("/n/not-a-token").text
    answer = browser.send("POST", "/api/v1/inbox/ee", body=b"{}")
    assert answer.headers["content-type"] == "application/json"


def test_static_files_may_be_kept_because_their_address_changes_with_them(
    browser: Browser,
) -> None:
    html = browser.get("/nothing").text
    (address,) = [part for part in html.split('"') if part.startswith("/board/static/board.css")]
    assert "?v=" in address
    answer = browser.get(address)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert browser.get("/board/static/../templates/base.html").status == 404
