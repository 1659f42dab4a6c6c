"""Durations and fractions as people write them."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.durations import format_duration, parse_duration, parse_fraction


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("30d", timedelta(days=30)),
        ("1h30m", timedelta(minutes=90)),
        (" 0h ", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "4", "h", "4 h", "30m1h", "-4h", "1.5h", "4H", "4h4h", "٤h"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; write it like 90s, 15m"):
        parse_duration(text)


@given(st.integers(0, 10**9).map(lambda s: timedelta(seconds=s)))
def test_a_written_duration_is_read_back_as_it_was(duration: timedelta) -> None:
    if duration.days < 100_000:
        assert parse_duration(format_duration(duration)) == duration


def test_a_fraction_stays_exact() -> None:
    assert parse_fraction("2/3") == Fraction(2, 3)
    assert parse_fraction("1 / 1") == 1


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "2/0", "0.66", "66%", "2", "-1/2"])
def test_what_is_not_a_part_of_a_whole_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a part of a whole; write it like 1/2 or 2/3"):
        parse_fraction(text)
