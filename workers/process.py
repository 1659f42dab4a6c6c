"""The one assembled Tocsin of a worker process."""

from __future__ import annotations

import gc
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


def settle() -> None:
    """Tell the garbage collector that what is loaded now stays.

    A drain makes tens of thousands of short-lived objects a second; looking through the whole
    application for cycles each time took a third of a worker's time in a large fan-out.
    """
    if gc.get_freeze_count():
        return  # once a process: what a drain leaves behind must stay collectable
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
