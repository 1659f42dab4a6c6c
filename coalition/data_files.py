"""The files that come with Tocsin and are not Python."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def bundled_playbooks() -> Path:
    """The folder of the playbooks that come with Tocsin.

    A wheel carries them inside this package; in a working copy they stand beside it.
    """
    inside = _HERE / "data" / "playbooks"
    return inside if inside.is_dir() else _HERE.parent / "playbooks"


def bundled(name: str) -> Path:
    """A file of coalition/data by name, such as `coalition.example.yaml`."""
    return _HERE / "data" / name
