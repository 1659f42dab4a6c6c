"""`tocsin up` and `tocsin demo`: everything on one machine."""

from __future__ import annotations

from typing import Annotated

import typer

Workers = Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Show what all processes say, not only whether they run.")
]
Scenario = Annotated[str, typer.Option(help="Which story to play.")]
Speed = Annotated[float, typer.Option(min=0.1, max=100, help="How fast the story plays.")]
Exit = Annotated[bool, typer.Option("--exit", help="End when the story ends, with its ledger.")]

DEFAULT_SCENARIO = "estonia-2007"


def up(workers: Workers = 2, verbose: Verbose = False) -> None:
    """Run everything on this machine: Redis and a workspace of our own where none is set."""
    from coalition.cli.house import House
    from coalition.cli.output import say
    from coalition.cli.supervisor import Supervisor

    with Supervisor(say) as supervisor:
        house = House(supervisor, workers=workers, verbose=verbose)
        house.build()
        if house.wait_until_ready():
            house.show_addresses()
            say("Ctrl-C stops everything.")
            supervisor.watch()
        say("Stopping …")


def demo(
    scenario: Scenario = DEFAULT_SCENARIO,
    speed: Speed = 1.0,
    exit_at_end: Exit = False,
    verbose: Verbose = False,
) -> None:
    """Play a story in a workspace of its own: no Slack, no Redis, nothing real is touched."""
    from coalition.cli.demonstration import play

    code = play(scenario, speed, exit_at_end=exit_at_end, verbose=verbose)
    if code:
        raise typer.Exit(code)
