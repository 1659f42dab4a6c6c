from __future__ import annotations

from tests.openpgp.homes import homes, own_folder

__all__ = ["homes", "own_folder"]
