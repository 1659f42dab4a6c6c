"""The server of our own: where it is, what it survives, who may open it."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from coalition.adapters import redis_server
from coalition.adapters.redis_binary import choose_binary, read_version
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_health import durability_warnings
from coalition.adapters.redis_server import RedisServer, socket_path, socket_url
from coalition.domain.errors import PermanentError

Eventually = Callable[..., None]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def no_server_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def test_it_is_ours_alone_and_writes_to_disk_before_it_answers(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        assert server.url == socket_url(tmp_path)
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        client = connect(server.url)
        told = {
            name: client.config_get(name)[name]
            for name in ("port", "appendonly", "appendfsync", "save", "maxmemory-policy")
        }
        assert told == {
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        assert durability_warnings(client) == []
        client.close()
    assert not server.socket.exists()
    assert server.pid is None


def test_what_was_acknowledged_survives_kill_9_and_a_new_start(
    tmp_path: Path, eventually: Eventually
) -> None:
    with RedisServer(tmp_path) as server:
        acknowledged: list[int] = []

        def write(first: int) -> None:
            client = redis.Redis(unix_socket_path=str(server.socket), retry=None)  # type: ignore[arg-type]
            number = first
            while True:
                try:
                    client.sadd("written", number)
                except (redis.RedisError, OSError):
                    client.close()
                    return
                acknowledged.append(number)
                number += 4

        writers = [threading.Thread(target=write, args=(first,)) for first in range(4)]
        for writer in writers:
            writer.start()
        while len(acknowledged) < 200:
            assert server.pid
        os.kill(server.pid or 0, signal.SIGKILL)
        for writer in writers:
            writer.join(10)
        eventually(lambda: server.pid is None)
        server.start()
        client = connect(server.url)
        kept = {int(number) for number in client.smembers("written")}
        client.close()
    assert len(acknowledged) >= 200
    assert set(acknowledged) <= kept


def test_a_client_carries_on_over_a_crash_and_a_restart(
    tmp_path: Path, eventually: Eventually
) -> None:
    with RedisServer(tmp_path) as server:
        client = connect(server.url)
        client.set("a", "1")
        os.kill(server.pid or 0, signal.SIGKILL)
        eventually(lambda: server.pid is None)
        restart = threading.Thread(target=server.start)
        restart.start()
        assert client.get("a") == b"1"
        restart.join(10)
        client.close()


def test_a_clean_stop_keeps_the_data_and_lets_go_of_the_folder(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        connect(server.url).set("a", "1")
    with RedisServer(tmp_path) as server:
        assert connect(server.url).get("a") == b"1"


def test_a_second_server_on_the_same_folder_is_refused_with_the_pid_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_server, "LOCK_WITHIN_SECONDS", 0.05)
    with RedisServer(tmp_path) as first:
        with pytest.raises(PermanentError, match=f"process {first.pid}") as caught:
            RedisServer(tmp_path).start()
        assert "TOCSIN_DATA_DIR" in caught.value.fallback
        assert connect(first.url).ping()


_STARTER = """
import sys
from pathlib import Path
from coalition.adapters.redis_server import RedisServer
server = RedisServer(Path(sys.argv[1]), die_with_parent=sys.argv[2] == "yes")
server.start()
print(server.pid, flush=True)
sys.stdin.read()
"""


def start_elsewhere(data_dir: Path, *, die_with_parent: bool) -> tuple[subprocess.Popen[str], int]:
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, data_dir, "yes" if die_with_parent else "no"],
        cwd=Path(__file__).parents[2], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert starter.stdout is not None
    return starter, int(starter.stdout.readline())


def end(starter: subprocess.Popen[str]) -> None:
    starter.kill()
    starter.communicate(timeout=10)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_server_ends_when_its_starter_is_killed(tmp_path: Path, eventually: Eventually) -> None:
    starter, pid = start_elsewhere(tmp_path, die_with_parent=True)
    end(starter)
    eventually(lambda: not alive(pid))


def test_the_lock_is_the_servers_own_and_outlives_a_killed_starter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    starter, pid = start_elsewhere(tmp_path, die_with_parent=False)
    end(starter)
    monkeypatch.setattr(redis_server, "LOCK_WITHIN_SECONDS", 0.05)
    with pytest.raises(PermanentError, match=f"process {pid}"):
        RedisServer(tmp_path).start()
    os.kill(pid, signal.SIGTERM)
    eventually(lambda: not alive(pid))
    with RedisServer(tmp_path) as server:
        assert server.pid


def test_a_socket_left_over_from_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    socket = socket_path(tmp_path)
    socket.parent.mkdir()
    socket.write_text("left over", encoding="ascii")
    with RedisServer(tmp_path) as server:
        assert connect(server.url).ping()


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder with a short path, as such folders have; `tmp_path` may be long."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_path_too_long_for_a_socket_gets_a_short_one_elsewhere(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(redis_server, "LONGEST_SOCKET_PATH", 10)
    with RedisServer(tmp_path) as server:
        assert server.socket.parent.parent == runtime
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert connect(socket_url(tmp_path)).ping(), "other processes find it by the data folder"
    server.socket.parent.chmod(0o755)
    with pytest.raises(PermanentError, match="is not ours alone"):
        RedisServer(tmp_path).start()


def test_odd_characters_in_the_path_are_no_obstacle(tmp_path: Path) -> None:
    with RedisServer(tmp_path / 'a "b" #c? %20 é') as server:
        assert connect(server.url).ping()


def test_a_server_that_does_not_come_up_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        connect(server.url).set("a", "1")
    for part in (server.folder / "appendonlydir").iterdir():
        part.write_bytes(b"this is no append-only file\n")
    with pytest.raises(PermanentError) as caught:
        RedisServer(tmp_path).start()
    assert "did not come up" in str(caught.value)
    assert str(server.log_path) in caught.value.fallback
    assert server.pid is None


def test_a_data_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(PermanentError, match="Cannot start Redis in") as caught:
        RedisServer(tmp_path / "file" / "data").start()
    assert "TOCSIN_DATA_DIR" in caught.value.fallback


def test_the_bundled_server_is_used_where_there_is_none(
    tmp_path: Path, no_server_on_path: None
) -> None:
    binary = choose_binary()
    assert binary.bundled
    assert binary.version >= (7, 2, 0)
    with RedisServer(tmp_path) as server:
        client = connect(server.url)
        client.set("a", "1")
        assert durability_warnings(client) == []
        os.kill(server.pid or 0, signal.SIGKILL)
        while server.pid:
            pass
        server.start()
        assert client.get("a") == b"1"
        client.close()


def fake_server(folder: Path, says: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / "redis-server"
    program.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="ascii")
    program.chmod(0o755)


@pytest.mark.parametrize("says", ["Redis server v=6.0.16 sha=0", "something else", ""])
def test_a_server_too_old_or_unknown_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    fake_server(tmp_path / "bin", says)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    assert choose_binary().path.parent != tmp_path / "bin"


def test_a_server_inside_the_virtual_environment_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_server(tmp_path / "bin", "Redis server v=7.2.0 sha=0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    assert choose_binary().version == (7, 2, 0)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert choose_binary().version != (7, 2, 0)


def test_data_is_opened_by_the_kind_of_server_that_wrote_it_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_server(tmp_path / "bin", "Redis server v=7.0.15 sha=0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    assert choose_binary().flavour == "redis"
    assert choose_binary("redis 7.0.10").flavour == "redis"
    assert choose_binary("valkey 9.0.0").flavour == "valkey"


def test_data_of_the_bundled_server_stays_readable_after_redis_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server on PATH to come later")
    with monkeypatch.context() as before:
        before.setenv("PATH", "/nowhere")
        with RedisServer(tmp_path) as server:
            connect(server.url).set("a", "1")
    with RedisServer(tmp_path) as server:
        assert connect(server.url).get("a") == b"1"


def test_the_version_is_read_from_what_the_program_says() -> None:
    assert read_version("Redis server v=7.0.15 sha=00000000:0") == ("redis", (7, 0, 15))
    assert read_version("Valkey server v=9.1.2 sha=0") == ("valkey", (9, 1, 2))
    assert read_version("nginx version: 1.2") is None


def test_doctor_hears_of_a_server_that_would_lose_data(real_redis: redis.Redis) -> None:
    client = real_redis
    try:
        client.config_set("appendfsync", "everysec")
        client.config_set("maxmemory-policy", "allkeys-lru")
        said = " ".join(durability_warnings(client))
        assert "`appendfsync always`" in said
        assert "allkeys-lru" in said
        client.config_set("appendonly", "no")
        assert "`appendonly yes`" in " ".join(durability_warnings(client))
    finally:
        client.config_set("appendonly", "yes")
        client.config_set("appendfsync", "always")
        client.config_set("maxmemory-policy", "noeviction")
