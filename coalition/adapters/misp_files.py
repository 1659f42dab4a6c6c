"""The files that partners (or we for them) import into MISP: one for each event and member."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from coalition.domain.errors import TransientError

EXPORTS = Path("export", "misp")
"""Below the data folder; then a folder for each member."""


def write(data_dir: Path, member: str, uuid: str, event: bytes) -> Path:
    """Write `<data>/export/misp/<member>/<uuid>.json`; returns its path below the data folder.

    Whole or not at all, on the disk when this returns, and readable by our user alone. The same
    event again replaces the file.

    Raises:
        TransientError: the disk does not take it.
    """
    place = EXPORTS / member / f"{uuid}.json"
    folder = data_dir / place.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".json")  # mode 0600
        with os.fdopen(number, "wb") as file:
            file.write(event)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(data_dir / place)
        _sync(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TransientError(f"{folder} does not take a file ({reason}).") from error
    return place


def _sync(folder: Path) -> None:
    """A name is on the disk once its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
