"""`python -m coalition.cli.library_page playbooks docs`: the page of the shipped playbooks.

A test compares: the page and its drawings are never behind the playbooks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.adapters.yaml_source import load_yaml, validate
from coalition.cli.output import say
from coalition.domain.playbook import Playbook
from coalition.rehearsal.cases import CaseFile
from coalition.rehearsal.drawing import draw

PAGE = "playbook-library.md"
GRAPHS = "graphs"

HEAD = """# The playbooks that come with Tocsin

Each is a file in `playbooks/`, with its rehearsed cases beside it (`*.test.yaml`). They are made to
be copied and changed: roles, times and labels are at the top of each. `tocsin playbook test` runs
every case; [rehearse.md](rehearse.md) shows how to write your own.

| playbook | starts by itself | cases |
|---|---|---|
"""


def pages(folder: Path) -> dict[str, str]:
    """Every file of the docs that is made from the playbooks, by its name below `docs`."""
    made: dict[str, str] = {}
    rows, parts = [], []
    for path in playbook_paths(folder):
        playbook = load_playbook(path)
        names = [case.name for case in _cases(path).cases]
        rows.append(f"| [{playbook.title}](#{path.stem}) | {_triggers(playbook)} | {len(names)} |")
        parts.append(_part(path, playbook, names))
        made[f"{GRAPHS}/{path.stem}.svg"] = draw(playbook)
    made[PAGE] = HEAD + "\n".join(rows) + "\n" + "".join(parts)
    return made


def _cases(path: Path) -> CaseFile:
    found: CaseFile = validate(CaseFile, *load_yaml(path.with_suffix(".test.yaml")))
    return found


def _triggers(playbook: Playbook) -> str:
    said = [f"{', '.join(one.kind) or 'any kind'}, {one.severity}+" for one in playbook.trigger]
    return "; ".join(said) or "no"


def _part(path: Path, playbook: Playbook, cases: list[str]) -> str:
    inputs = "\n".join(
        f"| `{name}` | {one.about or ''} | {'–' if one.default is None else one.default} |"
        for name, one in playbook.inputs.items()
    )
    table = f"| input | meaning | default |\n|---|---|---|\n{inputs}\n" if inputs else ""
    stories = "\n".join(f"- {name}" for name in cases)
    return (
        f"\n## {path.stem}\n\n**{playbook.title}.** {playbook.about} "
        f"Its words are {playbook.tlp}.\n\n"
        f"{table}\nRehearsed:\n\n{stories}\n\n"
        f"![What {path.stem} does, step by step]({GRAPHS}/{path.stem}.svg)\n"
    )


def main(playbooks: Path, docs: Path) -> None:
    """Write every page and drawing."""
    for name, text in pages(playbooks).items():
        (docs / name).parent.mkdir(exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
    say(f"wrote {docs / PAGE} and {docs / GRAPHS}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
