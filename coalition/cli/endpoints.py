"""`tocsin endpoint …`: endpoints that are sent nothing because they said they are gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.output import result, result_json, say

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.reach import DeadEndpoint

app = typer.Typer(help="Partners' endpoints that answered 410 Gone: list them, try them again.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Member = Annotated[str, typer.Argument(help="The member (id), such as lv.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the endpoints that are sent nothing, with when and why."""
    from coalition.bootstrap import assemble
    from coalition.settings import load_settings

    dead = disabled(assemble(load_settings()))
    if as_json:
        result_json([one.model_dump(mode="json") for one in dead])
        return
    for one in dead:
        result(f"{one.member}  {one.kind}  {one.host}  since {one.since:%Y-%m-%d %H:%M} UTC")
    if not dead:
        say("No endpoint is disabled.")


@app.command()
def enable(member: Member) -> None:
    """Try a member's disabled endpoints again, from the next notice on."""
    from coalition.bootstrap import assemble
    from coalition.domain.messages import Actor
    from coalition.domain.reach import EnableEndpoints
    from coalition.settings import load_settings

    tocsin = assemble(load_settings())
    now = datetime.now(UTC)
    command = EnableEndpoints(
        id=f"cli-enable-{member}-{int(now.timestamp() * 1000)}",
        at=now,
        actor=Actor(kind="system", via="cli"),
        member=member,
    )
    before = len(disabled(tocsin))
    tocsin.dispatcher.execute(command)
    result(f"{before - len(disabled(tocsin))} of {member} enabled.")


def disabled(tocsin: Tocsin) -> list[DeadEndpoint]:
    """The endpoints that are sent nothing, oldest first."""
    from coalition.domain.reach import ENDPOINTS

    reach = tocsin.dispatcher.read("reach", ENDPOINTS)
    return sorted(reach.disabled.values(), key=lambda one: one.since) if reach else []
