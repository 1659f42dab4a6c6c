"""What the adversary's tests stand on: a Slack that says yes, and a coalition to attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack.api import SlackApi


@pytest.fixture(autouse=True)
def _drains_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drain that is run by hand need not wait for work that is planned meanwhile."""
    monkeypatch.setattr("workers.drain.LISTEN_MS", 5)


@pytest.fixture
def api() -> Iterator[SlackApi]:
    """A Web API that says yes and remembers what it was asked."""
    with SlackApi() as one:
        yield one
