"""The board's pages of mutual aid: what each side sees, live, on every screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import expect

from bot.web.app import build_app
from bot.web.board import watching
from coalition.application.signin import issue
from tests.aid_surfaces.cast import ALICE, INGA, JONAS, MART, MIKKO
from tests.aid_surfaces.helping import AID, Helping
from tests.conftest import REPOSITORY
from tests.web.asgi import Browser, Loop
from tests.web.test_in_the_browser import CONTRAST, LOOKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

SHOTS = REPOSITORY / "test-results"
SECRET = "Only between the two of us"


@pytest.fixture
def told(helping: Helping) -> Helping:
    """A request with offers of two, one of them accepted, deployed and billed."""
    helping.requested()
    helping.offered(
        f"/aid offer {AID} --size 4 --starts 4h --days 10 --cost 4000 --conditions {SECRET}"
    )
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    helping.types(f"/aid decline {AID} national_caveat {SECRET}", JONAS)
    helping.accepted()
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    return helping


@pytest.fixture
def as_seen_by(told: Helping, runner: Loop) -> Callable[..., str]:
    """`as_seen_by("ee-alice", path)`: the page's text; its status where that is not 200."""
    app = build_app(told.slack.tocsin)

    def look(delegate: str, path: str = f"/board/aid/{AID}") -> str:
        browser = Browser(app, runner)
        signed = browser.post(issue(told.slack.tocsin, delegate))
        assert signed.status == 303
        answer = browser.get(path)
        return answer.text if answer.status == 200 else str(answer.status)

    return look


def test_both_sides_see_the_terms_and_nobody_else_does(as_seen_by: Callable[..., str]) -> None:
    for delegate in ("ee-alice", "lv-inga"):
        page = as_seen_by(delegate)
        assert SECRET in page
        assert "As labelled" in page
        assert "EUR 5,000" in page
    other = as_seen_by("fi-mikko")
    assert "Offer 1" in other
    assert "signed" in other
    for private in (SECRET, "As labelled", "EUR 5,000", "EUR 4,000"):
        assert private not in other


def test_why_a_member_cannot_help_is_shown_to_nobody(as_seen_by: Callable[..., str]) -> None:
    requester = as_seen_by("ee-alice")
    assert "Cannot help" in requester
    assert "NKSC-LT" in requester
    assert "national_caveat" not in requester
    assert "Cannot help" not in as_seen_by("lv-inga")


def test_the_recommendation_is_given_with_reasons_and_why_not(
    as_seen_by: Callable[..., str],
) -> None:
    page = as_seen_by("ee-mart")
    assert "Item 1: NCSC-FI, 40 of fi-scrubbing (offer 2): it takes effect within" in page
    assert "Why not <bdi>CERT-LV</bdi>?" in page
    assert "CERT-LV: it has nothing on offer for this need" in page


def test_the_list_has_the_coverage_map_and_ones_own_burden_alone(
    as_seen_by: Callable[..., str],
) -> None:
    inga, alice = as_seen_by("lv-inga", "/board/aid"), as_seen_by("ee-alice", "/board/aid")
    assert AID in inga
    assert "Mitigation and recovery" in inga
    assert "What <bdi>CERT-LV</bdi> has given" in inga
    assert "4 of lv-ir-team for 10 days" in inga
    assert "What <bdi>CERT-EE</bdi> has given" in alice
    assert "4 of lv-ir-team for 10 days" not in alice


def test_what_a_viewer_may_not_know_of_does_not_exist(helping: Helping, runner: Loop) -> None:
    helping.types("/aid request forensics x2 3d --impact a --use b --mitigation c")
    browser = Browser(build_app(helping.slack.tocsin), runner)
    browser.post(issue(helping.slack.tocsin, "lv-inga"))
    assert browser.get(f"/board/aid/{AID}").status == 404
    assert AID not in browser.get("/board/aid").text
    assert browser.get("/board/aid/AID-2026-0099").status == 404
    assert browser.get(f"/board/aid/events?aid={AID}").status == 404
    assert Browser(build_app(helping.slack.tocsin), runner).get("/board/aid").status == 401


@pytest.fixture
def visit(
    chromium: Chromium,
    told: Helping,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Callable[..., None],
) -> Iterator[Callable[..., Page]]:
    """Open a page of the board as a delegate; whatever the console says is an error."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.1)
    tocsin = told.slack.tocsin
    server = uvicorn.Server(
        uvicorn.Config(build_app(tocsin), port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started, within=10)
    site = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    said: list[str] = []
    contexts = []

    def open_page(path: str, delegate: str = "ee-alice", **look: Any) -> Page:
        context = chromium.new_context(base_url=site, **look)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(issue(tocsin, delegate, page=path))
        page.get_by_role("button", name="Sign in as").click()
        page.wait_for_url(f"**{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    server.should_exit = True
    thread.join(10)
    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_fit_every_screen_and_are_readable(visit: Callable[..., Page], look: str) -> None:
    for name, path in (("aid-list", "/board/aid"), ("aid", f"/board/aid/{AID}")):
        page = visit(path, **LOOKS[look])
        expect(page.get_by_role("main")).to_be_visible()
        assert (
            page.evaluate("document.documentElement.scrollWidth")
            <= (LOOKS[look]["viewport"]["width"])
        )
        assert page.evaluate(CONTRAST) == []
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{look}.png", full_page=True)


@pytest.mark.browser
def test_an_open_page_follows_what_happens(visit: Callable[..., Page], told: Helping) -> None:
    page = visit(f"/board/aid/{AID}")
    page.evaluate("window.notReloaded = true")
    told.types(f"/aid complete {AID} --offer 1 The flood is over", ALICE)
    expect(page.get_by_text("Stood down, on the way home")).to_be_visible()
    told.types(f"/aid recall {AID} We have it", MART)
    expect(page.locator("#aid-head").get_by_text("Withdrawn")).to_be_visible()
    assert page.evaluate("window.notReloaded")
