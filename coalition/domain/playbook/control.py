"""Steps that choose which steps come next. A new control word is a class here."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.conditions import Unorderable, parse_condition
from coalition.domain.playbook.shapes import ConditionText
from coalition.domain.playbook.step import Block, Step


class Control(Step):
    """Looks at the moment and names the branch to take."""

    covers: ClassVar[Literal["one_branch"]] = "one_branch"
    """`one_branch`: exactly one of the branches runs (an absent one is empty)."""

    def choose(self, moment: Moment) -> str:
        """Return the name of the branch. Raises `StepFault` when that cannot be told."""
        raise NotImplementedError


class If(Control):
    """`if: "scrubbing = 'granted'"`, then `then`, otherwise `else`; and on with the next step."""

    word = "if"

    condition: ConditionText = Field(alias="if")
    then: Block
    otherwise: Block = Field((), alias="else")

    @override
    def choose(self, moment: Moment) -> str:
        try:
            return "then" if parse_condition(self.condition).holds(moment.value) else "else"
        except Unorderable as error:
            raise StepFault(str(error)) from error

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"If {self.condition}"
