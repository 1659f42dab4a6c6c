"""`tocsin notice preview`: what each recipient would get, by each channel; nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalition.cli import notice_data
from coalition.cli.output import result, result_json, say

if TYPE_CHECKING:
    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.members import Coalition
    from coalition.rendering.notices.preview import About, Told

app = typer.Typer(help="Notices to partners: see what each would get before anything is sent.")
app.command()(notice_data.sightings)
app.command()(notice_data.read)

File = Annotated[Path | None, typer.Argument(help="A notice as YAML; see docs/notices.md.")]
Incident = Annotated[str, typer.Option(help="The incident of a notice that is on record.")]
Number = Annotated[int, typer.Option("--notice", help="The notice's number in that incident.")]
Reader = Annotated[
    str,
    typer.Option(
        "--for", help="With --incident: the delegate (id) who reads it; asked of the gate."
    ),
]
Only = Annotated[str, typer.Option("--only", help="Show this member (id) alone.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command()
def preview(
    file: File = None,
    incident: Incident = "",
    notice: Number = 1,
    reader: Reader = "",
    only: Only = "",
    as_json: Json = False,
) -> None:
    """Show exactly what each recipient gets by each channel, and who is refused and why.

    A notice on record is shown to a reader who may see it; a file is its writer's own.
    The output carries the notice's label.
    """
    from coalition.rendering.notices.hub import hub_of
    from coalition.rendering.notices.preview import preview as render
    from coalition.settings import load_settings

    settings = load_settings()
    issued, about, coalition = (
        _recorded(incident, notice, reader) if file is None else _written(file, incident)
    )
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    told = render(issued, about, coalition, hub_of(settings.public_url, smtp))
    shown = [one for one in told if only in ("", one.member)]
    if as_json:
        result_json({"tlp": issued.tlp, "recipients": [_plain(one) for one in shown]})
        return
    for one in shown:
        _say(one)
    say(f"{issued.tlp}. Nothing was sent.")


def _recorded(number: str, notice: int, reader: str) -> tuple[NoticeIssued, About, Coalition]:
    from typing import cast

    from coalition.bootstrap import assemble
    from coalition.domain.errors import NotFound
    from coalition.domain.gate import ToViewer, release
    from coalition.domain.incident.chasing import notice_of
    from coalition.domain.labels import strictest
    from coalition.rendering.notices.preview import About
    from coalition.settings import load_settings

    tocsin = assemble(load_settings())
    state = tocsin.directory.incident(number) if number else None
    if state is None:
        hint = "Name a file, or --incident INC-2026-0007 --notice 1 --for <delegate>."
        raise NotFound(f"There is no incident {number[:60]!r}.", hint)
    tocsin.coalition.delegate(reader)
    known = notice_of(state, notice)
    record = tocsin.dispatcher.record("incident", number, known.version)
    issued = release(
        cast("NoticeIssued", record.event()),
        tlp=strictest(known.tlp, state.tlp),
        audience=ToViewer(reader, state, "board"),
        coalition=tocsin.coalition,
    ).content
    return issued, About(number, state.tlp, datetime.now(UTC)), tocsin.coalition


def _written(file: Path, incident: str) -> tuple[NoticeIssued, About, Coalition]:
    from coalition.adapters.coalition_file import load_coalition
    from coalition.cli.notice_file import read_notice
    from coalition.rendering.notices.preview import About
    from coalition.settings import load_settings

    coalition = load_coalition(load_settings().coalition)
    now = datetime.now(UTC)
    number = incident or f"INC-{now.year}-0000"
    issued = read_notice(file, number, coalition, now)
    return issued, About(number, issued.tlp, now), coalition


def _plain(one: Told) -> dict[str, Any]:
    return {**one._asdict(), "ways": [way._asdict() for way in one.ways]}


def _say(one: Told) -> None:
    result(f"== {one.name} ({one.member}), to acknowledge by {one.ack_by}")
    if one.refused:
        result(f"   the content is kept from it: {one.refused}")
    if not one.ways:
        result(f"   nothing is sent; phone {one.phone}")
    for number, way in enumerate(one.ways, 1):
        what = "the notice" if way.whole else f"a nudge without content ({way.why})"
        result(f"-- {number}. by {way.kind}: {what}")
        result(way.text.rstrip())
    result("")
