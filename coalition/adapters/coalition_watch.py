"""coalition.yaml as it is now: a member suspended in it is suspended at once, without a restart."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import structlog

from coalition.adapters.coalition_file import load_coalition
from coalition.domain.errors import ConfigError
from coalition.domain.members import Coalition

LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)

Stamp = tuple[int, int, int]  # inode, size, modification time in ns: tells a changed file


class CoalitionFile:
    """The last valid content of the file; threads may share it.

    A file that has become invalid, or is gone, does not replace what it was. Nor does one that
    turns an exercise into the real thing or back: the two live in stores of their own, so that
    takes a restart (design §5.4). Either way `findings` says what to mend, and the log says that.

    Raises:
        ConfigError: (at construction) the file is not valid in the first place.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stamp = _stamp(path)
        self._coalition = load_coalition(path)
        self._findings: tuple[str, ...] = ()
        self._looked = time.monotonic()

    def current(self) -> Coalition:
        """The coalition in force, no staler than `LOOK_SECONDS`."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        return self._coalition

    def findings(self) -> tuple[str, ...]:
        """Why the file as it stands is not in force; empty when it is."""
        self.current()
        return self._findings

    def _look(self) -> None:
        with self._lock:
            # Before the file is read: what changes while it is read is seen at the next look.
            stamp = _stamp(self.path)
            if stamp != self._stamp:
                self._stamp = stamp
                self._read()
            self._looked = time.monotonic()

    def _read(self) -> None:
        try:
            found = load_coalition(self.path)
        except ConfigError as error:
            self._refuse(error.findings)
            return
        if found.exercise is not self._coalition.exercise:
            turned = "exercise" if found.exercise else "live"
            what = f"exercise: the coalition has become {turned}; stop Tocsin and start it again"
            self._refuse((f"{self.path}:1: coalition: {what}",))
            return
        self._findings = ()
        if found.content_hash != self._coalition.content_hash:
            self._coalition = found
            log.info("coalition_changed", version=found.content_hash[:12])

    def _refuse(self, findings: tuple[str, ...]) -> None:
        self._findings = findings
        # The file's name and no more: a finding quotes it, and logs are read by anyone.
        log.warning("coalition_refused", path=self.path.name, count=len(findings))


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:  # gone, or out of reach; reading it says which
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
