"""`call`: signed, to the allow-list alone, no higher than its ceiling, and read with care."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

import pytest
from pydantic import ValidationError

from coalition.domain.allowlist import origin_of, parse_allow_list
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from coalition.rendering.notices.standard_webhooks import verify
from tests.domain.cast import NOW, NUMBER
from tests.domain_run.stage import RUN, mark, playbook
from tests.verbs.stage import House
from workers import steps

SECRET = "whsec_" + "A" * 43 + "="


class Desk:
    """A ticket desk on this machine; answers what it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.lines: list[tuple[str, str]] = []
        self.status, self.answer = 200, b'{"data": {"id": 4711, "open": true, "parts": ["a", {}]}}'
        self.headers: dict[str, str] = {}
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                desk.lines.append((self.command, self.path))
                desk.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(desk.status)
                for name, value in desk.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(desk.answer)))
                self.end_headers()
                self.wfile.write(desk.answer)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.do_GET
                raise AttributeError(name)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def calling(desk: Desk, tmp_path: Path, actor: Any = "ee-op", **fields: Any) -> House:
    targets = {"call_targets": f"{desk.origin}=TLP:GREEN", "private_targets": "127.0.0.1/32"}
    house = House(tmp_path, call_secret=SECRET, **targets)
    step = {"id": "it", "do": "call", "url": f"{desk.origin}/tickets", **fields}
    return house.start(playbook(step, mark("done")), actor)


def test_success_sends_what_is_said_signed_and_keeps_what_is_asked_for(
    desk: Desk, tmp_path: Path
) -> None:
    sent = {"subject": "{{title}}", "urgency": 2}
    keep = {"ticket": "data.id", "is_open": "data.open", "part": "data.parts.0"}
    house = calling(desk, tmp_path, send=sent, keep=keep)
    assert house.perform("it") == {"reported": "performed"}
    ((headers, body),) = desk.asked
    assert verify([SECRET], headers, body, now=NOW) == f"{RUN}-it-1"
    said = json.loads(body)
    assert said["data"] == {"subject": "Banks under fire", "urgency": 2}
    assert (said["incident"], said["tlp"], said["started_by"]) == (NUMBER, "TLP:GREEN", "ee-op")
    assert house.run.variables["ticket"] == "4711"
    assert house.run.variables["is_open"] == "true"
    assert house.run.variables["part"] == "a"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_is_signed_over_what_it_sends(desk: Desk, tmp_path: Path, method: str) -> None:
    body = {} if method in {"GET", "DELETE"} else {"body": "is {{title}}"}
    house = calling(
        desk, tmp_path, method=method, headers={"X-Ask": "{{severity}}"}, keep={"all": "*"}, **body
    )
    house.perform("it")
    assert house.run.variables["all"] == desk.answer.decode()
    ((headers, sent),) = desk.asked
    assert desk.lines == [(method, "/tickets")]
    assert sent == (b"is Banks under fire" if body else b"")
    assert verify([SECRET], headers, sent, now=NOW) == f"{RUN}-it-1"
    assert headers["idempotency-key"] == f"{RUN}-it-1"
    assert headers["x-ask"] == "S2"
    assert headers.get("content-type") == ("text/plain; charset=utf-8" if body else None)


NASTY = '/x?a=b&c=d#"}\\ \n\u00e9'


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [
        ("application/json", '{"a": "{{said}}"}', json.dumps({"a": NASTY})),
        ("application/x-www-form-urlencoded", "a={{said}}", "a=" + quote_plus(NASTY)),
        ("text/plain", "{{said}}", NASTY),
    ],
)
def test_what_is_filled_in_never_changes_the_shape_of_a_request(
    desk: Desk, tmp_path: Path, kind: str, body: str, sent: str
) -> None:
    targets = {"call_targets": f"{desk.origin}=TLP:GREEN", "private_targets": "127.0.0.1/32"}
    house = House(tmp_path, call_secret=SECRET, **targets)
    said = {"id": "first", "do": "set", "values": {"said": NASTY}}
    url = f"{desk.origin}/of/{{{{said}}}}/all?q={{{{said}}}}"
    ask = {"id": "it", "do": "call", "url": url, "body": body, "headers": {"Content-Type": kind}}
    house.start(playbook(said, ask)).perform("it")
    ((_, got),) = desk.asked
    assert json.loads(got) == json.loads(sent) if "json" in kind else got.decode() == sent
    path = urlsplit(desk.lines[0][1])
    assert [unquote(part) for part in path.path.split("/")] == ["", "of", NASTY, "all"]
    assert parse_qs(path.query) == {"q": [NASTY]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "/of/{{said}}/all", "values": ".."}, "The address goes up in its path"),
        ({"headers": {"X-A": "{{said}}"}, "values": "a\nHost: b"}, "A header holds a line break"),
    ],
)
def test_what_would_change_it_all_the_same_is_not_sent(
    desk: Desk, tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    targets = {"call_targets": f"{desk.origin}=TLP:GREEN", "private_targets": "127.0.0.1/32"}
    house = House(tmp_path, call_secret=SECRET, **targets)
    first = {"id": "first", "do": "set", "values": {"said": fields.pop("values")}}
    url = desk.origin + fields.pop("url", "/x")
    house.start(playbook(first, {"id": "it", "do": "call", "url": url, **fields})).perform("it")
    assert said in house.stuck()
    assert desk.asked == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": "https://{{title}}.example/"}, "is no plain web address"),
        ({"url": "https://{{title}}@a.example/"}, "is no plain web address"),
        ({"headers": {"Authorization": "Bearer x"}}, "belongs to the connection"),
        ({"headers": {"Webhook-Signature": "x"}}, "belongs to the connection"),
        ({"headers": {"X-A": "a\r\nb: c"}}, "holds a line break"),
        ({"method": "GET", "send": {"a": 1}}, "is not sent with GET"),
        ({"body": "x", "send": {"a": 1}}, "stands beside send"),
        ({"method": "TRACE"}, "method"),
    ],
)
def test_a_request_that_must_not_be_is_refused_when_it_is_written(
    fields: dict[str, Any], said: str
) -> None:
    step = {"id": "it", "do": "call", "url": "https://a.example/x", **fields}
    with pytest.raises(ValidationError, match=re.escape(said)):
        playbook(step)


