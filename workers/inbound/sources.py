"""Where mail comes from: what a mail that waits there offers, whichever place it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Waiting(Protocol):
    """A mail that waits."""

    def read(self) -> bytes | None:
        """Its bytes; None: it has gone meanwhile.

        Raises:
            NotAMail: it is too large, or no mail at all.
            TransientError: it cannot be read just now.
        """
        ...

    def set_aside(self, *, trouble: bool) -> None:
        """Mark it as seen to (`trouble`: as one for people to look at). It is never deleted.

        Raises:
            TransientError: it cannot be marked just now; it will be known again by its bytes.
        """
        ...


class Source(Protocol):
    """A place where mail waits."""

    every: float  # seconds between two looks

    def waiting(self) -> Iterator[Waiting]:
        """What waits there now, the oldest first, a bounded number at a time.

        Raises:
            TransientError: the place cannot be reached.
        """
        ...
