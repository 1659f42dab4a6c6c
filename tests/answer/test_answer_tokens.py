from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.application.answer_tokens import TokenExpired, TokenRefused, make, read

KEY = "k" * 64
NOW = datetime(2026, 11, 5, 3, 12, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=14)
TOKEN = make(KEY, "INC-2026-0007", 1, "lv", EXPIRES)


def test_a_token_stands_for_one_notice_to_one_member() -> None:
    assert read(KEY, TOKEN, NOW) == ("INC-2026-0007", 1, "lv", EXPIRES, None)


def test_a_token_of_one_sending_says_which() -> None:
    third = make(KEY, "INC-2026-0007", 1, "lv", EXPIRES, attempt=3)
    assert read(KEY, third, NOW).attempt == 3
    assert third != TOKEN


def test_the_same_notice_always_has_the_same_link() -> None:
    assert make(KEY, "INC-2026-0007", 1, "lv", EXPIRES) == TOKEN


def test_a_token_fits_into_a_path_and_into_a_line() -> None:
    assert TOKEN.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert len(TOKEN) < 120


def test_an_expired_token_is_told_from_a_forged_one() -> None:
    with pytest.raises(TokenExpired) as caught:
        read(KEY, TOKEN, EXPIRES)
    assert caught.value.ref.member == "lv"


def test_exercise_and_live_do_not_take_each_others_tokens() -> None:
    with pytest.raises(TokenRefused):
        read(KEY, TOKEN, NOW, exercise=True)


def test_another_key_makes_another_signature() -> None:
    with pytest.raises(TokenRefused):
        read("o" * 64, TOKEN, NOW)


@given(at=st.integers(0, len(TOKEN) - 1), letter=st.characters())
def test_a_token_that_was_changed_anywhere_is_refused(at: int, letter: str) -> None:
    forged = TOKEN[:at] + letter + TOKEN[at + 1 :]
    # The last letter of base64 holds bits that do not count, so another one may mean the same.
    if forged != TOKEN and at < len(TOKEN) - 1:
        with pytest.raises(TokenRefused) as caught:
            read(KEY, forged, NOW)
        assert not isinstance(caught.value, TokenExpired)


@given(text=st.text(max_size=600))
def test_no_text_makes_it_fail_in_any_other_way_than_refusing(text: str) -> None:
    with pytest.raises(TokenRefused) as caught:
        read(KEY, text, NOW)
    assert text not in str(caught.value) or len(text) < 40
