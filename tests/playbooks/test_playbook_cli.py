"""`tocsin playbook check|schema`: results on stdout, narration on stderr, exit codes 0, 1, 2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coalition.adapters.playbook_files import playbook_schema_text, read_playbook
from coalition.cli.output import complain
from coalition.cli.playbook import app
from coalition.domain.errors import ConfigError
from coalition.domain.playbook.step import REGISTRY
from coalition.domain.playbook.values import FACTS

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
GOOD = "playbook: {}\ntitle: T\ntlp: clear\nsteps:\n  - {{id: a, do: close}}\n"


def run(*words: str) -> int:
    """The exit code, as the console script gives it."""
    try:
        # Outside standalone mode, typer returns the code of an Exit.
        return int(app(list(words), standalone_mode=False) or 0)
    except ConfigError as error:
        return complain(error)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD.format("good"))
    (tmp_path / "bad.yaml").write_text(GOOD.format("bad").replace("do: close", "do: clse"))
    (tmp_path / "worse.yaml").write_text("tlp: puce\n")
    return tmp_path


def test_good_playbooks_print_nothing_on_stdout_and_exit_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", str(folder / "good.yaml")) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r".*good\.yaml: T, [0-9a-f]{12}: good\.\n", shown.err)


def test_every_fault_of_every_file_is_a_line_of_the_result_and_the_exit_code_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", str(folder)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(f"{folder}/").split(": ")[:2] for line in lines] == [
        ["bad.yaml:5", "steps[a].do"],
        ["worse.yaml:1", "playbook"],
        ["worse.yaml:1", "title"],
        ["worse.yaml:1", "tlp"],
        ["worse.yaml:1", "steps"],
    ]


def test_json_gives_the_same_to_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--json", str(folder)) == 1
    bad, good, worse = json.loads(capsys.readouterr().out)
    assert (good["ok"], good["playbook"], good["findings"]) == (True, "good", [])
    assert good["hash"] == read_playbook(GOOD.format("good"), "good").content_hash
    assert (bad["ok"], len(bad["findings"])) == (False, 1)
    assert (worse["ok"], len(worse["findings"])) == (False, 4)


def test_without_paths_the_folder_of_the_setting_is_checked(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bad.yaml").unlink()
    (folder / "worse.yaml").unlink()
    monkeypatch.setenv("TOCSIN_PLAYBOOKS", str(folder))
    assert run("check") == 0
    assert "good.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["missing.yaml", "empty"])
def test_a_path_that_leads_nowhere_is_wrong_use(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert run("check", str(tmp_path / what)) == 2
    assert str(tmp_path / what) in capsys.readouterr().err


def test_with_a_coalition_file_the_members_named_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.yaml"
    step = "{id: a, do: notify, to: atlantis, text: x}"
    path.write_text(GOOD.format("a").replace("{id: a, do: close}", step))
    example = ROOT / "coalition" / "data" / "coalition.example.yaml"
    assert run("check", str(path)) == 0
    assert run("check", str(path), "--members", str(example)) == 1
    assert "'atlantis' is neither a role nor a member" in capsys.readouterr().out


def test_the_schema_is_printed_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("schema") == 0
    assert capsys.readouterr().out == playbook_schema_text()
    assert run("schema", "--write", str(tmp_path)) == 0
    written = (tmp_path / "playbook.schema.json").read_text(encoding="utf-8")
    assert written == playbook_schema_text()
    assert run("schema", "--write", str(tmp_path / "nowhere")) == 2


def test_every_verb_control_word_field_and_fact_is_documented() -> None:
    for word, kind in REGISTRY.items():
        assert f"`{word}`" in DOCS, word
        for name, field in kind.model_fields.items():
            shown = field.alias or name
            assert re.search(rf"\b{shown}\b", DOCS), f"{word}.{shown}"
        for name in kind.outputs:
            assert f"`{name}`" in DOCS, f"{word} leaves {name} behind"
    for name in FACTS:
        assert f"`{name}`" in DOCS, name


def test_the_examples_of_the_docs_are_good() -> None:
    first, *others = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    read_playbook(first, "docs")
    inputs = "{filtering: {}, service: {}, hours: {type: number}}"
    header = f"playbook: p\ntitle: P\ntlp: clear\ninputs: {inputs}\nsteps:\n"
    for other in others:
        read_playbook(header + other, "docs")


def test_the_command_imports_nothing_of_the_engine_until_it_runs() -> None:
    late = "'coalition.domain.playbook' in sys.modules"
    code = f"import sys, coalition.cli.playbook; sys.exit({late})"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
