"""The stage of the scenarios: one house per transport for the whole run, calm before each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.acting import Stage
from tests.scenarios.house import House

if TYPE_CHECKING:
    from pathlib import Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a scenario, and may take longer than a unit test."""
    for item in items:
        if "/tests/scenarios/" in str(item.path):
            item.add_marker(pytest.mark.scenario)


@pytest.fixture(scope="session", params=["socket", "http"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Bot, relay, worker and Redis as processes; over Socket Mode, then over signed HTTP."""
    folder: Path = tmp_path_factory.mktemp(f"scenarios-{request.param}")
    with House(folder, request.param) as running:
        yield running


@pytest.fixture(scope="session")
def socket_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own for tests that kill parts of it; Slack waits its real three seconds."""
    folder = tmp_path_factory.mktemp("scenarios-killed")
    with House(folder, workers=2, slack_seconds=3) as running:
        yield running


@pytest.fixture
def stage(house: House) -> Stage:
    """The running house with nothing going on but what earlier scenarios left behind."""
    ready = Stage(house)
    ready.calm()
    return ready
