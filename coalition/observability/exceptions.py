"""An exception in the log: what it was and where it came from, never what it said.

The text of an error quotes what went wrong, and that is often the content. Findings about the
operator's own files are the exception: they name file, line and remedy, and the operator is the
one who reads the log.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import ConfigError

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

FRAMES = 6
"""How many frames of each exception are shown, innermost last."""


def describe_exception(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Replace `exc_info` by `error` (class), `where` (frames) and `causes` (classes)."""
    error = _resolve(line.pop("exc_info", None))
    if error is None:
        return line
    line["error"] = class_name(error)
    line["where"] = frames(error)
    causes = [class_name(cause) for cause in _causes(error)]
    if causes:
        line["causes"] = causes
    if isinstance(error, ConfigError):
        line["findings"] = list(error.findings)
    return line


def class_name(error: BaseException) -> str:
    """`redis.exceptions.ConnectionError`; builtins without their module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else (
        f"{kind.__module__}.{kind.__qualname__}"
    )  # fmt: skip


def frames(error: BaseException) -> list[str]:
    """`folder/file.py:12 in function`, the innermost last."""
    found = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [
        f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} in {frame.name}"
        for frame in found
    ]


def _resolve(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and len(found) < FRAMES:
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
        if step is None or step in found:
            break
        found.append(step)
    return found
