"""`tocsin doctor` and `tocsin verify`: is everything there, and is the record whole?"""

from __future__ import annotations

from typing import Annotated

import typer

from coalition.cli.output import FAILED, coloured, result, result_json, say

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

_COLOURS = {"ok": "green", "note": "dim", "warn": "yellow", "fail": "red"}


def doctor(as_json: Json = False) -> None:
    """Say what is missing or dangerous before an incident does. Exit code 1 if anything fails."""
    from coalition.cli.checks import examine

    findings = examine()
    failed = sum(finding.level == "fail" for finding in findings)
    if as_json:
        result_json(
            {"ok": not failed, "findings": [finding._asdict() for finding in findings]},
        )
    else:
        for finding in findings:
            level = coloured(f"{finding.level:5}", _COLOURS[finding.level])
            result(f"{level} {finding.subject:12} {finding.what}")
            if finding.remedy:
                result(f"{'':18} → {finding.remedy}")
        warned = sum(finding.level == "warn" for finding in findings)
        say(f"{failed} failed, {warned} warnings." if failed or warned else "All is well.")
    if failed:
        raise typer.Exit(FAILED)


def verify(as_json: Json = False) -> None:
    """Walk the hash chain of every record and replay it. Exit code 1 if anything is not whole."""
    from coalition.application.verify import verify as walk
    from coalition.bootstrap import assemble
    from coalition.settings import load_settings

    findings = walk(assemble(load_settings()).log)
    if as_json:
        result_json({"ok": not findings, "findings": findings})
    else:
        for finding in findings:
            result(finding)
        say(f"{len(findings)} findings." if findings else "Every chain is whole.")
    if findings:
        raise typer.Exit(FAILED)
