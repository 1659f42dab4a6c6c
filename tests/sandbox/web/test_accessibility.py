"""What can be checked by machine: names, contrast, and that nothing overflows on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.web import site
from tests.sandbox.web.conftest import Served
from tests.sandbox.web.test_panels_in_browser import send_notice

STATIC = Path(site.__file__).parent / "static"
PAGES = ("/u/alice", "/u/U01ALICE/home", "/inbox/lv", "/inspector")
NAMELESS = """() => [...document.querySelectorAll(
    'button, a[href], input, select, textarea, summary, iframe, dialog[open], [role=region]')]
  .filter(e => e.checkVisibility())
  .filter(e => !(e.getAttribute('aria-label') || e.labels?.length || e.title
      || e.getAttribute('aria-labelledby') || e.textContent.trim()))
  .map(e => e.outerHTML.slice(0, 120))"""
DOUBLE_IDS = """() => { const seen = new Set();
  return [...document.querySelectorAll('[id]')].map(e => e.id)
    .filter(id => seen.size === seen.add(id).size); }"""


def tokens(scheme: str) -> dict[str, str]:
    """The colour tokens of the stylesheet in one scheme."""
    css = (STATIC / "base.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark.split("\n}\n")[0]))
    return found


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("text", "bg"), ("text", "panel"), ("text", "raised"), ("text", "sunken"),
        ("text", "accent-soft"), ("text", "warn-soft"), ("muted", "bg"), ("muted", "panel"),
        ("muted", "sunken"), ("muted", "warn-soft"), ("accent", "panel"), ("accent", "accent-soft"),
        ("accent-text", "accent"), ("good", "panel"), ("good", "bg"), ("bad", "panel"),
        ("bad", "bad-soft"), ("bad", "raised"), ("warn", "warn-soft"), ("warn", "panel"),
        ("side-text", "side"), ("side-strong", "side-current"), ("side-text", "side-hover"),
    ],
)  # fmt: skip
def test_every_pair_of_text_and_ground_is_readable(scheme: str, text: str, behind: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[behind]) >= 4.5


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name_and_every_id_is_given_once(
    page: Page, with_app: Served, path: str
) -> None:
    send_notice(with_app)
    with_app.control("message", {"user": "alice", "channel": "general", "text": "hello"})
    page.goto(with_app.url + path)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(DOUBLE_IDS) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1


@pytest.mark.browser
def test_every_control_of_a_modal_has_a_name(page: Page, with_app: Served) -> None:
    page.goto(f"{with_app.url}/u/alice")
    with_app.control("command", {"user": "alice", "channel": "general", "text": "/incident open"})
    expect(page.get_by_role("dialog", name="Open an incident")).to_be_visible()
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(DOUBLE_IDS) == []


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(chromium: Browser, with_app: Served, path: str) -> None:
    send_notice(with_app)
    long_text = "https://x.example/" + "a" * 200 + " `" + "b" * 120 + "`"
    with_app.control("message", {"user": "alice", "channel": "general", "text": long_text})
    context = chromium.new_context(
        viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(with_app.url + path)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    assert wide <= 0


@pytest.mark.browser
def test_on_a_phone_the_rooms_are_in_a_drawer(chromium: Browser, sandbox: Served) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{sandbox.url}/u/alice")
    room = page.locator("#room-C0GENERAL")
    opener = page.get_by_role("button", name="Rooms", exact=True)
    expect(room).to_be_hidden()
    opener.click()
    expect(room).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Close the list of rooms").click()
    expect(room).to_be_hidden()
    context.close()
