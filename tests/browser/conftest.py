"""A whole Tocsin, its sandbox, and a real Chromium in front of both. Screenshots are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window
from tests.conftest import REPOSITORY
from tests.scenarios.acting import Stage
from tests.scenarios.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOTS = REPOSITORY / "test-results" / "browser"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Bot, relay, worker and Redis as processes, connected by Socket Mode."""
    with House(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture
def stage(house: House) -> Stage:
    """The house at rest; for what other people do meanwhile."""
    ready = Stage(house)
    ready.calm()
    return ready


@pytest.fixture
def visit(chromium: Browser, house: House) -> Iterator[Callable[..., Window]]:
    """`visit("ee-alice")`: a browser of their own. A script error anywhere fails the test."""
    expect.set_options(timeout=10_000)
    SHOTS.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    contexts = []

    def enter(who: str, **look: object) -> Window:
        look.setdefault("viewport", {"width": 1280, "height": 900})
        context = chromium.new_context(**look)  # type: ignore[arg-type]
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on(
            "console",
            lambda said: problems.append(said.text) if said.type == "error" else None,
        )
        contexts.append(context)
        return Window(context.new_page(), house, who, SHOTS)

    yield enter
    for context in contexts:
        context.close()
    assert [one for one in problems if "Failed to load resource" not in one] == []
