"""`tocsin playbook simulate|test|graph|diff`: rehearse, draw and compare playbooks.

Nothing here reaches the network, a store or a clock: files are read, lines are printed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.giving import give
from coalition.cli.output import FAILED, result, result_json, say
from coalition.domain.errors import ConfigError, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.rehearsal.cases import CaseFile
    from coalition.rehearsal.script import Script

SUFFIXES = (".test.yaml", ".test.yml")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
File = Annotated[Path, typer.Argument(help="A playbook file.")]
Members = Annotated[
    Path | None,
    typer.Option(help="A coalition file to rehearse with. Default: six invented members."),
]


def simulate(
    file: File,
    members: Members = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Who does what when (docs/rehearse.md). Default: all are willing."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Leave to chance what nobody says; same seed, same story.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rehearse a playbook in an instant and print what would happen when. Nothing is sent."""
    from coalition.adapters.clock_files import bundled_clocks
    from coalition.adapters.playbook_files import load_family
    from coalition.rehearsal import timeline
    from coalition.rehearsal.script import Script
    from coalition.rehearsal.simulate import simulate as rehearse

    playbook, library = load_family(file)
    script = _script(answers) if answers else Script(otherwise="willing")
    coalition = _coalition(members, script)
    try:
        rehearsal = rehearse(playbook, script, coalition, seed, bundled_clocks(), library)
    except UserError as error:
        raise ConfigError([f"{answers or file}: cannot begin: {error}"]) from error
    if as_json:
        result_json(timeline.plain(rehearsal))
        return
    for line in timeline.lines(rehearsal):
        result(line)
    say("A rehearsal: nothing has left this machine.")


def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Test files or folders. Default: the folder of TOCSIN_PLAYBOOKS."),
    ] = None,
    members: Members = None,
    as_json: Json = False,
) -> None:
    """Run the cases beside the playbooks (*.test.yaml). Exit code 1 if one is not as expected."""
    from coalition.adapters.coalition_file import load_coalition

    coalition = load_coalition(members) if members else None
    outcomes = [one for path in _test_files(paths) for one in _run_file(path, coalition)]
    if as_json:
        keys = ("file", "case", "findings")
        result_json([dict(zip(keys, (str(p), c, f), strict=True)) for p, c, f in outcomes])
    for path, case, findings in () if as_json else outcomes:
        for finding in findings:
            result(finding)
        if not findings:
            say(f"{path}: {case}: good.")
    failed = sum(bool(findings) for _, _, findings in outcomes)
    say(f"{len(outcomes)} cases, {failed} not as expected.")
    if failed:
        raise typer.Exit(FAILED)


def graph(
    file: File,
    svg: Annotated[bool, typer.Option("--svg", help="Draw SVG instead of Mermaid text.")] = False,
    to: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Draw a playbook, as Mermaid text or as SVG. Needs neither network nor other programs."""
    from coalition.adapters.playbook_files import load_playbook
    from coalition.rehearsal.drawing import draw
    from coalition.rehearsal.mermaid import mermaid

    playbook = load_playbook(file)
    text = draw(playbook) if svg else mermaid(playbook)
    give(text, to)


def diff(
    old: Annotated[Path, typer.Argument(help="The playbook as it was.")],
    new: Annotated[Path, typer.Argument(help="The playbook as it is to be.")],
    as_json: Json = False,
) -> None:
    """Say in words what a change of a playbook means."""
    from coalition.adapters.playbook_files import load_playbook
    from coalition.rehearsal.changes import changes

    found = changes(load_playbook(old), load_playbook(new))
    if as_json:
        result_json([change._asdict() for change in found])
        return
    for change in found:
        result(f"{change.where}: {change.what}")
    if not found:
        say("They mean the same.")


def _coalition(members: Path | None, script: Script) -> Coalition:
    from coalition.adapters.coalition_file import load_coalition
    from coalition.rehearsal.cast import cast

    return load_coalition(members) if members else cast(script.members)


def _script(path: Path) -> Script:
    from coalition.adapters.yaml_source import load_yaml, validate
    from coalition.rehearsal.script import Script

    data, locator = load_yaml(path)
    script: Script = validate(Script, data, locator)
    return script


def _run_file(path: Path, coalition: Coalition | None) -> Iterator[tuple[Path, str, list[str]]]:
    """Each case with what is not as expected, as `file:line: field: expected …; got …`."""
    from coalition.adapters.clock_files import bundled_clocks
    from coalition.adapters.yaml_source import load_yaml, validate
    from coalition.rehearsal.cases import CaseFile, run_case

    data, locator = load_yaml(path)
    cases: CaseFile = validate(CaseFile, data, locator)
    playbook, library = _playbooks_of(path, cases)
    for index, case in enumerate(cases.cases):
        at = ("cases", index)
        problems = run_case(case, at, playbook, coalition, bundled_clocks(), library)
        findings = [
            f"{path}:{locator.line(place)}: {case.name}: {what}" for place, what in problems
        ]
        yield path, case.name, findings


def _playbooks_of(path: Path, cases: CaseFile) -> tuple[Playbook, dict[str, Playbook]]:
    from coalition.adapters.playbook_files import load_family

    stem = next(path.name.removesuffix(end) for end in SUFFIXES if path.name.endswith(end))
    beside = path.parent / (cases.playbook or f"{stem}.yaml")
    return load_family(beside)


def _test_files(paths: list[Path] | None) -> list[Path]:
    """The test files meant. Raises `ConfigError` for a path that leads to none."""
    found: list[Path] = []
    for path in paths or [_playbooks_folder()]:
        inside = sorted(one for end in SUFFIXES for one in path.glob(f"*{end}"))
        if path.is_file() and not path.name.endswith(SUFFIXES):
            inside = [path.with_suffix(".test.yaml")]
        elif path.is_file():
            inside = [path]
        if not inside or not inside[0].exists():
            what = "has no tests (*.test.yaml); docs/rehearse.md shows how they are written"
            raise ConfigError([f"{path}: {what}"])
        found += inside
    return list(dict.fromkeys(found))


def _playbooks_folder() -> Path:
    from coalition.settings import load_settings

    return load_settings().playbooks
