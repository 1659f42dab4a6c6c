"""A fresh workspace for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from slack_sdk import WebClient

from sandbox.slack import default_seed
from tests.sandbox.slack.harness import App, Workspace

Opener = Callable[..., Workspace]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens workspaces: `opened(app={...}, timing={...})` changes parts of the default seed."""
    with ExitStack() as stack:

        def open_one(**parts: Any) -> Workspace:
            seed = default_seed()
            seed["app"]["shortcuts"] = [
                {"name": "Add to timeline", "type": "message", "callback_id": "add"},
                {"name": "Warn", "type": "global", "callback_id": "warn"},
            ]
            for key, value in parts.items():
                seed[key] = seed.get(key, {}) | value if isinstance(value, dict) else value
            return stack.enter_context(Workspace(seed))

        yield open_one


@pytest.fixture
def workspace(opened: Opener) -> Workspace:
    """The default workspace."""
    return opened()


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    """The bot's client."""
    return workspace.client()


@pytest.fixture
def app(workspace: Workspace) -> Iterator[App]:
    """A recording app, connected by Socket Mode."""
    with App(workspace) as one:
        yield one


@pytest.fixture
def room(client: WebClient) -> str:
    """A public channel with the bot and Alice."""
    channel = client.conversations_create(name="inc-room")["channel"]["id"]
    client.conversations_invite(channel=channel, users="U01ALICE")
    return str(channel)
