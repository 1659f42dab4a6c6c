"""Children that end when the process that started them is killed (Linux; elsewhere they stay)."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child may not load libraries between fork and exec.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def ending_with_parent() -> Callable[[], None] | None:
    """For `preexec_fn`: ask the kernel for SIGTERM when the parent ends.

    To the kernel the parent is the thread that forks, so this is for main threads only. None
    where it would not do what its name says; the child then stays.
    """
    if _LIBC is None or threading.current_thread() is not threading.main_thread():
        return None
    return _ask


def _ask() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
