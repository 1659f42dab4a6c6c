"""In a real Chromium: signing in, a page that keeps itself up to date, and what it looks like.

Screenshots are kept in test-results/board.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Page, expect

from bot.web.app import build_app
from bot.web.board import watching
from coalition.domain.incident import commands as c
from tests.web import night

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

    from tests.web.stage import Stage

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parents[2] / "test-results" / "board"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1366, "height": 900}},
    "dark": {"viewport": {"width": 1366, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def site(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., None]
) -> Iterator[str]:
    """The address of the stage's web server on this machine."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.1)
    config = uvicorn.Config(
        build_app(stage.tocsin), port=0, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started, within=10)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    stage.log.let_go.set()
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def visit(chromium: Chromium, site: str, stage: Stage) -> Iterator[Callable[..., Page]]:
    """Open a page of the board as a delegate; whatever the console says is an error."""
    said: list[str] = []
    contexts = []

    def open_page(path: str, delegate: str = "ee-alice", **look: Any) -> Page:
        context = chromium.new_context(base_url=site, **look)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(stage.link(delegate, page=path))
        page.get_by_role("button", name="Sign in as").click()
        page.wait_for_url(f"**{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_board_fits_every_screen(visit: Callable[..., Page], incident: str, look: str) -> None:
    for name, path in (("list", "/board"), ("incident", f"/board/{incident}")):
        page = visit(path, **LOOKS[look])
        expect(page.get_by_role("main")).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= LOOKS[look]["viewport"]["width"]
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{look}.png", full_page=True)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(
    visit: Callable[..., Page], incident: str, look: str
) -> None:
    page = visit(f"/board/{incident}", **LOOKS[look])
    poor = page.evaluate(CONTRAST)
    assert poor == []


def test_the_page_follows_what_happens_without_being_reloaded(
    visit: Callable[..., Page], stage: Stage, incident: str
) -> None:
    page = visit(f"/board/{incident}")
    page.evaluate("window.notReloaded = true")
    page.get_by_text("1 done").click()  # a fold that the reader has opened stays open
    stage.tell(c.PostUpdate, "ee-alice", incident=incident, text="The peak is over.")
    expect(page.get_by_text("The peak is over.")).to_be_visible()
    night.answer(stage, incident, 1, "lt", "accept", "Filtering now.", "Rasa")
    expect(page.get_by_role("row", name="NKSC Lithuania")).to_contain_text("Filtering now.")
    expect(page.get_by_role("status")).to_contain_text("Updated at")
    expect(page.get_by_text("Tell the banks' association", exact=True)).to_be_visible()
    assert page.evaluate("window.notReloaded") is True


def test_the_ladder_that_a_reader_has_opened_stays_open_and_follows(
    visit: Callable[..., Page], stage: Stage, incident: str
) -> None:
    page = visit(f"/board/{incident}")
    row = page.get_by_role("row", name="NKSC Lithuania")
    row.get_by_text("1 attempt, with evidence").click()
    expect(row.get_by_text("delivered", exact=False).first).to_be_visible()
    stage.tell(c.EscalateRecipients, "ee-alice", incident=incident, notice=1, members=("lt",))
    expect(row.get_by_text("asked for")).to_be_visible()
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "receipts-ladder.png", full_page=True)


def test_a_section_that_comes_and_goes_is_followed_too(
    visit: Callable[..., Page], stage: Stage, incident: str
) -> None:
    page = visit(f"/board/{incident}")
    alarms = page.get_by_role("heading", name="Somebody must act now")
    expect(alarms).to_be_visible()
    for subject in stage.tocsin.dispatcher.read("incident", incident).alarms:
        stage.tell(c.ClearAlarm, "ee-alice", incident=incident, subject=subject)
    expect(alarms).to_be_hidden()
    stage.tell(c.RaiseAlarm, incident=incident, subject="x", text="Again", fallback="Phone 112")
    expect(alarms).to_be_visible()


def test_the_page_says_when_it_is_stale_and_when_it_is_fresh_again(
    visit: Callable[..., Page], stage: Stage, incident: str
) -> None:
    page = visit(f"/board/{incident}")
    stale = page.get_by_text("What you see was read at")
    expect(stale.first).to_be_hidden()
    stage.log.broken = True
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("STALE")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    stage.log.broken = False
    expect(page.locator("#offline")).to_be_hidden()


def test_the_list_follows_as_well(visit: Callable[..., Page], stage: Stage) -> None:
    page = visit("/board")
    expect(page.get_by_text("No incident that you may see is running")).to_be_visible()
    stage.open(12, title="Wiper in a power utility")
    page.get_by_role("link", name="Wiper in a power utility").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wiper in a power utility")


def test_the_keyboard_reaches_the_content_first(visit: Callable[..., Page], incident: str) -> None:
    page = visit(f"/board/{incident}")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_without_script_everything_is_there_and_reloads_itself(
    visit: Callable[..., Page], incident: str
) -> None:
    page = visit(f"/board/{incident}", java_script_enabled=False)
    expect(page.get_by_role("row", name="CERT.LV")).to_contain_text("Filtering at LIX")
    assert 'http-equiv="refresh"' in page.content()


# WCAG 2.2, 1.4.3: contrast of at least 4.5 (3 for large text) of every text with its ground.
CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c.length && (c.length < 4 || c[3] > 0.99)) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const el of document.querySelectorAll("body *")) {
    const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const style = getComputedStyle(el);
    if (!own || style.visibility === "hidden" || !el.getClientRects().length) continue;
    const [a, b] = [light(parse(style.color)), light(ground(el))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) poor.push(el.textContent.slice(0, 60));
  }
  return poor;
}"""
