"""What both `schema` commands do: print a JSON Schema, or write it where editors look for it."""

from __future__ import annotations

from pathlib import Path

from coalition.cli.output import result, say
from coalition.domain.errors import ConfigError


def give(text: str, name: str, folder: Path | None) -> None:
    """Print the schema, or write it as `name` into `folder`; raises `ConfigError` if it cannot."""
    if folder is None:
        result(text.rstrip("\n"))
        return
    path = folder / name
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([f"{path}: cannot be written ({reason}); choose a folder"]) from error
    say(f"wrote {path}")
