"""A stage for each test: a coalition in memory, an incident with a room, and hands that type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.aid_surfaces.cast import coalition
from tests.aid_surfaces.helping import Helping
from tests.slack.api import SlackApi
from tests.slack.stage import stage
from tests.web.asgi import Loop


@pytest.fixture(autouse=True)
def _drains_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drain that is run by hand need not wait for work that is planned meanwhile."""
    monkeypatch.setattr("workers.drain.LISTEN_MS", 5)


@pytest.fixture
def api() -> Iterator[SlackApi]:
    """A Web API that says yes."""
    with SlackApi() as one:
        yield one


@pytest.fixture
def make(api: SlackApi) -> Callable[..., Helping]:
    """A stage whose charter can be chosen, and the label of its incident."""
    return lambda tlp="GREEN", **charter: Helping(
        stage(api, partial(coalition, **charter)), tlp=tlp
    )


@pytest.fixture
def helping(make: Callable[..., Helping]) -> Helping:
    """The usual stage: CERT-EE's incident, with CERT-LV in its room."""
    return make()


@pytest.fixture
def runner() -> Iterator[Loop]:
    """One event loop for the whole test."""
    made = Loop()
    yield made
    made.close()
