"""`vote`: members decide by ballot. Ballots are held by hand until their own part exists."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.shapes import People, Time
from coalition.domain.playbook.values import Results
from coalition.domain.playbook.verbs._by_hand import ByHand, results

CHOICES = ("passed", "rejected")


class Vote(ByHand):
    """Success: an operator has recorded whether it passed; a rejection is a result, no failure.

    Late is no consent: the result is then empty. Failure: the incident is over.
    """

    word = "vote"
    choices = CHOICES
    asks = "What did the vote decide?"
    outputs: ClassVar[Results] = results(CHOICES)

    do: Literal["vote"]
    to: People
    within: Time

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Have {', '.join(self.to)} vote: {self.text}"
