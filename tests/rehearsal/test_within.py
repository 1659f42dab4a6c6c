"""A playbook within another is rehearsed too: its steps, its questions, its end."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from coalition.cli.main import app
from coalition.domain.playbook import Playbook
from coalition.rehearsal.cases import Case, run_case
from coalition.rehearsal.cast import cast
from coalition.rehearsal.script import Script
from coalition.rehearsal.simulate import simulate
from coalition.rehearsal.telling import tell
from tests.domain_run.stage import mark, playbook

INNER = playbook(
    {
        "id": "scope",
        "do": "ask",
        "text": "How big?",
        "within": "30m",
        "fields": {"size": {"label": "Size"}},
    },
    {"id": "look", "do": "task", "text": "Look into {{size}} of {{what}}", "within": "1h"},
    playbook="inner",
    title="The inner one",
    inputs={"what": {}},
)
OUTER = playbook(
    {"id": "dig", "do": "playbook", "run": "inner", "with": {"what": "{{title}}"},
     "save": {"size": "size"}, "if_fails": [mark("sad")]},
    {"id": "big", "if": "size = 'huge'", "then": [mark("alarmed")]},
    playbook="outer",
)  # fmt: skip
TWICE = playbook(
    {"id": "first", "do": "playbook", "run": "outer"},
    {"id": "late", "do": "playbook", "run": "inner", "with": {"what": "x"}, "within": "10m"},
    playbook="twice",
)
LIBRARY: dict[str, Playbook] = {"inner": INNER, "outer": OUTER}


def told(book: Playbook, script: dict[str, object]) -> list[tuple[str, str, str]]:
    done = simulate(book, Script.model_validate(script), cast(), library=LIBRARY)
    return [(one.what, one.step, one.text) for one in tell(done)]


def test_its_questions_are_asked_and_what_it_leaves_behind_is_used() -> None:
    said = told(OUTER, {"answers": {"dig/scope": "huge after 5m", "dig/look": "done after 10m"}})
    assert ("started", "dig", "The inner one started by ee-op with what=Rehearsed incident") in said
    assert [one[1] for one in said if one[0] == "question"] == ["dig/scope"]
    (task,) = [one for one in said if one[0] == "task"]
    assert task[1:] == ("dig/look", "task for anybody: Look into huge of Rehearsed incident")
    assert ("progress", "dig", "the playbook that it runs is completed") in said
    assert any(one[:2] == ("ok", "alarmed") for one in said)
    assert said[-1] == ("end", "", "completed")


def test_one_within_one_within_one_is_named_by_its_way() -> None:
    answers = {"first/dig/scope": "small after 1m", "first/dig/look": "done after 1m"}
    said = told(TWICE, {"answers": answers})
    assert [one[1] for one in said if one[0] == "question"] == ["first/dig/scope", "late/scope"]
    assert ("late", "late", "late") in said
    cancelled = [one for one in said if one[0] == "progress" and one[1] == "late"]
    assert [one[2].partition(":")[0] for one in cancelled] == [
        "the playbook that it runs is cancelled"
    ]


def test_a_script_may_say_the_result_without_any_of_its_steps() -> None:
    said = told(OUTER, {"answers": {"dig": {"gives": {"size": "huge"}}}})
    assert not any(one[0] == "question" for one in said)
    assert any(one[:2] == ("ok", "alarmed") for one in said)


def test_a_failure_within_is_a_failure_of_the_step() -> None:
    said = told(OUTER, {"answers": {"dig": "fails"}})
    assert any(one[:2] == ("ok", "sad") for one in said)


def test_cases_name_its_steps_and_are_told_of_one_that_is_not_there() -> None:
    case = {
        "name": "inside",
        "answers": {"dig/scope": "huge after 5m", "dig/lok": "done"},
        "expect": [{"question": "dig/scope", "at": "0s"}, {"task": "dig/look", "at": "5m"}],
        "end": "running",
        "until": "1h",
    }
    problems = list(run_case(Case.model_validate(case), (), OUTER, library=LIBRARY))
    what = "there is no step 'dig/lok' in outer; did you mean 'dig/look'?"
    assert problems == [(("answers", "dig/lok"), what)]


def test_the_commands_find_the_playbooks_beside(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        "playbook: inner\ntitle: The inner one\ntlp: clear\nsteps:\n"
        "  - {id: scope, do: ask, text: How big?, within: 30m,\n"
        "     fields: {size: {label: Size}}}\n"
    )
    outer = tmp_path / "outer.yaml"
    outer.write_text(
        "playbook: outer\ntitle: O\ntlp: clear\nsteps:\n"
        "  - {id: dig, do: playbook, run: inner, save: {size: size}}\n"
    )
    (tmp_path / "outer.test.yaml").write_text(
        "cases:\n  - name: inside\n    answers: {dig/scope: huge after 5m}\n"
        "    expect:\n      - {question: dig/scope}\n    end: completed\n    ends_at: 5m\n"
        "    values: {size: huge}\n"
    )
    seen = CliRunner().invoke(app, ["playbook", "simulate", str(outer)])
    assert seen.exit_code == 0, seen.output
    assert "dig/scope" in seen.stdout
    tested = CliRunner().invoke(app, ["playbook", "test", str(outer)])
    assert tested.exit_code == 0, tested.output
