"""`escalate`: the silent are tried on their next channel, or a person is alarmed, or both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Beginning, Ending, Moment, StepFault, Verb
from coalition.domain.playbook.shapes import Id, NamesStep, OptionalText, People
from coalition.domain.playbook.values import Results, Variable


class Escalate(Verb):
    """`of`: whoever has not acknowledged that notice goes to the next channel.

    `to`: these people are alarmed with `text`; the alarm names the duty phones of the silent.
    With `of` and nobody silent, nothing is done and the step is ok.
    """

    word = "escalate"
    outputs: ClassVar[Results] = {"silent": (Variable("members"), [])}

    do: Literal["escalate"]
    of: Annotated[Id, NamesStep(("notify", "share"))] | None = None
    to: People | None = None
    text: OptionalText = ""

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if self.of is None and self.to is None:
            yield "", "escalates nothing to nobody; add `of` (a notify step), or `to` and `text`"
        if (self.to is None) != (not self.text.strip()):
            yield "to", "belongs together with text; write both or neither"

    @override
    def begin(self, moment: Moment) -> Beginning:
        beginning = super().begin(moment)
        if self.of is not None and not beginning.request["silent"]:
            return Beginning(request=beginning.request, end=Ending("ok"))
        return beginning

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        request = {**super().request(moment), "notice": None, "silent": []}
        if self.of is not None:
            told = moment.told(self.of)
            if told is None:
                raise StepFault(f"step {self.of} has told nobody; there is nobody to escalate")
            heard = moment.heard(self.of)
            request["notice"] = told[0]
            request["silent"] = [member for member in told[1] if member not in heard]
        return request

    @property
    @override
    def sentence(self) -> str:
        whom = f"alarm {', '.join(self.to)}" if self.to else ""
        what = f"try the next channel of those silent on {self.of}" if self.of else ""
        both = " and ".join(part for part in (what, whom) if part)
        return self.about or both[:1].upper() + both[1:]
