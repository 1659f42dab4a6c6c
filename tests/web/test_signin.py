"""One-time links, sessions, and forms that come from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from coalition.application import signin
from coalition.domain.errors import NotAllowed, NotFound
from tests.web import stage as staging
from tests.web.asgi import Browser, Loop

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tests.web.stage import Stage

Serve = Callable[..., "Starlette"]


def test_a_stranger_is_told_how_to_get_a_link_and_nothing_else(
    browser: Browser, incident: str
) -> None:
    for path in ("/board", f"/board/{incident}", "/board/INC-2026-9999"):
        answer = browser.get(path)
        assert answer.status == 401
        assert "Open the board" in answer.text
        assert "/incident list" in answer.text
        assert "INC-" not in answer.text


def test_opening_a_link_burns_nothing_and_its_button_signs_in_once(
    browser: Browser, stage: Stage
) -> None:
    link = stage.link()
    for method in ("GET", "HEAD", "GET"):
        assert browser.send(method, link).status == 200
    assert "Sign in as" in browser.get(link).text
    assert "Alice Tamm" in browser.get(link).text
    assert not browser.cookies

    entered = browser.post(link)
    assert (entered.status, entered.headers["location"]) == (303, "/board")
    assert browser.get("/board").status == 200

    for again in (browser.post(link), browser.get(link)):
        assert again.status == 410
        assert "good no more" in again.text


def test_a_link_leads_to_the_page_it_was_made_for_and_never_off_the_board(
    browser: Browser, stage: Stage, incident: str
) -> None:
    assert browser.post(stage.link(page=f"/board/{incident}")).headers["location"] == (
        f"/board/{incident}"
    )
    for elsewhere in ("https://evil.example", "//evil.example", "/board/../x", "/board/x?y", ""):
        assert browser.post(stage.link(page=elsewhere)).headers["location"] == "/board"


def test_a_link_is_too_old_after_ten_minutes(browser: Browser, stage: Stage) -> None:
    link = stage.link()
    stage.clock.wait(minutes=9, seconds=59)
    assert browser.get(link).status == 200
    stage.clock.wait(seconds=1)
    assert browser.get(link).status == 410
    assert browser.post(link).status == 410


def test_the_store_never_holds_a_token(stage: Stage) -> None:
    link = stage.link()
    token = link.removeprefix(signin.LINK_PATH)
    assert len(token) >= 43  # 256 bits
    held = repr(vars(stage.tocsin.signin_links))
    assert "ee-alice" in held
    assert token not in held


def test_links_are_for_known_delegates_of_active_members_only(stage: Stage) -> None:
    with pytest.raises(NotFound, match="Did you mean 'ee-alice'"):
        stage.link("ee-alise")
    stage.tocsin.coalition = staging.people(ee="suspended")
    with pytest.raises(NotAllowed, match="CERT-EE is suspended"):
        stage.link()


def test_a_link_given_before_the_member_was_suspended_is_good_no_more(
    browser: Browser, stage: Stage
) -> None:
    link = stage.link()
    stage.tocsin.coalition = staging.people(ee="suspended")
    assert browser.get(link).status == 410
    assert browser.post(link).status == 410
    assert not browser.cookies


def test_a_session_ends_when_the_delegate_no_longer_takes_part(
    alice: Browser, stage: Stage
) -> None:
    assert alice.get("/board").status == 200
    stage.tocsin.coalition = staging.people(ee="suspended")
    assert alice.get("/board").status == 401


def test_a_session_ends_after_twelve_hours(alice: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 12 * 3600 + 1
    assert alice.get("/board").status == 200
    monkeypatch.setattr(time, "time", lambda: later)
    assert alice.get("/board").status == 401


def test_signing_out_forgets_the_session(alice: Browser) -> None:
    answer = alice.post("/board/signout")
    assert answer.status == 200
    assert "You are signed out" in answer.text
    assert not alice.cookies
    assert alice.get("/board").status == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://board.test.evil"])
def test_forms_from_elsewhere_do_nothing(
    browser: Browser, alice: Browser, stage: Stage, origin: str | None
) -> None:
    link = stage.link()
    assert browser.post(link, origin=origin).status == 403
    assert not browser.cookies
    assert browser.post(link).status == 303  # it was not burnt

    assert alice.post("/board/signout", origin=origin).status == 403
    assert alice.get("/board").status == 200


@pytest.mark.parametrize("change", ["", "x", "{}.{}", "a" * 5000])
def test_a_cookie_that_we_did_not_sign_is_nobodys(alice: Browser, change: str) -> None:
    name, value = next(iter(alice.cookies.items()))
    alice.cookies[name] = change.format(value, value) if change else value[:-2] + "AA"
    assert alice.get("/board").status == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    browser: Browser, stage: Stage
) -> None:
    cookie = browser.post(stage.link()).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # the public URL is plain http here


def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(serve: Serve, runner: Loop) -> None:
    stage = staging.stage(public_url="https://board.test")
    browser = Browser(serve(stage), runner, origin="https://board.test")
    answer = browser.post(stage.link())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tocsin_live=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Strict-Transport-Security".lower() in answer.headers


def test_behind_a_proxy_that_ends_tls_our_own_forms_are_known_by_the_public_address(
    serve: Serve, runner: Loop
) -> None:
    stage = staging.stage(public_url="https://tocsin.example")
    browser = Browser(serve(stage), runner, origin="http://10.0.0.5:8470")
    assert browser.post(stage.link(), origin="https://tocsin.example").status == 303


def test_sessions_of_an_exercise_do_not_open_the_live_board(
    serve: Serve, runner: Loop, alice: Browser
) -> None:
    exercise = staging.stage(staging.people(exercise=True))
    other = Browser(serve(exercise), runner)
    (value,) = alice.cookies.values()
    other.cookies = {"tocsin_exercise": value, **alice.cookies}
    assert other.get("/board").status == 401
    assert other.post(exercise.link()).status == 303
    assert other.get("/board").status == 200


def test_two_who_take_a_link_at_once_are_not_both_signed_in(stage: Stage) -> None:
    token = stage.link().removeprefix(signin.LINK_PATH)
    taken: list[Any] = [signin.redeem(stage.tocsin, token) for _ in range(2)]
    assert taken[0].delegate == "ee-alice"
    assert taken[1] is None
