"""The files of CACAO: documents, the lock beside a playbook, keys."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from coalition.adapters.yaml_source import load_yaml, validate
from coalition.cacao.exporting import export, first_lock, unchanged
from coalition.cacao.lock import Lock
from coalition.cacao.reading import MAX_BYTES, read
from coalition.cli.giving import write_text
from coalition.cli.kinds import is_cacao
from coalition.domain.errors import ConfigError
from coalition.domain.playbook import Playbook


class Exported(NamedTuple):
    """A document, and the lock that must be kept; None where no ids were needed."""

    document: dict[str, Any]
    lock: Lock | None


def read_bytes(path: Path, limit: int = MAX_BYTES + 1) -> bytes:
    """The beginning of a file, so that a huge one is not read whole. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([f"{path}: cannot be read ({reason}); check the path"]) from error


def as_text(document: dict[str, Any]) -> str:
    """A document as it is written."""
    return json.dumps(document, indent=2)


def lock_path(path: Path) -> Path:
    """The lock of a playbook stands beside it: `x.yaml`, `x.lock.json`."""
    return path.with_name(f"{path.stem}.lock.json")


def write_lock(path: Path, lock: Lock) -> None:
    """Write the lock of the playbook at `path`."""
    write_text(lock_path(path), json.dumps(lock.as_json(), indent=2) + "\n")


def read_lock(path: Path) -> Lock | None:
    """The lock of the playbook at `path`; None where there is none. Raises `ConfigError`."""
    where = lock_path(path)
    if not where.exists():
        return None
    try:
        return Lock.from_json(json.loads(read_bytes(where)))
    except json.JSONDecodeError as error:
        what = f"{where}:{error.lineno}: is not JSON; restore it, or remove it for new ids"
        raise ConfigError([what]) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"{where}:1: {error}"]) from error


def exported(path: Path, now: datetime) -> Exported:
    """The CACAO document of a playbook of ours. Raises `ConfigError`."""
    data, locator = load_yaml(path)
    same = unchanged(data) if isinstance(data, dict) else None
    if same is not None:
        return Exported(same, None)
    playbook: Playbook = validate(Playbook, data, locator)
    lock = read_lock(path) or first_lock(data, now)
    return Exported(export(data, playbook, lock, now, uuid4), lock)


def document_of(path: Path, now: datetime) -> dict[str, Any]:
    """The CACAO document in a file, or that a playbook of ours exports to. Raises `ConfigError`."""
    if not is_cacao(path):
        made = exported(path, now)
        if made.lock is not None:
            write_lock(path, made.lock)
        return made.document
    document, findings = read(read_bytes(path))
    if document is None:
        raise ConfigError([f"{path}: {one.line}" for one in findings])
    return document
