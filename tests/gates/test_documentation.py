"""What a person can set or type is documented, and the documentation is current."""

from __future__ import annotations

import typer

from coalition.cli.main import app
from coalition.cli.reference import commands, commands_page, settings_page
from coalition.settings import Settings, variable
from tests.gates.measures import REPOSITORY

DOCS = REPOSITORY / "docs"
RENEW = "run: python -m coalition.cli.reference docs"


def test_the_page_of_settings_is_current_and_names_them_all() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), RENEW
    assert all(f"`{variable(name)}`" in page for name in Settings.model_fields)


def test_the_page_of_commands_is_current() -> None:
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == commands_page(), RENEW


def test_every_setting_says_what_it_is_for() -> None:
    short = [
        name
        for name, field in Settings.model_fields.items()
        if len(field.description or "") < 20 or not (field.description or "").endswith(".")
    ]
    assert short == []


def test_every_command_and_every_option_has_help() -> None:
    helpless = []
    for name, command in commands(typer.main.get_command(app)):
        if not (command.help or "").strip():
            helpless.append(name)
        helpless += [
            f"{name} {parameter.name}"
            for parameter in command.params
            if parameter.name != "help" and not (parameter.help or "").strip()
        ]
    assert helpless == []


def test_the_readme_names_the_commands_that_are_checked() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/tocsin demo" in readme
    assert "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest" in readme
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert "install --quiet --disable-pip-version-check '.[test]'" in script
    assert script.rstrip().endswith("pytest")


def test_the_procfile_starts_the_processes_of_the_command_line() -> None:
    known = {name for name, _ in commands(typer.main.get_command(app))}
    lines = (REPOSITORY / "Procfile").read_text(encoding="utf-8").splitlines()
    assert {line.split(":", 1)[1].strip() for line in lines if line} <= known
