"""Take the README's screenshots from a running demonstration: `python docs/images/take.py`.

Needs Chromium and the extra `test` (Playwright). Writes room.png, board.png and answer.png beside
this file; takes about a minute. Exit code 1 when something that should be seen did not appear.
"""

# ruff: noqa: INP001, T201 - a program of its own, which says on stdout what it made

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
DEMO = (sys.executable, "-m", "coalition.cli", "demo", "--speed", "2")
LARGEST = 300_000
WAIT_MS = 90_000  # longer than the whole story
LEADER, SILENT = "ee-alice", "si"


def main() -> int:
    """Take all three; returns the exit code."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("There is no chromium on PATH.", file=sys.stderr)
        return 1
    expect.set_options(timeout=WAIT_MS)
    with demonstration() as workspace, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        room(browser, workspace)
        answer(browser, workspace)
        board(browser, workspace)
        browser.close()
    sizes = {shot.name: shot.stat().st_size for shot in sorted(HERE.glob("*.png"))}
    print(*(f"{name}: {size // 1024} kB" for name, size in sizes.items()), sep="\n")
    return int(any(size > LARGEST for size in sizes.values()))


@contextlib.contextmanager
def demonstration() -> Iterator[str]:
    """A demonstration that has begun: the address of its workspace."""
    demo = subprocess.Popen(DEMO, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    try:
        workspace = (demo.stdout.readline() if demo.stdout else "").partition("\t")[2].strip()
        if not workspace:
            message = "the demonstration did not begin"
            raise SystemExit(message)
        yield workspace.rstrip("/")
    finally:
        demo.terminate()
        demo.communicate()


def room(browser: Browser, workspace: str) -> None:
    """The room at the moment the alarm rings."""
    page = browser.new_page(viewport={"width": 1200, "height": 880})
    page.goto(f"{workspace}/u/{LEADER}")
    page.get_by_role("link", name=re.compile("^inc-")).click()
    expect(page.locator("#messages > li", has_text="a human must act")).to_be_visible()
    expect(page.locator("#messages > li.pinned")).to_contain_text("Needs a human now")
    page.locator("#messages > li.pinned").scroll_into_view_if_needed()
    page.screenshot(path=HERE / "room.png")
    page.close()


def answer(browser: Browser, workspace: str) -> None:
    """The answer page of the partner that has not answered."""
    page = browser.new_page(viewport={"width": 740, "height": 860}, device_scale_factor=1.6)
    page.goto(f"{workspace}/inbox/{SILENT}")
    link = page.get_by_role("link", name="Open answer link")
    page.goto(str(link.get_attribute("href")))
    expect(page.get_by_text("What we ask")).to_be_visible()
    page.screenshot(path=HERE / "answer.png")
    page.close()


def board(browser: Browser, workspace: str) -> None:
    """The incident on the board when help is offered; entered by the link that Slack hands out."""
    page = browser.new_page(viewport={"width": 1200, "height": 1100})
    page.goto(way_in(page, workspace))
    page.get_by_role("button", name="Sign in as").click()
    page.get_by_role("link", name=re.compile("DDoS")).first.click()
    expect(page.get_by_role("main")).to_contain_text("Scrubbing for two uplinks")
    expect(page.get_by_role("main")).to_contain_text("Our own banks are being scanned")
    page.screenshot(path=HERE / "board.png")
    page.close()


def way_in(page: Page, workspace: str) -> str:
    """Type `/incident list all` in the workspace; the one-time link that the reply carries."""
    page.goto(f"{workspace}/u/{LEADER}/c/duty-officers")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    composer = page.get_by_role("combobox", name=re.compile("^Message to"))
    composer.fill("/incident list all")
    composer.press("Enter")
    reply = page.locator("#messages > li", has_text="incident you may see").last
    link = reply.get_by_role("link", name="link to the board")
    return str(link.get_attribute("href"))


if __name__ == "__main__":
    raise SystemExit(main())
