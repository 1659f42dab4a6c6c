"""Counters that outlive a process and are added up over all of them, for the metrics."""

from __future__ import annotations

from typing import Literal, Protocol, get_args

MailTally = Literal[
    "mail_answer",
    "mail_unclear",
    "mail_unauthenticated",
    "mail_automatic",
    "mail_bounce",
    "mail_unrelated",
    "mail_trouble",
]
MAIL_TALLIES: tuple[MailTally, ...] = get_args(MailTally)
"""What a mail that came in turned out to be."""

Tally = Literal["slack_failures"] | MailTally
TALLIES: tuple[Tally, ...] = ("slack_failures", *MAIL_TALLIES)


class Tallies(Protocol):
    """How often something has happened, ever. Twin for tests: adapters/memory_tallies.py."""

    def add(self, tally: Tally, count: int = 1) -> None:
        """Count it."""
        ...

    def read(self) -> dict[Tally, int]:
        """Return all of them; 0 for what has never happened."""
        ...
