"""Steps that hold rounds of other steps: branches side by side, and loops.

They stay open until every round has ended. A round is known by (step, attempt, number).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, WithJsonSchema
from typing_extensions import override

from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.control import Control, holds
from coalition.domain.playbook.shapes import ConditionText, Id, Items, Members, SomeSteps
from coalition.domain.playbook.step import STEP_SCHEMA, Block, Step
from coalition.domain.playbook.templates import sole_name
from coalition.domain.playbook.values import MAX_ITEMS, Results, Value, Variable

Values = Mapping[str, Value]

MAX_ROUNDS = 1000


class Rounds(Control):
    """Begins with some rounds, may begin another when one has ended, ends when none is left."""

    scoped: ClassVar[bool] = True

    @property
    def at_a_time(self) -> Literal["one", "all"]:
        """Whether one round follows the other, or all go on at once."""
        return "one"

    @property
    def own_values(self) -> bool:
        """Whether what a round sets is its own and forgotten with it."""
        return False

    def open(self, moment: Moment) -> dict[str, Any]:
        """What the loop must remember, as JSON. Raises `StepFault`."""
        return {}

    @abstractmethod
    def first(self, request: Mapping[str, Any], moment: Moment) -> list[Values]:
        """The values that the rounds begun now have; none: there is nothing to do."""

    def following(self, request: Mapping[str, Any], ended: int, moment: Moment) -> Values | None:
        """The values of the round after number `ended` (from 0). None: there is none."""
        return None

    def entry(self, number: int) -> str:
        """Where round `number` begins, from this step on."""
        return "steps.0"

    def left(self, request: Mapping[str, Any], rounds: int, moment: Moment) -> dict[str, Any]:
        """What the step leaves behind after so many rounds."""
        return {"rounds": rounds}


def _branches(raw: Any) -> Any:
    if not isinstance(raw, list | tuple) or len(raw) < 2:  # noqa: PLR2004 - else it is a sequence
        raise ValueError("needs at least two branches; write each as a list of steps")
    return raw


class Parallel(Rounds):
    """Every branch goes on at once; the step ends when all have ended.

    A step that fails or is late is settled within its branch, as anywhere else; the other
    branches go on meanwhile.
    """

    word = "parallel"

    parallel: Annotated[
        tuple[Annotated[Block, SomeSteps], ...],
        BeforeValidator(_branches),
        WithJsonSchema(
            {"type": "array", "minItems": 2, "items": {"type": "array", "items": STEP_SCHEMA,
                                                       "minItems": 1}}
        ),
    ]  # fmt: skip

    @property
    @override
    def at_a_time(self) -> Literal["one", "all"]:
        return "all"

    @property
    @override
    def blocks(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        for number, block in enumerate(self.parallel):
            yield f"parallel.{number}", block

    @override
    def first(self, request: Mapping[str, Any], moment: Moment) -> list[Values]:
        return [{} for _ in self.parallel]

    @override
    def entry(self, number: int) -> str:
        return f"parallel.{number}.0"

    @override
    def left(self, request: Mapping[str, Any], rounds: int, moment: Moment) -> dict[str, Any]:
        return {}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Do {len(self.parallel)} things at once"


class ForEach(Rounds):
    """`for_each: partner`, `members: partners` (or `in: [a, b]`): the steps, once for each.

    Who the members are is found out when the loop begins. With `at_once: true` all rounds go on
    side by side, and what one sets is its own.
    """

    word = "for_each"
    outputs: ClassVar[Results] = {"rounds": (Variable("number"), 0)}

    item: Id = Field(alias="for_each")
    members: Members | None = None
    in_: Items | None = Field(None, alias="in")
    at_once: StrictBool = False
    steps: Annotated[Block, SomeSteps]

    @property
    @override
    def at_a_time(self) -> Literal["one", "all"]:
        return "all" if self.at_once else "one"

    @property
    @override
    def own_values(self) -> bool:
        return self.at_once

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if (self.members is None) == (self.in_ is None):
            yield "", "has nothing to go through, or two things; write either `members` or `in`"

    @override
    def open(self, moment: Moment) -> dict[str, Any]:
        items = self._items(moment)
        if len(items) > MAX_ITEMS:
            raise StepFault(f"goes through {len(items)} items; go through at most {MAX_ITEMS}")
        return {"items": items}

    def _items(self, moment: Moment) -> list[Value]:
        if self.members is not None:
            return list(moment.members(self.members))
        if isinstance(self.in_, str):
            found = moment.value(sole_name(self.in_) or "")
            return list(found) if isinstance(found, list) else [found] if found != "" else []
        return list(self.in_ or ())

    @override
    def first(self, request: Mapping[str, Any], moment: Moment) -> list[Values]:
        items = request["items"] if self.at_once else request["items"][:1]
        return [{self.item: one} for one in items]

    @override
    def following(self, request: Mapping[str, Any], ended: int, moment: Moment) -> Values | None:
        items = request["items"]
        if self.at_once or ended + 1 >= len(items):
            return None
        return {self.item: items[ended + 1]}

    @property
    @override
    def sentence(self) -> str:
        among = self.members if self.members is not None else self.in_
        through = among if isinstance(among, str) else ", ".join(str(one) for one in among or ())
        how = ", all at once" if self.at_once else ""
        return self.about or f"For each {self.item} of {through}{how}"


class Repeat(Rounds):
    """The steps, and again as long as the condition holds, `at_most` times in all.

    The condition is looked at after each round, so there is at least one; with `test: before`
    it is looked at before each, so there may be none.
    """

    word = "repeat"
    outputs: ClassVar[Results] = {
        "rounds": (Variable("number"), 0),
        "done": (Variable("yes_no"), "no"),
    }

    condition: ConditionText = Field(alias="repeat")
    at_most: Annotated[StrictInt, Field(ge=1, le=MAX_ROUNDS)]
    test: Literal["after", "before"] = "after"
    steps: Annotated[Block, SomeSteps]

    @property
    @override
    def conditions(self) -> Iterator[tuple[str, str]]:
        if self.test == "before":  # otherwise it is looked at when the steps have been done
            yield "repeat", self.condition

    @override
    def first(self, request: Mapping[str, Any], moment: Moment) -> list[Values]:
        return [{}] if self.test == "after" or holds(self.condition, moment) else []

    @override
    def following(self, request: Mapping[str, Any], ended: int, moment: Moment) -> Values | None:
        again = ended + 1 < self.at_most and holds(self.condition, moment)
        return {} if again else None

    @override
    def left(self, request: Mapping[str, Any], rounds: int, moment: Moment) -> dict[str, Any]:
        """`done` says whether the condition has ceased to hold, or only the rounds are used up."""
        return {"rounds": rounds, "done": "no" if holds(self.condition, moment) else "yes"}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Again while {self.condition}, at most {self.at_most} times"
