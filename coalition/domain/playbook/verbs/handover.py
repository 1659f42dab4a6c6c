"""`handover`: somebody else leads the incident from here on."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Verb
from coalition.domain.playbook.shapes import People, Text
from coalition.domain.playbook.values import Results, Variable


class Handover(Verb):
    """Success: the first of those meant who takes part and is an operator leads, with the note.

    Done in the name of whoever started the run. Failure: a rule started it, or nobody meant can
    lead. Whoever leads already keeps the lead, and gets the note.
    """

    word = "handover"
    outputs: ClassVar[Results] = {"lead": (Variable("text"), "")}

    do: Literal["handover"]
    to: People
    note: Text

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Hand the lead over to {', '.join(self.to)}"
