"""What the pages tell people to type exists: commands, modules, files, variables."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import typer

from bot.slack.verbs import GROUPS
from coalition.cli.main import app
from coalition.cli.reference import commands
from coalition.settings import Settings, variable
from tests.docs.pages import REPOSITORY, blocks, name, pages

COMMANDS = {
    name.removeprefix("tocsin "): command for name, command in commands(typer.main.get_command(app))
}
GROUPS_OF_COMMANDS = {command.partition(" ")[0] for command in COMMANDS if " " in command}

SPANS = re.compile(r"`([^`\n]+)`")
TYPED = re.compile(r"(?:^|[\s/;&|(])tocsin((?: [a-z]+)+)((?: +(?!&&)\S+)*)", re.MULTILINE)
SLASH = re.compile(
    r"(?:^|[\s`])/(?:x-)?(incident|playbook|coalition|aid|capability) ([a-z]+)", re.MULTILINE
)
MODULE = re.compile(r"python3? -m ([a-z_.]+)")
FILE = re.compile(
    r"`((?:coalition|bot|workers|sandbox|tests|docs|bench|playbooks)/[\w./-]*)`", re.ASCII
)
VARIABLE = re.compile(r"\b((?:TOCSIN|SLACK)_[A-Z_]+)\b")
TESTS_OWN = re.compile(r"\b([A-Z]+_(?:KILLS|SEED|CASES|EXAMPLES|GOLDEN))=")

# Python's own, and pytest.
OUTSIDE = {"venv", "pip", "pytest"}


def typed(text: str) -> str:
    """Everything of a page that is set as code."""
    return "\n".join((*blocks(text, "sh", ""), *SPANS.findall(text)))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def tocsin_commands(code: str) -> list[tuple[str, list[str]]]:
    """(`playbook check`, [`--json`]) for each `tocsin …` in code."""
    found = []
    for words, rest in TYPED.findall(code.replace("\\\n", " ")):
        first, _, more = words.strip().partition(" ")
        grouped = first in GROUPS_OF_COMMANDS and more
        command = f"{first} {more.partition(' ')[0]}" if grouped else first
        options = re.findall(r"(?<=\s)--[a-z-]+", rest.split("#")[0])
        found.append((command, options))
    return found


def unknown(code: str) -> list[str]:
    """What is wrong with the `tocsin …` of this code."""
    bad = []
    for command, options in tocsin_commands(code):
        if command in GROUPS_OF_COMMANDS:  # by itself it prints its help
            continue
        if command not in COMMANDS:
            bad.append(f"tocsin {command}")
            continue
        known = {option for param in COMMANDS[command].params for option in param.opts}
        bad += [f"tocsin {command} {option}" for option in options if option not in known]
    return bad


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_tocsin_command_in_a_page_exists_with_its_options(page: Path) -> None:
    assert unknown(typed(read(page))) == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_slash_command_in_a_page_exists(page: Path) -> None:
    known = {(group, verb) for group in GROUPS for verb in (*GROUPS[group], "help")}
    asked = set(SLASH.findall(typed(read(page)))) - NOT_OURS
    assert asked - known == set()


# The first hour on real Slack mistypes one on purpose; Slack itself says "/incident failed with …".
NOT_OURS = {("incident", "opne"), ("incident", "failed")}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_module_in_a_page_can_be_run(page: Path) -> None:
    for module in set(MODULE.findall(read(page))) - OUTSIDE:
        spec = importlib.util.find_spec(module)
        assert spec is not None, module
        if spec.submodule_search_locations is not None:
            assert importlib.util.find_spec(f"{module}.__main__"), f"{module} cannot be run"


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_file_named_in_a_page_is_there(page: Path) -> None:
    named = set(FILE.findall(read(page))) - WRITTEN_BY_THE_READER
    places = (REPOSITORY, page.parent)
    assert {path for path in named if not any((place / path).exists() for place in places)} == set()


# The tutorial begins with an empty file.
WRITTEN_BY_THE_READER = {"playbooks/friday-patch.yaml"}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_variable_in_a_page_is_a_setting(page: Path) -> None:
    known = {variable(field) for field in Settings.model_fields}
    asked = {found.removesuffix("_FILE") for found in VARIABLE.findall(read(page))}
    assert asked - known - PARTNERS_OWN == set()


# Variables of a partner's own program, in the samples of docs/partners.md.
PARTNERS_OWN = {"TOCSIN_HUB_SECRET"}


def test_the_variables_of_the_long_suites_are_read_by_a_test() -> None:
    asked = set(TESTS_OWN.findall(read(REPOSITORY / "docs/maintainers.md")))
    tests = "\n".join(read(path) for path in (REPOSITORY / "tests").rglob("*.py"))
    assert len(asked) >= 3
    assert [one for one in asked if f'environ.get("{one}"' not in tests] == []


def test_every_benchmark_is_in_the_page_of_benchmarks() -> None:
    from bench.__main__ import ALL  # noqa: PLC0415

    page = read(REPOSITORY / "bench/README.md")
    assert [one for one in ALL if f"`bench.{one}`" not in page] == []


def test_every_slash_verb_is_in_the_page_for_responders() -> None:
    page = read(REPOSITORY / "docs/responders.md")
    verbs = {f"/{group} {verb}" for group in GROUPS for verb in GROUPS[group]}
    assert {verb for verb in verbs if f"`{verb}" not in page} == set()


def test_the_measure_itself_sees_what_does_not_exist() -> None:
    assert unknown("tocsin frobnicate") == ["tocsin frobnicate"]
    assert unknown("tocsin playbook frobnicate x") == ["tocsin playbook frobnicate"]
    assert unknown(".venv/bin/tocsin demo --exit --speed 8 && tocsin up --nonsense") == [
        "tocsin up --nonsense"
    ]
    assert unknown("tocsin playbook check my.yaml --json  # --not-an-option") == []
