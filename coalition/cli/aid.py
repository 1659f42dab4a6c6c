"""`tocsin aid`: requests written out, and recommendations made again, for one named reader."""

from __future__ import annotations

from typing import Annotated

import typer

from coalition.cli.output import FAILED, result, result_json, say

app = typer.Typer(help="Mutual aid.", no_args_is_help=True)

Request = Annotated[
    str, typer.Argument(help="One request, such as AID-2026-0003; all of them where left out.")
]
Reader = Annotated[
    str, typer.Option("--for", help="The delegate (id) who will read it; the gate asks for them.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV (as without any option).")]


@app.command()
def export(
    reader: Reader, request: Request = "", as_json: Json = False, as_csv: Csv = False
) -> None:
    """Write out requests, offers, signatures, missions and costs, as far as the reader may see."""
    from coalition.application.aid_known import known_one, known_to, released
    from coalition.bootstrap import assemble
    from coalition.domain.errors import NotFound, UserError
    from coalition.rendering import aid_export
    from coalition.settings import load_settings

    if as_json and as_csv:
        raise UserError("CSV and JSON at once is not possible.", "Choose --csv or --json.")
    tocsin = assemble(load_settings())
    member = tocsin.coalition.delegate(reader)[0].id
    one = known_one(tocsin, reader, request) if request else None
    found = [one] if one else [] if request else known_to(tocsin, reader)
    if request and one is None:
        hint = "/aid list shows the requests that they may see."
        raise NotFound(f"There is no request {request[:40]!r} for {reader}.", hint)
    if as_json:
        kept = [released(tocsin, aid_export.data(k.whole, member), reader, k) for k in found]
        result_json({"for": reader, "requests": [each.content for each in kept]})
    else:
        rows = [
            row
            for k in found
            for row in released(tocsin, list(aid_export.rows(k.whole, member)), reader, k).content
        ]
        result(aid_export.as_csv(rows).rstrip())
    labels = ", ".join(sorted({k.label.value for k in found})) or "nothing"
    say(f"{len(found)} requests ({labels}), for {reader}. What is private to others is left out.")


@app.command()
def recommended(
    request: Annotated[str, typer.Argument(help="The request, such as AID-2026-0003.")],
    reader: Reader,
    as_json: Json = False,
) -> None:
    """Make every recommendation again that was shown for a request, and compare with the record."""
    from coalition.application.aid_known import known_one, released
    from coalition.application.matching import on_record
    from coalition.bootstrap import assemble
    from coalition.domain.errors import NotFound
    from coalition.rendering import aid_recalled
    from coalition.settings import load_settings

    tocsin = assemble(load_settings())
    one = known_one(tocsin, reader, request)
    if one is None:
        hint = "/aid list shows the requests that they may see."
        raise NotFound(f"There is no request {request[:40]!r} for {reader}.", hint)
    found = on_record(tocsin, one.whole.aid)
    if as_json:
        result_json(released(tocsin, aid_recalled.data(found), reader, one).content)
    else:
        for line in released(tocsin, aid_recalled.lines(found), reader, one).content:
            result(line)
    differ = sum(not each.same for each in found)
    say(f"{len(found)} recommendations; {differ or 'none'} come out otherwise when made again.")
    if differ:
        raise typer.Exit(FAILED)
