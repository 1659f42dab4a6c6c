"""Steps that say which steps come next. A new control word is a class here or in `rounds.py`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import override

from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.conditions import Unorderable, compare, parse_condition
from coalition.domain.playbook.shapes import ConditionText, Id, Shape, Text
from coalition.domain.playbook.step import Block, Step
from coalition.domain.playbook.templates import NAME_PATTERN
from coalition.domain.playbook.values import Results, Variable


class Control(Step):
    """Begins and ends at once, or encloses the steps it holds."""

    scoped: ClassVar[bool] = False
    """Whether the end of its blocks leads back to it, instead of on to the step after it."""


class Branching(Control):
    """Looks at the moment and takes one branch; an absent one is empty."""

    @abstractmethod
    def choose(self, moment: Moment) -> str:
        """Return the name of the branch. Raises `StepFault` when that cannot be told."""


def holds(condition: str, moment: Moment) -> bool:
    """Whether a condition is true now. Raises `StepFault` when that cannot be told."""
    try:
        return parse_condition(condition).holds(moment.value)
    except Unorderable as error:
        raise StepFault(str(error)) from error


class If(Branching):
    """`if: "scrubbing = 'granted'"`, then `then`, otherwise `else`; and on with the next step."""

    word = "if"

    condition: ConditionText = Field(alias="if")
    then: Block
    otherwise: Block = Field((), alias="else")

    @override
    def choose(self, moment: Moment) -> str:
        return "then" if holds(self.condition, moment) else "else"

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"If {self.condition}"


def _one_or_more(raw: object) -> object:
    return [raw] if isinstance(raw, str | int | float) else raw


class Case(Shape):
    """One case: `when` (a condition), or `is` (one value or several); and its steps."""

    when: ConditionText | None = None
    one_of: Annotated[tuple[str | int | float, ...], BeforeValidator(_one_or_more)] = Field(
        (), alias="is"
    )
    then: Block


class Choose(Branching):
    """The first case that fits is taken, else `else`; and on with the next step.

    Cases are conditions (`when`), or values (`is`) of the name after `on`.
    """

    word = "choose"

    choose_: tuple[Case, ...] = Field(alias="choose")
    on: Annotated[str, Field(pattern=NAME_PATTERN)] | None = None
    otherwise: Block = Field((), alias="else")

    @override
    def choose(self, moment: Moment) -> str:
        for number, case in enumerate(self.choose_):
            if self._fits(case, moment):
                return f"choose.{number}.then"
        return "else"

    def _fits(self, case: Case, moment: Moment) -> bool:
        if self.on is None:
            return holds(case.when or "", moment)
        value = moment.value(self.on)
        return any(compare(value, "=", one, self.on) for one in case.one_of)

    @property
    @override
    def blocks(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        for number, case in enumerate(self.choose_):
            yield f"choose.{number}.then", case.then
        yield "else", self.otherwise

    @property
    @override
    def conditions(self) -> Iterator[tuple[str, str]]:
        for number, case in enumerate(self.choose_):
            if case.when is not None:
                yield f"choose.{number}.when", case.when

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.choose_:
            yield "choose", "is empty; write at least one case"
        for number, case in enumerate(self.choose_, start=1):
            if self.on is None and (case.when is None or case.one_of):
                yield "choose", f"case {number} is no condition; write `when`, or add `on`"
            if self.on is not None and (case.when is not None or not case.one_of):
                yield "choose", f"case {number} has no value of {self.on}; write `is`"
        seen: set[str] = set()
        for one in (str(one) for case in self.choose_ for one in case.one_of):
            if one in seen:
                yield "choose", f"has {one!r} twice; only the first is ever taken, remove the other"
            seen.add(one)

    @property
    @override
    def sentence(self) -> str:
        return self.about or (f"Choose by {self.on}" if self.on else "Choose what fits")


class Goto(Control):
    """On with the step named: one of the same block, or of a block around it.

    Leaving a loop that way ends the loop. A run jumps `JUMPS` times, then a human must decide.
    """

    word = "goto"

    target: Id = Field(alias="goto")

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Go to {self.target}"


class Stop(Control):
    """The run ends here, whatever else is open in it; `stop` is the reason."""

    word = "stop"
    outputs: ClassVar[Results] = {"reason": (Variable("text"), "")}

    reason: Text = Field(alias="stop")
    outcome: Literal["stopped", "completed"] = "stopped"

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Stop: {self.reason}"
