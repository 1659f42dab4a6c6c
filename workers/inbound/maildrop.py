"""A Maildir folder that our mail server delivers to: `new` waits, `cur` has been seen to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from coalition.domain.errors import TransientError
from workers.inbound.mime import LARGEST_MAIL, NotAMail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT_A_TIME = 100
LOOK_SECONDS = 0.25


class Dropped:
    """A file in `new`."""

    def __init__(self, path: Path, done: Path) -> None:
        self._path = path
        self._done = done

    def read(self) -> bytes | None:
        """Its bytes; raises `NotAMail` for what is no ordinary file, or too large."""
        try:
            # Not through a link: whoever can make one here must not have us read other files.
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None  # another worker has it
        except OSError as error:
            raise NotAMail(f"it cannot be opened ({error.strerror})") from error
        try:
            known = os.fstat(handle)
            if not stat.S_ISREG(known.st_mode):
                raise NotAMail("it is no ordinary file")
            if known.st_size > LARGEST_MAIL:
                raise NotAMail(f"it has {known.st_size // 1_000_000} MB")
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(LARGEST_MAIL + 1)
        finally:
            os.close(handle)

    def set_aside(self, *, trouble: bool) -> None:
        """Move it to `cur`, marked as seen (S), and as one to look at (F) where it is."""
        name = self._path.name.partition(":")[0]
        try:
            self._path.rename(self._done / f"{name}:2,{'F' if trouble else ''}S")
        except FileNotFoundError:
            return  # another worker has just done so
        except OSError as error:
            raise TransientError(f"it cannot be moved ({error.strerror})") from error


class MailDrop:
    """Implements `Source`."""

    every = LOOK_SECONDS

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> Iterator[Dropped]:
        """The files of `new`; the folder is made where it is not there.

        Raises:
            TransientError: it cannot be made or read.
        """
        try:
            for name in ("tmp", "new", "cur"):
                (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            names = sorted(path.name for path in (self._folder / "new").iterdir())
        except OSError as error:
            message = f"the mail drop {self._folder} cannot be used ({error.strerror})"
            raise TransientError(message) from error
        found = [name for name in names if not name.startswith(".")]
        for name in found[:AT_A_TIME]:
            yield Dropped(self._folder / "new" / name, self._folder / "cur")
