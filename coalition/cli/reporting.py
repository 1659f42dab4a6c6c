"""`tocsin report`: the record of an incident as Markdown, for one named reader."""

from __future__ import annotations

from typing import Annotated

import typer

from coalition.cli.output import result, result_json, say

Incident = Annotated[str, typer.Argument(help="The incident, such as INC-2026-0007.")]
Reader = Annotated[
    str, typer.Option("--for", help="The delegate (id) who will read it; the gate asks for them.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def report(incident: Incident, reader: Reader, as_json: Json = False) -> None:
    """Write an incident's report, with what its reader may see and nothing else."""
    from coalition.bootstrap import assemble
    from coalition.domain.errors import NotFound
    from coalition.domain.gate import ToViewer, ceiling_of, release
    from coalition.domain.labels import Tlp
    from coalition.rendering.report import report as write
    from coalition.settings import load_settings

    tocsin = assemble(load_settings())
    tocsin.coalition.delegate(reader)
    state = tocsin.directory.incident(incident)
    audience = ToViewer(reader, state, surface="board") if state else None
    ceiling = ceiling_of(audience, tocsin.coalition) if audience else None
    if state is None or audience is None or ceiling is None:
        hint = "/incident list shows the incidents that they may see."
        raise NotFound(f"There is no incident {incident[:60]!r} for {reader}.", hint)
    records = (record for record, _ in tocsin.log.records("incident", incident))
    written = write(state, records, tocsin.coalition, ceiling=ceiling or Tlp.CLEAR)
    text = release(
        written.text, tlp=written.tlp, audience=audience, coalition=tocsin.coalition
    ).content
    if as_json:
        result_json({"text": text, "tlp": written.tlp, "withheld": written.withheld})
        return
    result(text.rstrip())
    say(f"{written.tlp}, for {reader}; {written.withheld} entries above their ceiling left out.")
