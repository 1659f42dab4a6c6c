"""Which mails have been seen to, and who looks for new ones.

A mail is told from others by its exact bytes: a Message-ID can be chosen by anybody, also so that
somebody else's mail looks as if it had been seen to.
"""

from __future__ import annotations

from typing import Protocol

REMEMBERED_SECONDS = 90 * 86_400
"""How long a mail that was seen to is known again."""


class MailMemory(Protocol):
    """Shared by all workers. Twin for tests: adapters/memory_mail.py."""

    def watch(self, holder: str, seconds: int) -> bool:
        """Whether `holder` is the one who looks for mail, from now for so many seconds."""
        ...

    def leave(self, holder: str) -> None:
        """Let another look at once, if it was `holder`."""
        ...

    def seen(self, digest: str) -> bool:
        """Whether a mail has been seen to."""
        ...

    def remember(self, digest: str) -> None:
        """Note that it has been."""
        ...

    def tried(self, digest: str) -> int:
        """Note that somebody begins with a mail; returns how often that has been, 1 at first."""
        ...
