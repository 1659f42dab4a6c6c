"""Playbooks that run each other: held against all there are, with place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalition.adapters.playbook_files import PlaybookFolder, check_files, playbook_paths
from coalition.domain.errors import UserError
from coalition.domain.incident.words import Severity
from coalition.domain.playbook.library import family
from coalition.domain.playbook.model import Trigger
from tests.domain.cast import COALITION

HEAD = "playbook: {name}\ntitle: T\ntlp: clear\nsteps:\n  - {step}\n"
INNER = (
    "playbook: inner\ntitle: T\ntlp: clear\ninputs: {word: {}}\nsteps:\n  - {id: a, do: close}\n"
)


def written(folder: Path, **steps: str) -> None:
    (folder / "inner.yaml").write_text(INNER)
    for name, step in steps.items():
        (folder / f"{name}.yaml").write_text(HEAD.format(name=name, step=step))


def runs(name: str, more: str = "") -> str:
    return f"{{id: s, do: playbook, run: {name}{more}}}"


@pytest.mark.parametrize(
    ("step", "finding"),
    [
        (runs("innr"), "steps[s].run: there is no valid playbook 'innr'; did you mean 'inner'?"),
        (runs("inner"), "steps[s]: gives inner no 'word', which it asks for; add it to `with`"),
        (
            runs("inner", ", with: {word: x, wrd: y}"),
            "steps[s].with.wrd: inner has no input 'wrd'; did you mean 'word'?",
        ),
        (
            runs("inner", ", with: {word: x}, save: {b: a.outcom}"),
            "steps[s].save.b: inner never sets 'a.outcom'; did you mean 'a.outcome'?",
        ),
        (
            runs("outer"),
            "steps[s].run: runs itself for ever (outer -> outer); take one of these steps out",
        ),
    ],
)
def test_what_does_not_fit_is_found(tmp_path: Path, step: str, finding: str) -> None:
    written(tmp_path, outer=step)
    for paths in (playbook_paths(tmp_path), [tmp_path / "outer.yaml"]):
        found = [one for checked in check_files(paths) for one in checked.findings]
        assert found == [f"{tmp_path / 'outer.yaml'}:5: {finding}"]


def test_a_circle_of_playbooks_is_told_in_each_and_none_comes_into_force(tmp_path: Path) -> None:
    written(tmp_path, a=runs("b"), b=runs("c"), c=runs("a"), d=runs("a"))
    found = {one.path.stem: one.findings for one in check_files(playbook_paths(tmp_path))}
    assert "(a -> b -> c -> a)" in found["a"][0]
    assert "(c -> a -> b -> c)" in found["c"][0]
    assert found["d"][0].endswith("there is no valid playbook 'a'; add it, or mend it if it is "
                                  "invalid")  # fmt: skip
    assert {one.playbook for one in PlaybookFolder(tmp_path).playbooks()} == {"inner"}


def test_what_is_pinned_is_everything_below_and_circles_are_refused(tmp_path: Path) -> None:
    fits = ", with: {word: x}"
    written(tmp_path, a=runs("b"), b=runs("inner", fits), loop=runs("inner", fits))
    found = {one.playbook: one for one in PlaybookFolder(tmp_path).playbooks()}
    assert set(family(found["a"], found.get)) == {"b", "inner"}
    with pytest.raises(UserError, match="a runs b runs b, for ever"):
        family(found["a"], {**found, "b": found["a"].model_copy(update={"playbook": "b"})}.get)


@pytest.mark.parametrize(
    ("rule", "affected", "fits"),
    [
        ({"sector": "energy"}, ["lv"], True),
        ({"sector": ["water", "energy"]}, ["ee", "lv"], True),
        ({"sector": "energy"}, ["ee"], False),
        ({"dependency": "viasat-ka-sat"}, ["lv"], True),
        ({"member": "ee", "sector": "energy"}, ["ee", "lv"], False),
        ({"member": ["ee", "lv"], "severity": "S3"}, ["lv"], False),
        ({"member": "lv", "kind": ["ddos", "leak"]}, ["lv"], True),
        ({}, [], True),
    ],
)
def test_a_rule_fits_one_affected_member_in_everything_it_says(
    rule: dict[str, object], affected: list[str], *, fits: bool
) -> None:
    about = {"sectors": ("energy",), "dependencies": ("viasat-ka-sat",)}
    members = [COALITION.member(id) for id in affected]
    members = [one.model_copy(update=about if one.id == "lv" else {}) for one in members]
    assert Trigger.model_validate(rule).matches("ddos", Severity.S2, members) is fits
