"""`tocsin misp …`: the MISP events that were written for members, to be handed over or imported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from coalition.cli.output import result, result_json, say

app = typer.Typer(help="MISP events written for members: list them, copy them out.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
OfMember = Annotated[str, typer.Argument(help="The member (id), such as lv. Default: all.")]
To = Annotated[Path, typer.Option(help="The folder to copy them into; made when it is not there.")]


@app.command("list")
def list_(member: OfMember = "", as_json: Json = False) -> None:
    """List the events: member, label, file, what it is about. Each is for that member alone."""
    events = [_described(place) for place in _files(member)]
    if as_json:
        result_json(events)
        return
    for one in events:
        result(f"{one['member']}  {one['tlp']}  {one['file']}  {one['info']}")
    if not events:
        say("No MISP event has been written so far.")


@app.command()
def export(
    member: Annotated[str, typer.Argument(help="The member (id), such as lv.")], to: To
) -> None:
    """Copy a member's events into a folder, readable by you alone."""
    import shutil

    from coalition.domain.errors import ConfigError

    files = _files(member)
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in files:
            copied = Path(shutil.copyfile(place, to / place.name))
            copied.chmod(0o600)
            result(str(copied))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([f"{to}: cannot be written ({reason}); choose a folder"]) from error
    say(f"{len(files)} events of {member}. They are for {member} alone.")


def _files(member: str) -> list[Path]:
    """The event files of a member, or of all, in the order of their names."""
    from coalition.adapters.coalition_file import load_coalition
    from coalition.adapters.misp_files import EXPORTS
    from coalition.settings import load_settings

    settings = load_settings()
    if member:
        load_coalition(settings.coalition).member(member)  # with the nearest known id, if wrong
    folder = settings.data_dir / EXPORTS
    return sorted(folder.glob(f"{member or '*'}/[!.]*.json"))


def _described(place: Path) -> dict[str, Any]:
    import json

    event = json.loads(place.read_bytes())["Event"]
    tags = [str(tag["name"]) for tag in event["Tag"]]
    label = next((tag.upper() for tag in tags if tag.startswith("tlp:")), "")
    return {
        "member": place.parent.name,
        "tlp": label,
        "file": str(place),
        "info": event["info"],
        "uuid": event["uuid"],
    }
