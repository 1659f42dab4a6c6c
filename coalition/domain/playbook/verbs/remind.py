"""`remind`: those who have not acknowledged a notice are asked again, on the same channel."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Moment, StepFault, Verb
from coalition.domain.playbook.shapes import Id, NamesStep


class Remind(Verb):
    """Ends when the reminders are recorded; nobody silent means nothing to do, and that is ok."""

    word = "remind"

    do: Literal["remind"]
    of: Annotated[Id, NamesStep(("notify", "share"))]

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        told = moment.told(self.of)
        if told is None:
            raise StepFault(f"step {self.of} has told nobody; there is nobody to remind")
        return {"notice": told[0]}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Remind those silent on {self.of}"
