"""`tocsin playbook simulate|test|graph|diff` as people use them, and the tutorial as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coalition.adapters.playbook_files import check_files
from coalition.cli.output import complain
from coalition.cli.playbook import app
from coalition.domain.errors import ConfigError
from coalition.rehearsal.occurrences import WORDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "rehearse.md").read_text(encoding="utf-8")
DDOS = str(ROOT / "playbooks" / "cross-border-ddos.yaml")


def run(*words: str) -> int:
    """The exit code, as the console script gives it."""
    try:
        return int(app(list(words), standalone_mode=False) or 0)
    except ConfigError as error:
        return complain(error)


def example(name: str) -> str:
    """A block of the tutorial."""
    found = re.search(rf"<!-- tutorial: {name} -->\n```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert found is not None, name
    return found[1]


@pytest.fixture
def friday(tmp_path: Path) -> Path:
    path = tmp_path / "friday-patch.yaml"
    path.write_text(example("good"), encoding="utf-8")
    return path


def test_the_timeline_says_when_who_and_what_and_ends_with_what_is_open(
    friday: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "friday.yaml"
    answers.write_text(example("answers"), encoding="utf-8")
    assert run("simulate", str(friday), "--answers", str(answers)) == 0
    shown = capsys.readouterr()
    lines = re.sub(r" +", " ", shown.out).splitlines()
    assert lines[0].startswith("Friday patch: rehearsed in S2, TLP:GREEN, vulnerability")
    assert " t+00:05 warn lv: acknowledge" in lines
    assert " t+00:20 warn reminder to fi, lt, pl, se" in lines
    assert " t+01:00 heard late: silent: lt" in lines
    assert "The run is completed at t+04:00." in lines
    assert "Open: notice 1 is not acknowledged by lt" in lines
    assert "nothing has left" in shown.err


def test_chance_is_repeatable_and_json_is_for_programs(
    friday: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "answers.yaml"
    inputs.write_text("inputs: {product: x}\n", encoding="utf-8")
    words = ["simulate", str(friday), "--answers", str(inputs), "--json", "--seed"]
    told = []
    for seed in ("7", "7", "8"):
        assert run(*words, seed) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1] != told[2]
    assert {"status", "timeline", "open", "variables", "ended_at"} <= told[0].keys()
    assert {one["what"] for one in told[0]["timeline"]} <= set(WORDS)


def test_a_missing_input_and_a_wrong_answer_are_said_with_their_place(
    friday: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("simulate", str(friday)) == 2
    assert "Input product (What has the hole) is missing" in capsys.readouterr().err
    answers = tmp_path / "answers.yaml"
    answers.write_text("answers:\n  warn: {lv: accept after soon}\n  x: [1h]\nevnts: []\n")
    assert run("simulate", str(friday), "--answers", str(answers)) == 2
    said = capsys.readouterr().err
    assert "answers.yaml:2: answers.warn.lv: 'soon' is not a duration" in said
    assert "answers.yaml:4: evnts: is not known here; did you mean 'events'?" in said


def test_the_mistakes_of_the_tutorial_are_told_as_it_says(tmp_path: Path) -> None:
    told = DOCS.partition("<!-- tutorial: mistakes -->")[2].partition("## 3.")[0]
    table = re.findall(r"^\| `(.+?)` \| `(.+?)` \|$", told, re.MULTILINE)
    assert len(table) == 5
    good = example("good")
    for wrong, finding in table:
        key = wrong.partition(":")[0]
        step = re.search(r"\[(\w+)\]", finding)
        assert step is not None
        place = good.index(f"- id: {step[1]}\n")
        text = good[:place] + re.sub(rf"^( +){key}: .*$", rf"\1{wrong}", good[place:], count=1,
                                     flags=re.MULTILINE)  # fmt: skip
        path = tmp_path / "wrong.yaml"
        path.write_text(text, encoding="utf-8")
        (checked,) = check_files([path])
        assert any(finding in one for one in checked.findings), (wrong, checked.findings)


def test_the_cases_of_the_tutorial_go_as_expected_and_a_wrong_one_says_where(
    friday: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = friday.with_name("friday-patch.test.yaml")
    path.write_text(example("cases"), encoding="utf-8")
    assert run("test", str(friday)) == 0
    assert "2 cases, 0 not as expected." in capsys.readouterr().err
    path.write_text(example("cases").replace("{ok: heard, at: 10m}", "{ok: heard, at: 20m}"))
    assert run("test", str(path)) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.removeprefix(f"{path.parent}/") in DOCS.replace("playbooks/", "")


WRONG = """
cases:
  - name: Wrong in every way
    inputs: {product: MailGate}
    answers: {warm: never, warn: acknowledge after 1m, fixed: "yes"}
    expect:
      - {notice: warn, to: [lv]}
      - {alarm: chase}
      - {late: heard}
    never:
      - {notice: tell}
    end: stopped
    ends_at: 5m
    values: {patched: "no"}
