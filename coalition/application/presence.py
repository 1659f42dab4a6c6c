"""Which processes are alive: each says so every few seconds, and is forgotten when it does not.

The outbox and the ledger show a dead relay or worker only once there is work. Presence shows it
while everything is quiet, which is when it can be repaired without hurry.
"""

from __future__ import annotations

from typing import Literal, Protocol, get_args

Role = Literal["relay", "worker"]
ROLES: tuple[Role, ...] = get_args(Role)

BEAT_SECONDS = 3.0
"""How often a process says that it is alive."""

FORGET_SECONDS = 10.0
"""After this long without a beat a process is taken for dead."""


class Presence(Protocol):
    """The processes alive now. Twin for tests: adapters/memory_presence.py."""

    def beat(self, role: Role, name: str) -> None:
        """Say that this process is alive; `name` is unique among those of its role."""
        ...

    def leave(self, role: Role, name: str) -> None:
        """Say that this process ends in order."""
        ...

    def alive(self) -> dict[Role, int]:
        """Return how many processes of every role have beaten in the last FORGET_SECONDS."""
        ...
