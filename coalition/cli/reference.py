"""The reference pages that are generated: `python -m coalition.cli.reference docs`.

docs/settings.md comes from the settings model, docs/commands.md from the command line itself; a
test keeps both current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from coalition.cli.main import app
from coalition.cli.output import say
from coalition.settings import Settings, variable

_SETTINGS_HEAD = """\
# Settings

Tocsin is told everything by its environment. Each name can also be given as `NAME_FILE`: the path
of a file that holds the value, which is how containers hand over secrets. An empty variable counts
as not set. `tocsin doctor` checks them all and notices misspelt ones.

| variable | default | meaning |
|---|---|---|
"""

_COMMANDS_HEAD = """\
# Commands

Results go to stdout, narration to stderr; `--json` prints results for programs. Exit codes: 0 done,
1 failed, 2 wrong use (arguments or configuration). `NO_COLOR` is respected.
"""


def settings_page() -> str:
    """docs/settings.md."""
    rows = [
        f"| `{variable(name)}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return _SETTINGS_HEAD + "\n".join(rows) + "\n"


def commands_page() -> str:
    """docs/commands.md."""
    parts = [_COMMANDS_HEAD]
    for name, command in commands(typer.main.get_command(app)):
        parts.append(f"\n## `{name}`\n\n{_one_paragraph(command.help)}\n")
        options = [parameter for parameter in command.params if parameter.name != "help"]
        if options:
            parts.append("\n| | |\n|---|---|\n")
        parts.extend(
            f"| `{_name_of(parameter)}` | {_one_paragraph(parameter.help)} |\n"
            for parameter in options
        )
    return "".join(parts)


def commands(group: Any, above: str = "tocsin") -> Iterator[tuple[str, Any]]:
    """(`tocsin coalition check`, its click command) for every command that does something."""
    for name, command in group.commands.items():
        full = f"{above} {name}"
        if hasattr(command, "commands"):
            yield from commands(command, full)
        else:
            yield full, command


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined or default in (None, (), "", {}):
        return "–"
    return f"`{default}`"


def _name_of(parameter: Any) -> str:
    return " ".join(parameter.opts) if parameter.opts[0].startswith("-") else str(parameter.name)


def _one_paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def main(folder: Path) -> None:
    """Write both pages into the folder."""
    for name, text in (("settings.md", settings_page()), ("commands.md", commands_page())):
        (folder / name).write_text(text, encoding="utf-8")
        say(f"wrote {folder / name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
