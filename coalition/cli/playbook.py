"""`tocsin playbook …`: check playbooks, the schema for editors; rehearsing is in rehearsal.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli import cacao, giving, rehearsal
from coalition.cli.output import FAILED, result, result_json, say
from coalition.domain.errors import ConfigError

if TYPE_CHECKING:
    from coalition.adapters.playbook_files import Checked
    from coalition.domain.members import Coalition

app = typer.Typer(help="Check, rehearse, draw and compare playbooks.", no_args_is_help=True)
app.command()(rehearsal.simulate)
app.command("test")(rehearsal.run_tests)
app.command()(rehearsal.graph)
app.command()(rehearsal.diff)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders. Default: the folder of TOCSIN_PLAYBOOKS."),
    ] = None,
    members: Annotated[
        Path | None,
        typer.Option(help="A coalition file: do members exist, what would the gate refuse?"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Check playbooks; every fault with file, line and what to do. Exit code 1 if any."""
    from coalition.adapters.playbook_files import check_files
    from coalition.cli import cacao_checks

    coalition = _coalition(members)
    files = _files(paths)
    documents = cacao_checks.judged(files)
    checked = check_files(
        [path for path in files if path not in documents], coalition, os.cpu_count() or 1
    )
    faults = cacao_checks.faults(documents)
    if as_json:
        result_json([*(_plain(one) for one in checked), *cacao_checks.plain(documents)])
    else:
        cacao_checks.tell(documents)
        for one in checked:
            for finding in one.findings:
                result(finding)
            if one.playbook:
                say(f"{one.path}: {one.playbook.title}, {one.playbook.content_hash[:12]}: good.")
    faults += sum(len(one.findings) for one in checked)
    if faults:
        say(f"{faults} to mend.")
        raise typer.Exit(FAILED)


def _coalition(members: Path | None) -> Coalition | None:
    if members is None:
        return None
    from coalition.adapters.coalition_file import load_coalition

    return load_coalition(members)


def _own_folder() -> Path:
    from coalition.settings import load_settings

    return load_settings().playbooks


def _files(paths: list[Path] | None) -> list[Path]:
    """The files meant, in order. Raises `ConfigError` for a path that leads to none."""
    from coalition.adapters.playbook_files import playbook_paths

    found: list[Path] = []
    for path in paths or [_own_folder()]:
        inside = playbook_paths(path) if path.is_dir() else [path]
        if not inside:
            raise ConfigError([f"{path}: has no playbooks (*.yaml); name a file or another folder"])
        if not path.exists():
            raise ConfigError([f"{path}: is not there; check the path"])
        found += inside
    return list(dict.fromkeys(found))


def _plain(one: Checked) -> dict[str, object]:
    return {
        "file": str(one.path),
        "ok": one.playbook is not None,
        "playbook": one.playbook.playbook if one.playbook else None,
        "hash": one.playbook.content_hash if one.playbook else None,
        "findings": list(one.findings),
    }


@app.command()
def schema(
    write: Annotated[
        Path | None,
        typer.Option(help="Write playbook.schema.json into this folder instead of printing it."),
    ] = None,
) -> None:
    """Print the JSON Schema that editors check playbooks with."""
    from coalition.adapters.playbook_files import SCHEMA_NAME, playbook_schema_text

    giving.give(playbook_schema_text(), write / SCHEMA_NAME if write else None)


app.command(name="import")(cacao.import_)
app.command()(cacao.export)
app.command()(cacao.sign)
app.command()(cacao.verify)
