"""A Redis of our own in the data folder, for machines that are given none.

One server per data folder, on a unix socket that only we may open, with every write on disk
before it is answered (`appendfsync always`). The lock on the folder is held by the server process
itself, so that a second server cannot start on the same files even when whoever started the first
one was killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from coalition.adapters.parent_death import ending_with_parent
from coalition.adapters.redis_binary import ServerBinary, choose_binary
from coalition.domain.errors import PermanentError

FOLDER = "redis"
# A unix socket's path has room for 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 100
START_WITHIN_SECONDS = 120  # a long append-only file is read before the first answer
STOP_WITHIN_SECONDS = 15
LOCK_WITHIN_SECONDS = 5
_POLL_SECONDS = 0.01

_CONFIG = """\
# Written by Tocsin at each start; changes here are lost.
port 0
unixsocket {socket}
unixsocketperm 700
dir ./
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
daemonize no
pidfile redis.pid
logfile ""
"""


def socket_url(data_dir: Path) -> str:
    """The URL of the data folder's own server, whether it runs or not."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def socket_path(data_dir: Path) -> Path:
    """Where the own server of a data folder listens; the same for every process.

    In the folder itself, or below the runtime folder when that path is too long for a socket.
    """
    folder = data_dir.resolve() / FOLDER
    inside = folder / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base, f"tocsin-{os.getuid()}-{short}", "redis.sock")


class RedisServer:
    """The own server of one data folder; use it as a context manager, or start() and stop().

    With `die_with_parent` (Linux) it also stops, cleanly, when the starting process is killed.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binary: ServerBinary | None = None,
        die_with_parent: bool = True,
    ) -> None:
        self.folder = data_dir.resolve() / FOLDER
        self.socket = socket_path(data_dir)
        self.url = socket_url(data_dir)
        self._wanted = binary
        self._die_with_parent = die_with_parent
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def log_path(self) -> Path:
        """What the server says."""
        return self.folder / "redis.log"

    @property
    def pid(self) -> int | None:
        """Of the running server; None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def returncode(self) -> int | None:
        """Of a server that has ended (0 if it never ran); None while it runs."""
        return self._process.poll() if self._process else 0

    def start(self) -> None:
        """Start (or start again after a crash) and wait until it answers.

        Raises:
            PermanentError: no program, the folder is in use or not writable, or it does not come
                up; with the last lines of its log.
        """
        if self.pid is not None:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)  # it holds everything, and may have come from a copy
            lock = self._take_lock()
            self._make_way_for_socket()
            binary = self._wanted or choose_binary(self._last_writer())
            self._process = self._launch(binary, lock)
        except OSError as error:
            message = f"Cannot start Redis in {self.folder} ({error.strerror or error})."
            fallback = "Make TOCSIN_DATA_DIR writable, or set TOCSIN_REDIS_URL."
            raise PermanentError(message, fallback=fallback) from error
        self._wait_until_it_answers(self._process, binary)
        (self.folder / "last-writer").write_text(
            f"{binary.flavour} {'.'.join(map(str, binary.version))}\n", encoding="ascii"
        )

    def ask_to_stop(self) -> None:
        """Begin a clean stop; returns at once. `stop` ends it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """Stop it cleanly, after everything is on disk; then let go of the folder."""
        self.ask_to_stop()
        if self._process is not None:
            try:
                self._process.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            self.socket.unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> int:
        if self._lock is not None:
            return self._lock
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + LOCK_WITHIN_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(handle)
                    raise self._in_use() from None
                time.sleep(_POLL_SECONDS)  # the one before may be about to end
            else:
                self._lock = handle
                return handle

    def _in_use(self) -> PermanentError:
        which = "A Redis"
        with suppress(OSError, ValueError):
            pid = int((self.folder / "redis.pid").read_text(encoding="ascii"))
            which = f"A Redis (process {pid})"
        fallback = "Stop the other tocsin first, or choose another TOCSIN_DATA_DIR."
        return PermanentError(f"{which} already runs on {self.folder}.", fallback=fallback)

    def _make_way_for_socket(self) -> None:
        if self.socket.parent != self.folder:
            self.socket.parent.mkdir(mode=0o700, exist_ok=True)
            found = self.socket.parent.lstat()
            # Somebody else may have put a folder of that name into the shared temporary one.
            others = found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or others:
                message = f"{self.socket.parent} is not ours alone."
                fallback = "Remove it, or choose a TOCSIN_DATA_DIR with a shorter path."
                raise PermanentError(message, fallback=fallback)
        # We hold the lock, so whatever lies there is left over from a crash.
        self.socket.unlink(missing_ok=True)

    def _last_writer(self) -> str:
        with suppress(OSError):
            return (self.folder / "last-writer").read_text(encoding="ascii").strip()
        return ""

    def _launch(self, binary: ServerBinary, lock: int) -> subprocess.Popen[bytes]:
        config = self.folder / "redis.conf"
        config.write_text(_CONFIG.format(socket=_quoted(self.socket)), encoding="utf-8")
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [binary.path, config],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock],
                start_new_session=True,  # Ctrl-C in the terminal is for us, who stop it in order
                preexec_fn=ending_with_parent() if self._die_with_parent else None,  # noqa: PLW1509
            )

    def _wait_until_it_answers(
        self, process: subprocess.Popen[bytes], binary: ServerBinary
    ) -> None:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self.socket), retry=once, socket_timeout=1)
        try:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    break
                with suppress(RedisError, OSError):
                    if client.ping():
                        return
                time.sleep(_POLL_SECONDS)
        finally:
            client.close()
        self.stop()
        message = f"{binary.label} did not come up in {self.folder}: {self._last_words()}"
        fallback = f"Read {self.log_path}; set TOCSIN_REDIS_URL to use another server."
        raise PermanentError(message, fallback=fallback)

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
            return " / ".join(line.strip() for line in lines[-3:])
        return "it left no log"


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
