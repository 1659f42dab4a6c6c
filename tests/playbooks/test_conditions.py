"""Conditions: parsed by our own parser, with order only where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.playbook.conditions import Unorderable, parse_condition

VALUES: dict[str, Any] = {
    "n": 5,
    "half": 2.5,
    "word": "granted",
    "digits": "12",
    "sev": "S3",
    "label": "TLP:AMBER",
    "pause": "1h30m",
    "who": ["lv", "lt"],
    "step.count": 2,
}


def holds(text: str) -> bool:
    return parse_condition(text).holds(VALUES.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "n = 5", "n = '5'", "n != 6", "n < 5.5", "n <= 5", "n > 4", "half >= 2.5", "digits > 9",
        "word = 'granted'", "word != ''", "word='granted'AND n=5",
        "sev >= 'S3'", "sev < 'S4'", "label < 'TLP:RED'", "label > 'green'", "pause > '89m'",
        "who = 'lv, lt'", "step.count = 2",
        "n = 1 OR n = 5", "n = 5 AND (word = 'x' OR sev = 'S3')", "NOT n = 6", "NOT (n = 6)",
        "n = 6 AND n = 6 OR n = 5", "NOT n = 6 AND n = 5", "NOT NOT n = 5",
    ],
)  # fmt: skip
def test_what_holds(text: str) -> None:
    assert holds(text)
    assert not holds(f"NOT ({text})")


@pytest.mark.parametrize("text", ["word > 'a'", "who >= 1", "n < 'S3'", "sev < 3", "label < '1m'"])
def test_what_has_no_order_is_not_guessed(text: str) -> None:
    with pytest.raises(Unorderable, match="has no order"):
        holds(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a name at letter 1;"),
        ("n", "expected one of = != < <= > >= at letter 2;"),
        ("n = word", "expected 'text' in quotes or a number at letter 5, found 'word';"),
        ("n = 'x", 'cannot be read at letter 5, found "\'x";'),
        ("n = 5 n = 5", "expected AND, OR or the end at letter 7, found 'n = 5';"),
        ("(n = 5", "expected ) at letter 7;"),
        ("n = 5 AND", "expected a name at letter 10;"),
        ("n; import os", "cannot be read at letter 2, found '; import os';"),
        ("N = 5", "cannot be read at letter 1, found 'N = 5';"),
        ("NOT " * 30 + "n = 5", "is nested deeper than 20;"),
        ("n = 5 OR " * 200 + "n = 5", "is longer than 1000 letters;"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ValueError, match="; ") as caught:
        parse_condition(text)
    assert str(caught.value).startswith(words)


@given(st.text(alphabet="nAORDT ()='<>!5x.", max_size=40))
def test_whatever_is_typed_is_read_or_refused_and_never_a_crash(text: str) -> None:
    try:
        found = parse_condition(text)
    except ValueError:
        return
    assert list(found.comparisons())
