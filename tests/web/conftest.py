"""The web application over a Tocsin in memory, and browsers for the people who look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from bot.web.app import build_app
from bot.web.board import watching
from tests.web import night
from tests.web import stage as staging
from tests.web.asgi import Browser, Loop

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.applications import Starlette

    from tests.web.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A Tocsin in memory in which nothing has happened."""
    return staging.stage(data=tmp_path)


@pytest.fixture
def incident(stage: Stage) -> str:
    """The night of the banks, played on the stage."""
    return night.night_of_the_banks(stage)


@pytest.fixture
def runner() -> Iterator[Loop]:
    """One event loop for the whole test."""
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def serve(runner: Loop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Stage], Starlette]]:
    """Build applications, and end them in order after the test."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)
    running: list[Any] = []

    def start(stage: Stage, **more: Any) -> Starlette:
        app = build_app(stage.tocsin, **more)
        context = app.router.lifespan_context(app)
        runner.run(context.__aenter__())
        running.append((stage, context))
        return app

    yield start
    for stage, context in running:
        stage.log.let_go.set()
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def app(serve: Callable[[Stage], Starlette], stage: Stage) -> Starlette:
    """The web application of the stage."""
    return serve(stage)


@pytest.fixture
def browser(app: Starlette, runner: Loop) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app, runner)


@pytest.fixture
def sign_in(app: Starlette, runner: Loop, stage: Stage) -> Callable[[str], Browser]:
    """`sign_in("ee-alice")`: a browser of their own in which that delegate is signed in."""

    def enter(delegate: str) -> Browser:
        browser = Browser(app, runner)
        answer = browser.post(stage.link(delegate))
        assert answer.status == 303, answer.text
        return browser

    return enter


@pytest.fixture
def alice(sign_in: Callable[[str], Browser]) -> Browser:
    """Alice of CERT-EE (T4) is signed in; she leads the incident."""
    return sign_in("ee-alice")
