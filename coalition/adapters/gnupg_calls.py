"""GnuPG through python-gnupg, so that it asks nobody, fetches nothing and never runs for ever."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import gnupg

from coalition.domain.errors import PermanentError, TransientError

SECONDS = 30.0
"""After this long a call is killed: a compressed bomb, or an agent that hangs."""

LONGEST_HOME = 88
"""The agent's socket stands in the home, and a socket's path has room for about 107 bytes."""

LOCK_FILE = "tocsin.lock"

OPTIONS = [
    "--no-options",  # a gpg.conf left in the home must not add recipients
    "--no-auto-key-locate",
    "--no-auto-key-retrieve",
    "--disable-dirmngr",
    # Whoever finds the seed file locked by another gpg sleeps for a second; the kernel's is enough.
    "--no-random-seed-file",
    "--trust-model=always",  # which key is whose the coalition file says, no web of trust
]

INSTALL = (
    "Install GnuPG on every machine that runs Tocsin: `apt install gnupg` (Debian, Ubuntu), "
    "`dnf install gnupg2` (Fedora, RHEL), `apk add gnupg` (Alpine) or `brew install gnupg` (macOS)."
)

_STATUS = b"[GNUPG:] "

# It logs each failed call as a warning; what failed is said by who called, and only there.
logging.getLogger("gnupg").setLevel(logging.CRITICAL)


class NoGnuPG(PermanentError):
    """There is no `gpg` on this machine."""

    def __init__(self) -> None:
        super().__init__("GnuPG (gpg) is not installed here.", fallback=INSTALL)


def installed() -> bool:
    """Whether there is a `gpg` on PATH."""
    return shutil.which("gpg") is not None


def environment() -> dict[str, str]:
    """What gpg and its agent are told: none of our secrets, which an agent would keep for long."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def prepare(home: Path) -> Path:
    """The home as gpg wants it: absolute, there, for us alone.

    Raises:
        PermanentError: it cannot be made, or its path is too long for the agent's socket.
    """
    home = home.resolve()
    if len(os.fsencode(home)) > LONGEST_HOME:
        raise PermanentError(
            f"The path of the GnuPG home is too long for its agent: {home}.",
            fallback=f"Set TOCSIN_GNUPG_HOME to one of at most {LONGEST_HOME} letters.",
        )
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if home.stat().st_mode & 0o077:
            home.chmod(0o700)
    except OSError as error:
        raise PermanentError(
            f"The GnuPG home {home} cannot be used ({error.strerror}).",
            fallback="Set TOCSIN_GNUPG_HOME to a folder of ours, or mend its permissions.",
        ) from error
    return home


@contextmanager
def keyring_lock(home: Path, *, change: bool = False) -> Iterator[None]:
    """One change of a keyring at a time, and nobody reads meanwhile, over all our processes.

    While gpg writes a keyring anew it is not there for a moment, and whoever looks then finds no
    key; of several changes at once, some are lost.
    """
    with (prepare(home) / LOCK_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if change else fcntl.LOCK_SH)  # ends with the file
        yield


class Gpg(gnupg.GPG):  # type: ignore[misc] # it has no types
    """python-gnupg on one home. Threads may share it; each call is a process of its own.

    What gpg says is read by lines that end with a newline and by nothing else: python-gnupg also
    takes U+0085 and U+2028 for line ends, so that a user id which holds one could speak for gpg.

    Raises:
        NoGnuPG: there is no gpg.
        PermanentError: the home cannot be used.
    """

    def __init__(self, home: Path) -> None:
        if not installed():
            raise NoGnuPG
        try:
            super().__init__(gnupghome=str(prepare(home)), options=OPTIONS, env=environment())
        except (OSError, ValueError) as error:
            raise PermanentError(f"gpg cannot be run ({error}).", fallback=INSTALL) from error
        self.encoding = "utf-8"  # of what it is told; what it says is read below

    def order(self, *words: str) -> Any:
        """Give gpg a command that python-gnupg has no call for; `returncode` says how it went."""
        result = self.result_map["verify"](self)
        process = self._open_subprocess(list(words))
        self._collect_output(process, result, stdin=process.stdin)
        return result

    def _open_subprocess(self, args: list[str], passphrase: Any = None) -> Any:
        try:
            return super()._open_subprocess(args, passphrase)
        except OSError as error:
            raise TransientError(f"gpg cannot be started ({error.strerror})") from error

    def _handle_io(
        self, args: list[str], fileobj_or_path: Any, result: Any, *_: Any, **__: Any
    ) -> Any:
        process = self._open_subprocess(args)
        source = self._get_fileobj(fileobj_or_path)
        try:
            self._talk(process, result, source.read())
        finally:
            if source is not fileobj_or_path:
                source.close()
        return result

    def _collect_output(
        self, process: Any, result: Any, writer: Any = None, stdin: Any = None
    ) -> Any:
        if writer is not None:  # signing alone still writes by a thread of its own
            writer.join(SECONDS)
            process.stdin = None
        return self._talk(process, result, b"")

    def _talk(self, process: Any, result: Any, data: bytes) -> int:
        """Give gpg its input and take what it says; python-gnupg needs three threads for that."""
        try:
            out, said = process.communicate(data, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, said = process.communicate()
            with suppress(OSError):  # what it had not read is lost with it
                process.stdin.close()
        result.data, result.returncode = out, process.returncode
        self._hear(said, result)
        code: int = process.returncode
        return code

    def _hear(self, said: bytes, result: Any) -> None:
        result.misread = False
        for line in said.split(b"\n"):
            if line.startswith(_STATUS):
                words = line.removeprefix(_STATUS).decode("utf-8", "replace")
                keyword, _, value = words.partition(" ")
                try:
                    result.handle_status(keyword, value)
                except (ValueError, IndexError, KeyError):
                    result.misread = True  # such as a good signature of a key without any name
        result.stderr = said.decode("utf-8", "replace")

    def _decode_result(self, result: Any) -> Any:
        return result  # listings are read by coalition/adapters/gnupg_keys.py


def stop_agent(home: Path) -> None:
    """End the agent of a home, where one runs; the next call starts another."""
    gpgconf = shutil.which("gpgconf")
    if gpgconf is not None and home.is_dir():
        command = [gpgconf, "--homedir", str(home.resolve()), "--kill", "gpg-agent"]
        with suppress(subprocess.TimeoutExpired, OSError):  # it ends when its home goes
            subprocess.run(command, env=environment(), check=False, capture_output=True, timeout=10)
