"""The console script `tocsin`.

Imports are lazy: a command imports what it needs when it runs, so that `tocsin --help` is instant.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coalition.cli import (
    aid,
    coalition_commands,
    endpoints,
    keys,
    misp,
    notices,
    playbook,
    processes,
    running,
)
from coalition.cli.checking import doctor, verify
from coalition.cli.output import FAILED, complain, result
from coalition.cli.reporting import report
from coalition.domain.errors import TocsinError

INTERRUPTED = 130  # what shells report for Ctrl-C

app = typer.Typer(
    name="tocsin",
    help="The bell a coalition of national CERTs rings: rooms, warnings, help and the record.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback must not show local variables: they hold tokens.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        result(f"tocsin {version('tocsin')}")
        raise typer.Exit


@app.callback()
def _tocsin(
    _version_wanted: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


app.command()(running.demo)
app.command()(running.up)
app.command()(processes.bot)
app.command()(processes.worker)
app.command()(processes.relay)
app.command()(processes.redis)
app.command()(doctor)
app.command()(verify)
app.command()(report)
app.add_typer(coalition_commands.app, name="coalition")
app.add_typer(keys.app, name="keys")
app.add_typer(notices.app, name="notice")
app.add_typer(playbook.app, name="playbook")
app.add_typer(aid.app, name="aid")
app.add_typer(endpoints.app, name="endpoint")
app.add_typer(misp.app, name="misp")


def main() -> None:
    """Run the command of this process's arguments and leave with its exit code."""
    try:
        app()
    except TocsinError as error:
        sys.exit(complain(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (`tocsin … | head`); there is nobody to tell.
        sys.stderr.close()
        sys.exit(FAILED)
