"""Times, folding and safe text, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from coalition.domain.incident.words import Stage
from coalition.rendering.board import marks
from coalition.rendering.board.moments import Present, span
from coalition.rendering.board.text import visible
from coalition.rendering.board.timeline import LONG, _folded

NOW = datetime(2026, 11, 21, 23, 30, 15, tzinfo=UTC)


def test_a_time_of_today_is_told_to_the_second_and_of_other_days_with_the_day() -> None:
    present = Present(NOW, "UTC")
    assert present.moment(NOW - timedelta(hours=1)).utc == "22:30:15 UTC"
    assert present.moment(NOW + timedelta(hours=1)).utc == "22 Nov 00:30 UTC"


def test_the_local_time_names_its_day_where_that_differs_from_the_utc_day() -> None:
    present = Present(NOW, "Europe/Tallinn")
    assert present.moment(NOW).local == "22 Nov 01:30"
    assert present.moment(NOW - timedelta(hours=4)).local == "21:30"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon"])
def test_a_zone_that_is_utc_just_now_needs_no_second_time(zone: str) -> None:
    assert Present(NOW, zone).moment(NOW).local == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"),
        (3900, "1 h 5 min"), (86_400, "1 d"), (90_000, "1 d 1 h"), (86_460, "1 d"),
        (10 * 86_400 + 7_200, "10 d 2 h"),
    ],
)  # fmt: skip
def test_a_span_has_its_two_largest_units(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_what_is_due_and_what_is_past_are_told_apart() -> None:
    present = Present(NOW, "UTC")
    due, past = present.moment(NOW + timedelta(minutes=4)), present.moment(NOW)
    assert (due.away, due.past) == ("in 4 min", False)
    assert (past.away, past.past) == ("0 s ago", True)


def test_every_stage_has_a_word_and_a_shape_of_its_own() -> None:
    assert set(marks.STAGES) == set(get_args(Stage))
    assert len({mark.word for mark in marks.STAGES.values()}) == len(marks.STAGES)
    assert len({mark.shape for mark in marks.STAGES.values()}) == len(marks.STAGES)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Jānis Bērziņš – “ok”\n\tнавіть так", "Jānis Bērziņš – “ok”\n\tнавіть так"),
        ("\u202eRAELC:PLT\u202c", "RAELC:PLT"),
        ("a\u2066b\u2069c\u200bd\ufeff\x00e\x1bf\u2028g", "abcdefg"),
        ("👩\u200d🚒", "👩\u200d🚒"),
    ],
)
def test_unseen_letters_are_taken_out_and_all_others_kept(written: str, shown: str) -> None:
    assert visible(written) == shown


@pytest.mark.parametrize("text", ["short", "w " * 400, "x" * 2000, "é" * LONG])
def test_folding_loses_nothing(text: str) -> None:
    head, rest = _folded(text)
    assert len(head) <= LONG
    assert (head + rest).replace(" ", "") == text.replace(" ", "")
