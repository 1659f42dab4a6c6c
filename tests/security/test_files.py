"""Files on a machine that others use too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer
from coalition.adapters.secret_key import secret_key


@pytest.fixture(autouse=True)
def _easy_umask() -> Iterator[None]:
    """A machine on which whatever is made can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_record_on_disk_is_ours_alone_even_in_a_folder_that_was_there(tmp_path: Path) -> None:
    """Somebody unpacked a copy of the folder, with the modes that copies have."""
    (tmp_path / "redis").mkdir(mode=0o755)
    with RedisServer(tmp_path) as server:
        client = connect(server.url, connections=2)
        client.set("title", "Implant")
        client.close()
        assert mode(tmp_path / "redis") == 0o700
        assert mode(server.socket) == 0o700


def test_the_signing_key_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    secret_key(None, folder)
    assert mode(folder / "secret-key") == 0o600
    assert mode(folder) == 0o700
