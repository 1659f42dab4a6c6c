"""Text that a command makes: printed, or written into a file."""

from __future__ import annotations

from pathlib import Path

from coalition.cli.output import result, say
from coalition.domain.errors import ConfigError


def give(text: str, to: Path | None) -> None:
    """Print the text, or write it to a file; raises `ConfigError` where that cannot be."""
    if to is None:
        result(text.rstrip("\n"))
    else:
        write_text(to, text)


def write_text(path: Path, text: str) -> None:
    """Write a file and say so. Raises `ConfigError`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([f"{path}: cannot be written ({reason}); choose another path"]) from error
    say(f"wrote {path}")
