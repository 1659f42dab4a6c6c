"""What the command line says: results on stdout, narration on stderr, errors with what to do."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from coalition.domain.errors import ConfigError, PermanentError, TocsinError, TransientError

DONE, FAILED, WRONG_USE = 0, 1, 2


def result(text: str) -> None:
    """A line of the result: stdout."""
    print(text, flush=True)


def result_json(value: Any) -> None:
    """The result for a program: stdout, indented, as UTF-8 wherever it goes."""
    result(json.dumps(value, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """A line of narration: stderr."""
    print(text, file=sys.stderr, flush=True)


def complain(error: TocsinError) -> int:
    """Say what is wrong and what to do next; returns the exit code.

    What its user can put right (configuration, arguments) is wrong use, 2; the rest has failed, 1.
    """
    if isinstance(error, ConfigError):
        for finding in error.findings:
            say(finding)
        return WRONG_USE
    say(f"tocsin: {error}")
    if isinstance(error, PermanentError) and error.fallback:
        say(f"  → {error.fallback}")
    return FAILED if isinstance(error, PermanentError | TransientError) else WRONG_USE


_COLOURS = {"green": "32", "yellow": "33", "red": "31", "dim": "2", "bold": "1"}


def coloured(text: str, colour: str, *, err: bool = False) -> str:
    """The text in colour on a terminal; plain elsewhere and where NO_COLOR is set.

    See https://no-color.org. Colour only repeats what the words say.
    """
    stream = sys.stderr if err else sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"
