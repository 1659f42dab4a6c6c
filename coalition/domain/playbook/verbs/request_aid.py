"""`request_aid`: others are asked for help. Requests are made by hand until aid has its part."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.shapes import People
from coalition.domain.playbook.values import Results
from coalition.domain.playbook.verbs._by_hand import ByHand, results

CHOICES = ("granted", "partly", "refused", "asked")


class RequestAid(ByHand):
    """Success: an operator has asked in their own name, and has said what came of it.

    `asked` means that the answer is still out; `wait_for_aid` waits for it. A refusal is a result,
    no failure. Failure: the incident is over.
    """

    word = "request_aid"
    choices = CHOICES
    asks = "What did they say?"
    outputs: ClassVar[Results] = results(CHOICES)

    do: Literal["request_aid"]
    to: People

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Ask {', '.join(self.to)} for aid: {self.text}"