def test_a_run_that_a_rule_started_says_so(desk: Desk, tmp_path: Path) -> None:
    calling(desk, tmp_path, SYSTEM).perform("it")
    assert json.loads(desk.asked[0][1])["started_by"] == "system"


def test_a_repeat_after_a_crash_carries_the_same_id(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = calling(desk, tmp_path)

    async def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_report", crash)
        with pytest.raises(KeyboardInterrupt):
            house.perform("it")
    house.perform("it")
    first, second = (headers["webhook-id"] for headers, _ in desk.asked)
    assert first == second


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, b"{}", "answered 403"),
        (302, b"{}", "redirects are never followed"),
        (200, b"<html>", "did not answer with JSON"),
        (200, b'{"data": {}}', "has no data.id"),
        (200, b'{"data": {"id": {"a": 1}}}', "is no plain value"),
        (200, b'"' + b"x" * 70_000 + b'"', "more than 65536 bytes"),
    ],
)
def test_failure_says_what_the_other_side_did(
    desk: Desk, tmp_path: Path, status: int, answer: bytes, said: str
) -> None:
    desk.status, desk.answer = status, answer
    desk.headers = {"Location": "/elsewhere"} if status == 302 else {}
    house = calling(desk, tmp_path, keep={"ticket": "data.id"})
    house.perform("it")
    assert said in house.stuck()
    assert len(desk.asked) == 1


def test_what_passes_is_tried_again(desk: Desk, tmp_path: Path) -> None:
    desk.status = 503
    house = calling(desk, tmp_path).settle()
    assert "it:1" in house.run.open
    desk.status = 200
    assert house.perform("it") == {"reported": "performed"}


def test_what_is_not_on_the_list_is_not_called(desk: Desk, tmp_path: Path) -> None:
    house = House(tmp_path, call_secret=SECRET, private_targets="127.0.0.1/32")
    step = {"id": "it", "do": "call", "url": f"{desk.origin}/tickets"}
    house.start(playbook(step)).perform("it")
    assert "is not on the allow-list of calls" in house.stuck()
    assert desk.asked == []


def test_nothing_is_sent_above_the_ceiling_of_the_list(desk: Desk, tmp_path: Path) -> None:
    calling(desk, tmp_path, tlp="amber").perform("it")
    assert desk.asked == []


def test_without_a_secret_nothing_is_sent(desk: Desk, tmp_path: Path) -> None:
    targets = {"call_targets": f"{desk.origin}=TLP:GREEN", "private_targets": "127.0.0.1/32"}
    house = House(tmp_path, **targets)
    house.start(playbook({"id": "it", "do": "call", "url": desk.origin})).perform("it")
    assert "no secret to sign calls with" in house.stuck()
    assert desk.asked == []


def test_a_private_address_is_refused_although_it_is_on_the_list(
    desk: Desk, tmp_path: Path
) -> None:
    house = House(tmp_path, call_secret=SECRET, call_targets=f"{desk.origin}=TLP:GREEN")
    house.start(playbook({"id": "it", "do": "call", "url": desk.origin})).perform("it")
    assert "TOCSIN_PRIVATE_TARGETS" in house.stuck()
    assert desk.asked == []


def test_the_list_holds_hosts_with_their_ceilings() -> None:
    text = "https://Tickets.example=TLP:AMBER, https://wall.example:443 http://a.example:81"
    assert parse_allow_list(text) == {
        "https://tickets.example": Tlp.AMBER,
        "https://wall.example": Tlp.CLEAR,
        "http://a.example:81": Tlp.CLEAR,
    }
    assert origin_of("https://TICKETS.example:443/a?b") == "https://tickets.example"


@pytest.mark.parametrize(
    "text", ["tickets.example", "ftp://a", "https://a.example/x", "https://u:p@a.example",
             "https://a.example=PUCE"]
)  # fmt: skip
def test_a_list_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_allow_list(text)
