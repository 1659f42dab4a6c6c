"""The store is away: every page still answers, says so, and never hangs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.web.board import reading
from tests.web.asgi import Browser

if TYPE_CHECKING:
    from tests.web.stage import Stage


@pytest.fixture(params=["broken", "hanging"])
def away(request: pytest.FixtureRequest, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> object:
    """Call it, and the store is away: it refuses, or it does not answer at all."""
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.1)

    def leave() -> None:
        if request.param == "broken":
            stage.log.broken = True
        else:
            stage.log.let_go.clear()

    return leave


def test_a_page_that_was_read_before_is_shown_as_stale(
    alice: Browser, stage: Stage, incident: str, away: object
) -> None:
    paths = ("/board", f"/board/{incident}")
    assert all(
        "STALE"
        not in alice.get(path)
        .text.split("<main")[0]
        .replace('<strong>STALE</strong> <span id="offline-why">', "")
        for path in paths
    )
    assert callable(away)
    away()
    stage.clock.wait(minutes=4)
    for path in paths:
        began = time.monotonic()
        page = alice.get(path)
        assert time.monotonic() - began < 5
        assert page.status == 200
        assert "This is the last reading" in page.text
        assert "4 min ago" in page.text
        assert "As of" in page.text


def test_what_was_never_read_is_a_clear_message(
    alice: Browser, stage: Stage, incident: str, away: object
) -> None:
    assert callable(away)
    away()
    for path in ("/board", f"/board/{incident}"):
        page = alice.get(path)
        assert page.status == 503
        assert "The record cannot be read right now" in page.text
        assert "secret-host-name" not in page.text
        assert page.headers["retry-after"] == "5"


def test_a_reading_older_than_a_quarter_of_an_hour_is_shown_to_nobody(
    alice: Browser, stage: Stage, incident: str
) -> None:
    assert alice.get(f"/board/{incident}").status == 200
    stage.log.broken = True
    stage.clock.wait(minutes=15, seconds=1)
    assert alice.get(f"/board/{incident}").status == 503


def test_a_stale_reading_is_shown_to_nobody_who_might_not_see_it(
    alice: Browser, sign_in: object, stage: Stage, incident: str
) -> None:
    assert callable(sign_in)
    assert alice.get(f"/board/{incident}").status == 200
    stage.log.broken = True
    assert sign_in("ie-aoife").get(f"/board/{incident}").status == 404


def test_asking_for_many_things_that_are_not_there_keeps_the_last_readings(
    alice: Browser, stage: Stage, incident: str
) -> None:
    assert alice.get(f"/board/{incident}").status == 200
    for number in range(200):
        assert alice.get(f"/board/INC-2025-{number}").status == 404
    stage.log.broken = True
    assert alice.get(f"/board/{incident}").status == 200
