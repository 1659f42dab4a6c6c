"""Files stay under 300 lines and functions under 40, so that everything can be held in the head.

Tests get a little more, because each is read by itself. An exception is listed with its reason and
its present size; it may shrink and must not grow, and one that is no longer needed must go.
"""

from __future__ import annotations

import pytest

from tests.gates.measures import functions, name, parsed, python_files

# (lines of a file, lines of a function without its docstring)
LIMITS = {"coalition": (300, 40), "bot": (300, 40), "workers": (300, 40), "sandbox": (300, 40),
          "bench": (300, 45), "tests": (400, 50)}  # fmt: skip

FILES: dict[str, tuple[int, str]] = {}
FUNCTIONS: dict[str, tuple[int, str]] = {
    "sandbox/slack/seed.py:default_seed": (46, "one table of example data, without logic"),
}

Sizes = dict[str, int]
Exceptions = dict[str, tuple[int, str]]


def file_sizes(root: str) -> Sizes:
    return {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(root)
    }


def function_sizes(root: str) -> Sizes:
    return {
        f"{name(path)}:{function.name}": length
        for path in python_files(root)
        for function, length in functions(parsed(path))
    }


def too_long(sizes: Sizes, longest: int, exceptions: Exceptions) -> Sizes:
    return {
        what: size for what, size in sizes.items() if size > exceptions.get(what, (longest, ""))[0]
    }


def needless(sizes: Sizes, longest: int, exceptions: Exceptions) -> list[str]:
    return [what for what in exceptions if what in sizes and sizes[what] <= longest]


@pytest.mark.parametrize("root", LIMITS)
def test_no_file_is_longer_than_a_person_can_hold(root: str) -> None:
    sizes = file_sizes(root)
    assert too_long(sizes, LIMITS[root][0], FILES) == {}
    assert needless(sizes, LIMITS[root][0], FILES) == []


@pytest.mark.parametrize("root", LIMITS)
def test_no_function_is_longer_than_a_screen(root: str) -> None:
    sizes = function_sizes(root)
    assert too_long(sizes, LIMITS[root][1], FUNCTIONS) == {}
    assert needless(sizes, LIMITS[root][1], FUNCTIONS) == []


def test_every_exception_names_something_that_is_there() -> None:
    everything = {what for root in LIMITS for what in (*file_sizes(root), *function_sizes(root))}
    assert {*FILES, *FUNCTIONS} - everything == set()


def test_the_measure_itself_notices() -> None:
    assert too_long({"f": 41, "g": 40}, 40, {}) == {"f": 41}
    assert too_long({"f": 51}, 40, {"f": (50, "a reason")}) == {"f": 51}
    assert needless({"f": 40}, 40, {"f": (50, "a reason")}) == ["f"]
