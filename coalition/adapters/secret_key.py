"""The key that signs links, made once for a data folder when none is set."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from coalition.domain.errors import PermanentError

FILE_NAME = "secret-key"


def secret_key(configured: SecretStr | None, data_dir: Path) -> SecretStr:
    """The configured key, else the one kept in the data folder, made on first use (mode 0600).

    Safe when several processes start at once: the first one's key counts for all.

    Raises:
        PermanentError: when the data folder cannot be written or the file is empty.
    """
    if configured is not None:
        return configured
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        message = f"Cannot keep the signing key in {data_dir} ({error.strerror})."
        fallback = "Set TOCSIN_SECRET_KEY, or make TOCSIN_DATA_DIR writable."
        raise PermanentError(message, fallback=fallback) from error
    if not key:
        raise PermanentError(f"{path} is empty.", fallback=f"Delete {path}; links sent are void.")
    return SecretStr(key)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{FILE_NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, unlike a rename, does not replace the key that another process has just made.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
