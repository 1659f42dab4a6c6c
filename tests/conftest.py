"""Fixtures that every suite may use: a real Redis, fakeredis, Chromium, a clean environment.

The real server is the product's own embedded one: redis-server on PATH, else the bundled Valkey.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fakeredis
import hypothesis
import pytest
import redis
from playwright.sync_api import Browser, sync_playwright

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer

REPOSITORY = Path(__file__).resolve().parents[1]
CONTRACT_DATA = REPOSITORY.parent / "shared" / "data"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# How long one example takes says how busy the machine is, not whether the property holds.
hypothesis.settings.register_profile("tocsin", deadline=None)
hypothesis.settings.load_profile("tocsin")

# What a developer has set in the shell must not reach a test, nor a Slack token a subprocess.
for _name in [name for name in os.environ if name.startswith(("TOCSIN_", "SLACK_"))]:
    del os.environ[_name]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests (`@pytest.mark.anyio`) run on asyncio, as the product does."""
    return "asyncio"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One real server for the session. Do not stop it; start your own to kill one."""
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> Iterator[str]:
    """The URL of the session's server, emptied before and after the test."""
    client = connect(redis_server.url, connections=2)
    client.flushall()
    yield redis_server.url
    client.flushall()
    client.close()


@pytest.fixture
def real_redis(redis_url: str) -> Iterator[redis.Redis]:
    """A client of the real server, emptied for this test."""
    client = connect(redis_url)
    yield client
    client.close()


@pytest.fixture
def fake_redis() -> Iterator[redis.Redis]:
    """A fakeredis with Lua, empty and of its own."""
    client = fakeredis.FakeRedis(server=fakeredis.FakeServer())
    yield client
    client.close()


@pytest.fixture(params=["fake", "real"])
def any_redis(request: pytest.FixtureRequest) -> redis.Redis:
    """Each in turn, for contract suites."""
    client: redis.Redis = request.getfixturevalue(f"{request.param}_redis")
    return client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium for the tests of one module.

    Not for the session: while Playwright is there, an event loop runs in the main thread, and no
    test can run another. So a module that uses it has browser tests only.
    """
    if CHROMIUM is None:
        pytest.skip("no chromium on PATH: nothing is tried in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contract_data() -> Path:
    """The folder of contract data beside the repository; skips visibly where it is absent."""
    if not CONTRACT_DATA.is_dir():
        pytest.skip("no contract data beside the repository (../shared/data)")
    return CONTRACT_DATA


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    """`eventually(condition, within=15)`: wait until it is true; fail with its name if never."""

    def wait(condition: Callable[[], object], within: float = 15.0, what: str = "") -> None:
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"not within {within} s: {what or condition}")
            time.sleep(0.01)  # the one place that polls

    return wait
