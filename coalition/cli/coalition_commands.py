"""`tocsin coalition …`: the coalition file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coalition.cli import giving
from coalition.cli.output import FAILED, result, result_json, say
from coalition.domain.errors import ConfigError

app = typer.Typer(help="Check the coalition file, and the schema for editors.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="The file. Default: TOCSIN_COALITION.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the coalition file; every fault with file, line and what to do. Exit code 1 if any."""
    from coalition.adapters.coalition_file import absent_secrets, load_coalition, remarks
    from coalition.settings import load_settings

    path = path or load_settings().coalition
    try:
        coalition = load_coalition(path)
    except ConfigError as error:
        if as_json:
            result_json({"ok": False, "findings": list(error.findings), "remarks": []})
        else:
            for finding in error.findings:
                result(finding)
            say(f"{len(error.findings)} to mend in {path}.")
        raise typer.Exit(FAILED) from None
    notes = [*remarks(coalition), *absent_secrets(coalition, path.parent)]
    if as_json:
        found = {"name": coalition.name, "members": len(coalition.members)}
        digest = {"hash": coalition.content_hash}
        result_json({"ok": True, "findings": [], "remarks": notes, **found, **digest})
        return
    for note in notes:
        say(f"note: {note}")
    result(
        f"{path}: {coalition.name}, {len(coalition.active)} active of {len(coalition.members)} "
        f"members, charter {coalition.content_hash[:12]}: good."
    )


@app.command()
def schema(
    write: Annotated[
        Path | None,
        typer.Option(help="Write coalition.schema.json into this folder instead of printing it."),
    ] = None,
) -> None:
    """Print the JSON Schema that editors check coalition.yaml with."""
    from coalition.adapters.coalition_file import SCHEMA_NAME, coalition_schema_text

    giving.give(coalition_schema_text(), write / SCHEMA_NAME if write else None)


@app.command()
def example() -> None:
    """Print a coalition file to start from."""
    from coalition.data_files import bundled

    result(bundled("coalition.example.yaml").read_text(encoding="utf-8").rstrip("\n"))
