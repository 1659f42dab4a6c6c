"""One log stream for everything: JSON off a terminal, ids only, tokens never.

A log line goes to people and machines that are cleared for nothing. So the rule is turned round:
a key passes only when it stands in `ALLOWED` and its value is a number or one word without
spaces (an id, a class, a state). Everything else becomes `WITHHELD`. Titles, notes, notices and
the texts of errors have spaces or stand under other keys, so they cannot pass by accident.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

import structlog
from structlog.contextvars import bound_contextvars as bound

from coalition.observability.exceptions import describe_exception

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

__all__ = ["ALLOWED", "WITHHELD", "bound", "redact_path", "setup_logging"]

WITHHELD = "…withheld"

ALLOWED = frozenset(
    {
        # which one
        "aggregate", "channel", "command", "consumer", "delegate", "effect", "event_id",
        "event_type", "incident", "job", "loop", "member", "method", "notice", "path", "playbook",
        "position", "process", "queue", "room", "room_step", "run", "step", "timer", "type",
        "verb", "version", "worker",
        # what became of it
        "answer", "client", "duplicate", "error", "kind", "signal", "stage", "state", "status",
        # how much
        "attempt", "count", "delay_seconds", "duration_ms", "exit_code", "lag", "limit",
        "pid", "port", "retry_after", "size",
        # where we listen or connect: cut down to scheme, host and port
        "address",
    }
)  # fmt: skip
"""The keys that may be logged. Add one only for ids, counts and states."""

_OWN = {"event", "exc_info", "_record", "_from_structlog"}
_WORD = re.compile(r"[^\s\"'{}]{1,200}")
_ROOTS = {"api", "board", "healthz", "metrics", "n", "readyz", "slack"}
_ACCESS = "uvicorn.access"
_TRUSTED = {"uvicorn.error"}  # its messages name processes and addresses, never a request
_PROBES = {"/healthz", "/readyz", "/metrics"}


def setup_logging(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Route structlog and every library's logging to `stream` (stderr); may be called again.

    JSON, one object a line, unless the stream is a terminal. Servers must be started with
    `log_config=None` (uvicorn), so that their records come here as well.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        describe_exception,
    ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            withhold,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_is_no_probe)
    handler.setFormatter(_formatter(stream, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _formatter(stream: TextIO, shared: list[Processor]) -> logging.Formatter:
    """What libraries log passes the same `withhold` as our own lines."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            translate_foreign,
            structlog.contextvars.merge_contextvars,
            withhold,
            _locate_foreign,
            *shared,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _renderer(stream),
        ],
        use_get_message=False,
        pass_foreign_args=True,
    )


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def withhold(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Keep allowed keys with harmless values; put `WITHHELD` in the place of all others."""
    return {key: value if key in _OWN else _harmless(key, value) for key, value in line.items()}


def _harmless(key: str, value: Any) -> Any:
    if key not in ALLOWED:
        return WITHHELD
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_harmless(key, item) for item in value]
    if isinstance(value, str):
        return _SHAPERS.get(key, _one_word)(value)
    return value if value is None or isinstance(value, (bool, int, float)) else WITHHELD


def _one_word(value: str) -> str:
    return value if _WORD.fullmatch(value) else WITHHELD


def origin(address: str) -> str:
    """`https://host:port` of an address; users, paths and queries may carry secrets."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return WITHHELD
    if not host:
        return address if _WORD.fullmatch(address) and "/" not in address else WITHHELD
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def redact_path(target: str) -> str:
    """A request's path for the log: no query, and no token of an answer or sign-in link.

    What nobody has registered is cut down to `/…`: a mistyped link still holds its token.
    """
    path = target.split("?", 1)[0]
    parts = path.split("/")
    if path == "/":
        return path
    if len(parts) < 2 or parts[0] or parts[1] not in _ROOTS:  # noqa: PLR2004
        return "/…"
    if parts[1] == "n" or parts[1:3] == ["board", "signin"]:
        keep = 2 if parts[1] == "n" else 3
        return "/".join(parts[:keep]) + ("/…" if len(parts) > keep else "")
    return path if len(path) <= 120 and _WORD.fullmatch(path) else "/…"  # noqa: PLR2004


_SHAPERS = {"address": origin, "path": redact_path}


def translate_foreign(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """What a library logged, without what it put into the sentence.

    The unfilled template is shown where there is one. A message without arguments may have been
    built with content inside (slack_bolt prints whole request bodies), so only its place is told.
    """
    record: logging.LogRecord = line["_record"]
    args = line.pop("positional_args")
    if record.name == _ACCESS:
        client, method, path, _, status = args
        line["event"] = "request"
        line["client"] = str(client).rsplit(":", 1)[0]
        line["method"], line["path"], line["status"] = method, path, status
    elif record.name in _TRUSTED:
        line["event"] = str(record.msg) % args
    else:
        line["event"] = str(record.msg) if args else WITHHELD
    return line


def _locate_foreign(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    record: logging.LogRecord = line["_record"]
    if record.name != _ACCESS:
        line["where"] = f"{'/'.join(PurePath(record.pathname).parts[-3:])}:{record.lineno}"
    return line


def _is_no_probe(record: logging.LogRecord) -> bool:
    """Leave out the machine's own questions, unless the answer was bad."""
    if record.name != _ACCESS or not isinstance(record.args, tuple):
        return True
    path, status = str(record.args[2]).split("?", 1)[0], record.args[4]
    return path not in _PROBES or not isinstance(status, int) or status >= 400  # noqa: PLR2004
