"""The one assembled Tocsin of a worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin

_current: Tocsin | None = None


def current() -> Tocsin:
    """Return this process's Tocsin, assembled from the environment when first asked for."""
    global _current  # noqa: PLW0603 - RQ calls jobs by name; a process has one application
    if _current is None:
        from coalition.bootstrap import assemble  # noqa: PLC0415
        from coalition.settings import load_settings  # noqa: PLC0415

        _current = assemble(load_settings())
    return _current


def use(tocsin: Tocsin | None) -> None:
    """Make this the process's Tocsin (None: forget it)."""
    global _current  # noqa: PLW0603
    _current = tocsin
