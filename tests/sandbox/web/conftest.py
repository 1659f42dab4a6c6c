"""The whole sandbox served, a tiny Bolt app connected, and a real Chromium in front of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandbox.app import build, example_seed
from tests.sandbox.partners.harness import Hub
from tests.sandbox.partners.serving import call, served
from tests.sandbox.web import tiny_bolt


@dataclass
class Served:
    """A running sandbox: its address, its mail port, and the stand-in for the hub."""

    url: str
    smtp_port: int
    hub: Hub

    def control(self, what: str, body: Any) -> Any:
        """One act through the sandbox's own surface."""
        return call("POST", f"{self.url}/_control/{what}", body).json

    def read(self, what: str) -> Any:
        return call("GET", f"{self.url}/_control/{what}").json


def seed() -> dict[str, Any]:
    made = example_seed()
    made["slack"]["app"]["shortcuts"] = [
        {"name": "Add to timeline", "type": "message", "callback_id": "note_it"},
        {"name": "Open an incident", "type": "global", "callback_id": "open_it"},
    ]
    return made


@pytest.fixture
def sandbox() -> Iterator[Served]:
    """The sandbox without any app connected."""
    with ExitStack() as stack:
        hub = Hub()
        hub.url = stack.enter_context(served(hub.app()))
        app = build(seed() | {"hub_url": hub.url})
        url = stack.enter_context(served(app))
        yield Served(url, app.state.partners.mail.address[1], hub)


@pytest.fixture
def with_app(sandbox: Served) -> Iterator[Served]:
    """The sandbox with the tiny Bolt app behind its request URL."""
    with served(tiny_bolt.tiny_app(f"{sandbox.url}/api/")) as app_url:
        settings = {"request_url": f"{app_url}/slack/events", "socket_mode": False}
        assert sandbox.control("app", settings)["ok"]
        yield sandbox


@pytest.fixture
def context(chromium: Browser, sandbox: Served) -> Iterator[BrowserContext]:
    """A fresh profile that fails the test on any script error; closed before the sandbox is."""
    expect.set_options(timeout=10_000)
    made = chromium.new_context(viewport={"width": 1280, "height": 800})
    problems: list[str] = []
    made.on("weberror", lambda error: problems.append(str(error.error)))
    made.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    yield made
    made.close()
    assert [p for p in problems if "Failed to load resource" not in p] == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
