"""Connections: every form of URL, limits that wait, and errors without the password."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from coalition.adapters import redis_client
from coalition.adapters.redis_binary import choose_binary
from coalition.adapters.redis_client import connect, connect_async
from coalition.adapters.redis_url import SentinelAddress, parse_sentinel, shown
from coalition.domain.errors import ConfigError, PermanentError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a server process with the given configuration lines; ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *lines: str, mode: str = "") -> subprocess.Popen[bytes]:
        folder = tmp_path / name
        folder.mkdir()
        config = folder / "server.conf"
        config.write_text("\n".join(["bind 127.0.0.1", f"dir {folder}", *lines]), encoding="ascii")
        command: list[str | Path] = [choose_binary().path, config, *([mode] if mode else [])]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def answers(port: int, password: str | None = None) -> bool:
    client = redis.Redis(port=port, password=password)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up at once instead of after the 2.5 s that a restart may take."""
    monkeypatch.setattr(redis_client, "_RETRIES", 0)


def test_trying_again_leaves_slack_time_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redis.backoff.random.random", lambda: 1.0)  # the longest of all waits
    pauses = [redis_client._backoff().compute(n + 1) for n in range(redis_client._RETRIES)]
    assert 1.0 < sum(pauses) <= 2.5


def test_a_url_is_shown_without_user_password_and_query() -> None:
    assert shown("redis://:hunter2@h:6379/0?password=hunter2") == "redis://h:6379/0"
    assert shown("redis+sentinel://u:hunter2@a:1,b:2/s/3") == "redis+sentinel://a:1,b:2/s/3"
    assert shown("unix:///tmp/x.sock?password=hunter2") == "unix:///tmp/x.sock"
    assert shown("unix:///run/a@b/x.sock?db=1") == "unix:///run/a@b/x.sock"
    assert shown("redis://h:6379/0?password=hunter@2") == "redis://h:6379/0"


@pytest.mark.parametrize("password", ["hunt/er2", "hunt?er2", "hunt#er2", "hunt@er2"])
def test_a_password_that_was_not_encoded_is_not_shown_either(password: str) -> None:
    assert shown(f"redis://u:{password}@h:6379/0") == "redis://h:6379/0"


def test_a_sentinel_url_names_nodes_service_and_database() -> None:
    url = "redis+sentinel://u:p%40ss@a,b:1,[::1]:2/main/3"
    assert parse_sentinel(url) == SentinelAddress(
        (("a", 26379), ("b", 1), ("::1", 2)), "main", 3, "u", "p@ss"
    )


@pytest.mark.parametrize("rest", ["", "/main", "a:1", "a:x/main", "a:1/main/x"])
def test_a_sentinel_url_that_names_too_little_is_refused(rest: str) -> None:
    with pytest.raises(ConfigError, match=r"TOCSIN_REDIS_URL.*is no sentinel URL; write"):
        parse_sentinel(f"redis+sentinel://{rest}")


@pytest.mark.parametrize("url", ["http://h", "redis://h:notaport", "redis://h/?socket_timeout=x"])
def test_a_url_of_another_kind_is_refused_with_the_forms(url: str) -> None:
    with pytest.raises(ConfigError, match=r"TOCSIN_REDIS_URL: cannot read"):
        connect(url)


def test_a_server_that_is_not_there_is_named_without_the_password(
    tmp_path: Path, impatient: None
) -> None:
    with pytest.raises(PermanentError) as caught:
        connect(f"redis://:hunter2@127.0.0.1:{free_port()}/0")
    assert "127.0.0.1" in str(caught.value)
    assert "hunter2" not in str(caught.value) + caught.value.fallback
    with pytest.raises(PermanentError) as caught:
        connect(f"unix://{tmp_path}/nothing.sock")
    assert "tocsin up" in caught.value.fallback


def test_a_refused_password_is_told_from_an_absent_server(
    launch: Callable[..., object], eventually: Callable[..., None]
) -> None:
    port = free_port()
    launch("locked", f"port {port}", "requirepass right", 'save ""')
    eventually(lambda: answers(port, "right"))
    with pytest.raises(PermanentError, match="refuses the user or password") as caught:
        connect(f"redis://:wrong@127.0.0.1:{port}/0")
    assert "wrong" not in str(caught.value)
    client = connect(f"redis://:right@127.0.0.1:{port}/0")
    client.close()


def test_a_blocking_read_may_take_longer_than_any_answer(redis_url: str) -> None:
    client = connect(redis_url, blocking=True, connections=2)
    kwargs = client.connection_pool.connection_kwargs
    assert kwargs["socket_timeout"] is None
    assert client.blpop(["nothing"], timeout=0.05) is None
    client.close()
    client = connect(redis_url)
    assert client.connection_pool.connection_kwargs["socket_timeout"] == 10
    client.close()


def test_the_pool_waits_for_a_free_connection_instead_of_raising(redis_url: str) -> None:
    client = connect(redis_url, connections=2)
    errors: list[BaseException] = []

    def use() -> None:
        try:
            client.blpop(["nothing"], timeout=0.05)
        except BaseException as error:  # noqa: BLE001 - the test reports whatever it was
            errors.append(error)

    users = [threading.Thread(target=use) for _ in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join(10)
    client.close()
    assert errors == []


@pytest.mark.anyio
async def test_an_asyncio_client_is_made_the_same_way(redis_url: str, impatient: None) -> None:
    client = await connect_async(redis_url)
    assert await client.ping()
    await client.aclose()
    with pytest.raises(PermanentError, match="does not answer"):
        await connect_async(f"redis://127.0.0.1:{free_port()}")


@pytest.mark.anyio
async def test_sentinels_are_asked_for_the_server(
    launch: Callable[..., subprocess.Popen[bytes]],
    eventually: Callable[..., None],
    impatient: None,
) -> None:
    server, sentinel = free_port(), free_port()
    launch("server", f"port {server}", 'save ""')
    eventually(lambda: answers(server))
    launch(
        "sentinel",
        f"port {sentinel}",
        f"sentinel monitor main 127.0.0.1 {server} 1",
        mode="--sentinel",
    )
    eventually(lambda: answers(sentinel))
    url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{sentinel}/main/2"
    client = connect(url, connections=2)
    client.set("a", "1")
    client.close()
    direct = connect(f"redis://127.0.0.1:{server}/2")
    assert direct.get("a") == b"1", "the database of the URL is the one written to"
    direct.close()
    other = await connect_async(url, connections=2)
    assert await other.get("a") == b"1"
    await other.aclose()
    with pytest.raises(PermanentError, match=r"redis\+sentinel://127\.0\.0\.1"):
        connect(f"redis+sentinel://127.0.0.1:{sentinel}/another")