"""


def test_whatever_is_not_as_expected_is_said_with_its_line_and_what_came(
    friday: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = friday.with_name("friday-patch.test.yaml")
    path.write_text(WRONG, encoding="utf-8")
    assert run("test", str(path)) == 1
    said = capsys.readouterr().out.replace(f"{path}:", "").splitlines()
    found = {int(line.partition(":")[0]): line for line in said}
    assert "there is no step 'warm'" in found[5]
    assert "expected notice warn to lv; got notice warn at t+00:00 to lv, lt" in found[7]
    assert "expected alarm chase; got nothing of step chase: it did not run" in found[8]
    assert "expected late heard; got no late, but waiting heard" in found[9]
    assert "expected no notice tell; got notice tell at t+00:01" in found[11]
    assert "expected the run to be stopped; got completed" in found[12]
    assert "expected the end at t+00:05; got t+00:01" in found[13]
    assert "expected patched to be 'no'; got 'yes'" in found[14]


def test_a_case_that_expects_nothing_is_no_case(
    friday: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = friday.with_name("friday-patch.test.yaml")
    path.write_text("cases:\n  - {name: Empty, expect: [], end: completed}\n", encoding="utf-8")
    assert run("test", str(path)) == 2
    assert "expect" in capsys.readouterr().err


def test_a_path_without_tests_is_wrong_use(
    friday: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("test", str(friday)) == 2
    assert "has no tests" in capsys.readouterr().err


def test_graphs_are_printed_or_written(
    friday: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("graph", str(friday)) == 0
    assert capsys.readouterr().out.startswith("flowchart TD")
    assert run("graph", str(friday), "--svg", "--to", str(tmp_path / "g.svg")) == 0
    assert (tmp_path / "g.svg").read_text(encoding="utf-8").startswith("<svg")
    assert run("graph", str(friday), "--to", str(tmp_path / "nowhere" / "g")) == 2


def test_a_difference_is_a_line_and_none_is_said_too(
    friday: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(example("good").replace("within: 1h\n", "within: 30m\n"), encoding="utf-8")
    assert run("diff", str(friday), str(new)) == 0
    line = capsys.readouterr().out.strip()
    assert line == "step heard: escalates after 30m instead of 1h"
    assert line.partition(" instead")[0] in " ".join(DOCS.split())
    assert run("diff", str(friday), str(friday)) == 0
    assert "They mean the same." in capsys.readouterr().err


def test_every_word_and_key_of_a_case_is_documented() -> None:
    for word, meaning in WORDS.items():
        assert f"| `{word}` | {meaning} |" in DOCS
    for key in ("incident", "members", "inputs", "started_by", "answers", "decisions",
                "unreachable", "events", "otherwise", "until", "expect", "never", "end",
                "ends_at", "values", "common", "gives"):  # fmt: skip
        assert f"`{key}" in DOCS, key
