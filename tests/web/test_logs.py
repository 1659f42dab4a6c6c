"""Log lines carry ids and counts. Whatever else is given to them does not come out."""

from __future__ import annotations

import ast
import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from coalition.domain.errors import ConfigError, PermanentError
from coalition.observability import bound, setup_logging
from coalition.observability.logs import ALLOWED, WITHHELD, origin, redact_path

SECRET = "DDoS on two banks"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def fresh_loggers() -> Iterator[None]:
    """The server's loggers as in a new process: other tests run servers that set them."""
    known = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.access", "uvicorn.error")]
    before = [(logger.level, logger.propagate, logger.handlers[:]) for logger in known]
    for logger in known:
        logger.setLevel(logging.NOTSET)
        logger.propagate, logger.handlers[:] = True, []
    yield
    for logger, (level, propagate, handlers) in zip(known, before, strict=True):
        logger.setLevel(level)
        logger.propagate, logger.handlers[:] = propagate, handlers


@pytest.fixture
def stream(fresh_loggers: None) -> Iterator[io.StringIO]:
    """What is logged from here on; the logging of before is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    setup_logging(out)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(error: Exception, cause: Exception | None = None) -> None:
    """Raise it, from its cause."""
    raise error from cause


def test_ids_counts_and_states_are_logged_as_json(stream: io.StringIO) -> None:
    log = structlog.get_logger("workers.relay")
    with bound(incident="INC-2026-0007", run="INC-2026-0007-r1"):
        log.info("effects planned", count=3, kind="notice.send", member="lv", duplicate=False)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "effects planned",
        "level": "info",
        "logger": "workers.relay",
        "incident": "INC-2026-0007",
        "run": "INC-2026-0007-r1",
        "count": 3,
        "kind": "notice.send",
        "member": "lv",
        "duplicate": False,
    }


@pytest.mark.parametrize(
    "given",
    [
        {"title": SECRET},
        {"title": "banks"},
        {"text": SECRET},
        {"detail": {"note": SECRET}},
        {"incident": SECRET},
        {"error": f"cannot send {SECRET!r}"},
        {"member": [SECRET, "lv"]},
        {"count": {SECRET: 1}},
        {"kind": SECRET.encode()},
        {"path": f"/{SECRET}"},
        {"address": f"https://user:{SECRET}@cert.example/{SECRET}?{SECRET}"},
    ],
    ids=str,
)
def test_content_is_withheld_wherever_it_stands(stream: io.StringIO, given: dict[str, Any]) -> None:
    structlog.get_logger().warning("something happened", **given)
    assert SECRET not in stream.getvalue()
    assert "banks" not in stream.getvalue()
    (line,) = lines(stream)
    assert line["event"] == "something happened"


def test_an_unknown_key_shows_that_something_was_withheld(stream: io.StringIO) -> None:
    structlog.get_logger().info("x", title=SECRET, incident="INC-2026-0001")
    (line,) = lines(stream)
    assert (line["title"], line["incident"]) == (WITHHELD, "INC-2026-0001")


def test_an_exception_is_its_class_and_place_and_never_its_words(stream: io.StringIO) -> None:
    try:
        fail(PermanentError(SECRET, fallback=SECRET), ValueError(SECRET))
    except PermanentError:
        structlog.get_logger().exception("sending failed", effect="e1")
    assert "banks" not in stream.getvalue()
    (line,) = lines(stream)
    assert line["error"] == "coalition.domain.errors.PermanentError"
    assert line["causes"] == ["ValueError"]
    assert line["where"][-1].startswith("web/test_logs.py:")
    assert "exc_info" not in line
    assert "exception" not in line


def test_findings_about_the_operators_own_files_are_told(stream: io.StringIO) -> None:
    try:
        fail(ConfigError(["coalition.yaml:6: members.0.trust: is T9; write T0 to T4"]))
    except ConfigError:
        structlog.get_logger().exception("not started")
    assert lines(stream)[0]["findings"] == [
        "coalition.yaml:6: members.0.trust: is T9; write T0 to T4"
    ]


def test_libraries_tell_their_template_and_not_what_they_fill_in(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("refused %s for %s", SECRET, "lv")
    logging.getLogger("slack_bolt.App").warning(f"Unhandled request ({SECRET})")  # noqa: G004
    try:
        fail(OSError(SECRET))
    except OSError:
        logging.getLogger("asyncio").exception("task failed: %r", SECRET)
    assert "banks" not in stream.getvalue()
    first, second, third = lines(stream)
    assert first["event"] == "refused %s for %s"
    assert second["event"] == WITHHELD
    assert second["logger"] == "slack_bolt.App"
    assert second["where"].split(":")[0].endswith("tests/web/test_logs.py")
    assert third["error"] == "OSError"


def test_the_server_tells_where_it_listens(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s", "http://127.0.0.1:8470")
    assert lines(stream)[0]["event"] == "Uvicorn running on http://127.0.0.1:8470"


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/n/eyJhbGciOi.tOkEn", "/n/…"),
        ("/n/tOkEn/more?x=y", "/n/…"),
        ("/board/signin/tOkEn", "/board/signin/…"),
        ("/board/INC-2026-0007?tOkEn", "/board/INC-2026-0007"),
        ("/board/events?incident=INC-2026-0007", "/board/events"),
        ("/tOkEn", "/…"),
        ("/N/tOkEn", "/…"),
        ("//n/tOkEn", "/…"),
        ("http://x/n/tOkEn", "/…"),
        ("/board/" + "tOkEn" * 99, "/…"),
        ("/", "/"),
    ],
)
def test_no_token_stands_in_the_access_log(stream: io.StringIO, target: str, shown: str) -> None:
    assert redact_path(target) == shown
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "192.0.2.7:4000", "GET", target, "1.1", 200
    )
    assert "tOkEn" not in stream.getvalue()
    (line,) = lines(stream)
    assert line["event"] == "request"
    assert (line["client"], line["method"], line["status"]) == ("192.0.2.7", "GET", 200)


def test_probes_are_logged_only_when_they_fail(stream: io.StringIO) -> None:
    for path, status in (("/healthz", 200), ("/readyz", 503), ("/metrics", 200)):
        logging.getLogger("uvicorn.access").info(
            '%s - "%s %s HTTP/%s" %d', "192.0.2.7:4000", "GET", path, "1.1", status
        )
    assert [(line["path"], line["status"]) for line in lines(stream)] == [("/readyz", 503)]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://:hunter2@10.0.0.5:6379/0", "redis://10.0.0.5:6379"),
        ("https://[2001:db8::1]/x?y", "https://[2001:db8::1]"),
        ("unix:///run/redis.sock", WITHHELD),
        ("https://cert.example:notaport/", WITHHELD),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_an_address_is_cut_down_to_its_host(address: str, shown: str) -> None:
    assert origin(address) == shown


def test_on_a_terminal_the_lines_are_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = Terminal()
    monkeypatch.setattr(sys, "stderr", out)
    try:
        setup_logging()
        structlog.get_logger("x").info("bell rung", incident="INC-2026-0007", title=SECRET)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert "bell rung" in out.getvalue()
    assert not out.getvalue().startswith("{")
    assert "banks" not in out.getvalue()


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every `log.info(…)` and the like in the product, with its file and line."""
    for folder in ("bot", "coalition", "workers"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in {"log", "logger"}
                    and node.func.attr in {"debug", "info", "warning", "error", "exception"}
                ):
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node


def test_everything_that_is_logged_has_a_fixed_sentence_and_allowed_keys() -> None:
    found = list(calls())
    assert len(found) > 10
    for place, call in found:
        (sentence,) = call.args
        assert isinstance(sentence, ast.Constant), f"{place}: content may stand in the sentence"
        keys = {keyword.arg for keyword in call.keywords} - {"exc_info"}
        assert keys <= ALLOWED, f"{place}: {keys - ALLOWED} would be withheld; see ALLOWED"
