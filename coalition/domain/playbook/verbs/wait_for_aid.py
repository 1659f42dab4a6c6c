"""`wait_for_aid`: until those asked for help have answered, or it is late."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Beginning, Ending, Moment
from coalition.domain.playbook.shapes import Id, NamesStep, OptionalText, Time
from coalition.domain.playbook.values import Results
from coalition.domain.playbook.verbs._by_hand import ByHand, results

CHOICES = ("granted", "partly", "refused")


class WaitForAid(ByHand):
    """Success: an operator has recorded the answer to the request; at once if it is known already.

    Late: the answer is still out. Failure: the incident is over.
    """

    word = "wait_for_aid"
    choices = CHOICES
    asks = "What did they answer?"
    outputs: ClassVar[Results] = results(CHOICES)

    do: Literal["wait_for_aid"]
    of: Annotated[Id, NamesStep(("request_aid",))]
    text: OptionalText = ""
    within: Time

    @override
    def begin(self, moment: Moment) -> Beginning:
        known = moment.value(f"{self.of}.result")
        if known not in CHOICES:
            return super().begin(moment)
        kept = {self.save: known} if self.save else {}
        return Beginning(
            request={"of": self.of}, end=Ending("ok", {"result": known}, variables=kept)
        )

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        request = super().request(moment)
        text = request["text"] or f"Has the aid asked for in step {self.of} been promised?"
        return {**request, "text": text, "of": self.of}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Wait up to {self.within} for the aid asked for in {self.of}"
