"""A stage for each test, and a workspace for those that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack.api import SlackApi
from tests.slack.stage import Stage, stage
from tests.slack.workspace import Workspace


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
def slack(api: SlackApi) -> Stage:
    """The coalition and its app."""
    return stage(api)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A local Slack, and a coalition that talks to it."""
    with Workspace() as one:
        yield one
