"""A stage for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack.api import SlackApi
from tests.slack.stage import Stage, stage


@pytest.fixture
def api() -> Iterator[SlackApi]:
    """A Web API that says yes."""
    with SlackApi() as one:
        yield one


@pytest.fixture
def slack(api: SlackApi) -> Stage:
    """The coalition and its app."""
    return stage(api)
