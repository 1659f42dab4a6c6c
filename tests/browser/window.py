"""One person before a browser: the workspace, its forms, the partners' inboxes, the board."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scenarios.house import House

NUMBER = re.compile(r"INC-\d{4}-\d{4}")


@dataclass
class Window:
    """`who` acts by mouse and keyboard; `shot` keeps what they see."""

    page: Page
    house: House
    who: str
    shots: Path

    def shot(self, name: str) -> None:
        """Keep a screenshot."""
        self.page.screenshot(path=self.shots / f"{name}.png")

    # --------------------------------------------------------------------------- workspace
    def enter(self, room: str) -> None:
        """Go to a room of the workspace by its address, as on the first visit."""
        self.page.goto(f"{self.house.sandbox.url}/u/{self.who}/c/{room}")
        expect(self.page.locator("#live")).to_have_attribute("data-state", "live")

    def go(self, room: str) -> None:
        """Choose a room in the list at the side."""
        rooms = self.page.get_by_role("navigation", name="Rooms")
        rooms.get_by_role("link", name=re.compile(room)).click()
        expect(self.page.get_by_role("heading", name=f"#{room}")).to_be_visible()

    def types(self, text: str) -> None:
        """Write into the composer and send."""
        composer = self.page.get_by_role("combobox", name=re.compile("^Message to"))
        composer.fill(text)
        composer.press("Enter")
        expect(composer).to_have_value("")

    def form(self, title: str) -> Locator:
        """The form of this title, once it is open."""
        found = self.page.get_by_role("dialog", name=title)
        expect(found).to_be_visible()
        return found

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message in the room with this text."""
        found = self.page.locator("#messages > li", has_text=text).last
        expect(found).to_be_visible()
        return found

    @property
    def headline(self) -> Locator:
        """The pinned headline."""
        return self.page.locator("#messages > li.pinned")


def choose_members(form: Locator, label: str, *members: str) -> None:
    """Open the list of members in a form, choose, close it."""
    group = form.get_by_role("group", name=label)
    group.locator("summary").click()
    for member in members:
        group.get_by_label(re.compile(re.escape(member))).check()
    group.locator("summary").click()


def number_in(place: Locator) -> str:
    """The incident's number in what is shown."""
    found = NUMBER.search(place.inner_text())
    assert found, place.inner_text()
    return found.group()
