"""`tocsin notice sightings` and `read`: STIX made of a notice's answers, and STIX from others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from coalition.cli.output import result, result_json, say
from coalition.rendering.board.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.rendering.notices.stix_sightings import Seen

Incident_ = Annotated[str, typer.Argument(help="The incident, such as INC-2026-0007.")]
Number = Annotated[int, typer.Option("--notice", help="The notice's number in that incident.")]
Stix = Annotated[Path | None, typer.Argument(help="A STIX 2.x file; without one, stdin.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def sightings(incident: Incident_, notice: Number = 1) -> None:
    """Print which members are affected, as STIX 2.1 sightings of the notice's indicators.

    The bundle carries the label in force, and "unverified" where an answer came by a mere link.
    """
    from coalition.bootstrap import assemble
    from coalition.domain.errors import NotFound, UserError
    from coalition.domain.incident.chasing import notice_of
    from coalition.rendering.notices.stix_sightings import sightings as render
    from coalition.settings import load_settings

    tocsin = assemble(load_settings())
    state = tocsin.directory.incident(incident)
    if state is None:
        hint = "Write it like INC-2026-0007."
        raise NotFound(f"There is no incident {incident[:60]!r}.", hint)
    seen = list(_seen(tocsin, state, notice_of(state, notice)))
    try:
        bundle = render(seen)
    except ValueError as error:
        hint = "The board shows who has answered, and what the notice states."
        raise UserError(f"There is nothing to print: {error}.", hint) from error
    result(bundle.decode())
    say(f"{seen[0].tlp}. Sightings of {len(seen)} members.")


def _seen(tocsin: Tocsin, incident: Incident, notice: NoticeState) -> Iterator[Seen]:
    from coalition.domain.incident.answer_details import affected
    from coalition.domain.incident.events import NoticeIssued
    from coalition.rendering.notices.build import Draft, Hub, label_now
    from coalition.rendering.notices.stix_sightings import Seen

    record = tocsin.dispatcher.record("incident", incident.number, notice.version)
    event = cast("NoticeIssued", record.event())
    coalition, hub = tocsin.coalition, Hub(tocsin.settings.public_url)
    draft = Draft.of(incident.number, event, record.at, coalition, hub)
    tlp = label_now(notice.tlp, incident.tlp)
    for name, one in notice.recipients.items():
        at = one.answered_at or one.acknowledged_at
        if one.affected is None or at is None or not affected(one.affected):
            continue
        told = draft.for_recipient(
            coalition.member(name), tlp=tlp, attempt=1, ack_by=event.ack_by, answer_url=""
        )
        count = one.affected.get("count")
        yield Seen(told, at, tlp, int(count) if count else None, verified=one.verified)


def read(file: Stix = None, as_json: Json = False) -> None:
    """Say under which label STIX from somebody else counts, and what is in it.

    What carries no label, or one that nobody knows, counts as TLP:RED. Nothing is looked up, and
    nothing is kept.
    """
    from coalition.domain.errors import UserError
    from coalition.rendering.notices.stix_inbound import read_stix

    try:
        data = sys.stdin.buffer.read() if file is None else file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read ({error.strerror})."
        raise UserError(what, "Name a file, or pipe one in.") from error
    found = read_stix(data)
    if as_json:
        objects = [{"tlp": one.tlp, **one.content} for one in found.objects]
        statements = list(found.statements)
        result_json({"tlp": found.tlp, "statements": statements, "objects": objects})
        return
    result(f"{found.tlp}")
    for statement in found.statements:
        result(f"Restriction: {_line(statement)}")
    for one in found.objects:
        name = one.content.get("name") or one.content.get("pattern") or ""
        kind = _line(one.content["type"])[:20]
        result(f"{one.tlp:<16}  {kind:<20}  {_line(name)[:80]}".rstrip())


def _line(text: object) -> str:
    """What a stranger wrote, on one line and without what could steer a terminal."""
    return " ".join(visible(str(text)).split())
