"""What is certainly set at a point of a playbook, and that finding it out does not explode."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.playbook import Playbook
from coalition.domain.playbook.certainty import Known
from coalition.domain.playbook.values import Variable

NAMES = st.sampled_from(["a", "b", "c", "d.outcome"])
VARIABLES = st.sampled_from([Variable("text"), Variable("number"), Variable("choice", ("x", "y"))])
SOME = st.dictionaries(NAMES, VARIABLES)


def both(one: dict[str, Variable], other: dict[str, Variable]) -> dict[str, Variable]:
    """What two ways have in common, said as plainly as can be."""
    return {
        name: one[name] if one[name] == other[name] else Variable(None)
        for name in one.keys() & other.keys()
    }


@given(SOME, SOME, SOME, NAMES)
def test_two_ways_have_in_common_what_both_have_set(
    start: dict[str, Variable], left: dict[str, Variable], right: dict[str, Variable], name: str
) -> None:
    known = Known.of(start)
    one, other = known.plus(left), known.plus(right)
    assert dict(one) == {**start, **left}
    assert dict(one & other) == both({**start, **left}, {**start, **right})
    assert dict(one.without(name)) == {n: v for n, v in {**start, **left}.items() if n != name}
    assert (one == other) == ({**start, **left} == {**start, **right})
    assert set(one | other) == {*start, *left, *right}
    assert dict(known) == start


def work_of_checking(steps: list[dict[str, Any]]) -> int:
    """How many Python functions checking a playbook calls: the same on any machine."""
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event == "call"

    raw = {"playbook": "p", "title": "P", "tlp": "clear", "steps": steps}
    sys.setprofile(count)
    try:
        Playbook.model_validate(raw)
    finally:
        sys.setprofile(None)
    return calls


def branches(count: int) -> list[dict[str, Any]]:
    pause = {"do": "wait", "for": "1m"}
    return [
        {"id": f"s{n}", "if": "severity = 'S3'", "then": [{**pause, "id": f"a{n}"}]}
        for n in range(count)
    ]


def jumps(count: int) -> list[dict[str, Any]]:
    pause = {"do": "wait", "for": "1m"}
    return [
        step
        for n in range(count)
        for step in (
            {"id": f"s{n}", "if": "severity = 'S3'", "then": [{"id": f"g{n}", "goto": f"t{n}"}]},
            {**pause, "id": f"between{n}"},
            {**pause, "id": f"t{n}"},
        )
    ]


def back_to_the_start(count: int) -> list[dict[str, Any]]:
    return [
        {"id": "start", "do": "wait", "for": "1m"},
        *(
            {"id": f"s{n}", "if": "severity = 'S3'", "then": [{"id": f"g{n}", "goto": "start"}]}
            for n in range(count)
        ),
    ]


def test_twice_the_steps_are_twice_the_work() -> None:
    for write in (branches, jumps, back_to_the_start):
        work_of_checking(write(5))  # whatever is made once, is made
        assert work_of_checking(write(240)) < 2.3 * work_of_checking(write(120))
