"""What is certain after branches, loops and jumps, and what can never be right about them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from coalition.domain.findings import Problem
from coalition.domain.playbook.certainty import Known
from coalition.domain.playbook.control import Branching, Goto
from coalition.domain.playbook.rounds import ForEach, Parallel, Repeat, Rounds
from coalition.domain.playbook.salvage import Unread
from coalition.domain.playbook.step import Step
from coalition.domain.playbook.templates import sole_name
from coalition.domain.playbook.values import Variable

Place = tuple[str | int, ...]


@dataclass
class Flow:
    """What is certain at the steps that something jumps to."""

    arriving: dict[str, Known] = field(default_factory=dict)

    def jump(self, target: str, known: Known) -> None:
        """Note a jump: at the target, only what all ways there have set is certain."""
        before = self.arriving.get(target)
        self.arriving[target] = known if before is None else before & known

    def arrive(self, step: str, now: Known | None) -> Known | None:
        """What is certain when the step begins; None: no way leads to it."""
        jumped = self.arriving.get(step)
        if jumped is None or now is None:
            return now if jumped is None else jumped
        return now & jumped


def parts_of(name: str) -> Place:
    """`choose.0.then` as a path in the file."""
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))


def sets(step: Step) -> dict[str, Variable]:
    """What is certainly set once the step has ended, however it ended."""
    given = {f"{step.id}.{name}": variable for name, (variable, _) in step.outputs.items()}
    given[f"{step.id}.outcome"] = Variable("text")
    return given | {name: variable for name, (variable, _) in step.saves.items()}


def item_of(step: Step, known: Mapping[str, Variable]) -> dict[str, Variable]:
    """The loop variable, inside the loop."""
    if not isinstance(step, ForEach):
        return {}
    through = sole_name(step.in_) if isinstance(step.in_, str) else None
    variable = known.get(through) if through is not None else None
    if step.members is not None or (variable is not None and variable.type == "members"):
        return {step.item: Variable("member")}
    numbers = not isinstance(step.in_, str) and all(
        not isinstance(one, str) for one in step.in_ or ()
    )
    return {step.item: Variable("number" if numbers else "text")}


def certain_after(step: Step, after: Known, inside: Mapping[str, Known | None]) -> Known | None:
    """What is certain when a step has ended, of which the blocks end so; None: it never does."""
    ends = [known for known in inside.values() if known is not None]
    if isinstance(step, Unread):  # whatever it may set counts as set
        return reduce(or_, ends, after)
    if isinstance(step, Branching):
        return reduce(and_, ends) if ends else None
    if isinstance(step, Parallel):
        return reduce(or_, ends, after) if len(ends) == len(inside) else None
    if isinstance(step, Repeat):
        return inside["steps"] if step.test == "after" else after
    if isinstance(step, ForEach) and not step.at_once and isinstance(step.in_, tuple):
        block = inside["steps"]
        return None if block is None else block.without(step.item)
    return after


def flow_problems(steps: Mapping[Place, Step]) -> Iterator[Problem]:
    """Jumps that lead nowhere, and names that branches or loops would fight over."""
    places = {step.id: place for place, step in reversed(list(steps.items()))}
    setters = {name: step.id for step in steps.values() for name in step.saves}
    for place, step in steps.items():
        if isinstance(step, Goto):
            what = _jump_problem(step, place, places, steps)
            if what:
                yield (*place, "goto"), what
        elif isinstance(step, Parallel):
            for name, other in _set_twice(step):
                what = f"sets {name!r} in two branches at once, as step {other} does; name one anew"
                yield place, what
        elif isinstance(step, ForEach):
            yield from _item_problems(step, place, steps, setters)


def _jump_problem(
    step: Goto, place: Place, places: Mapping[str, Place], steps: Mapping[Place, Step]
) -> str | None:
    target = places.get(step.target)
    if target is None:
        near = difflib.get_close_matches(step.target, places, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "name a step of this playbook"
        return f"there is no step {step.target!r}; {hint}"
    block = target[:-1]
    if target == place:
        return "jumps to itself for ever; name another step"
    if place[: len(block)] != block or len(block) >= len(place):
        return (
            f"step {step.target!r} stands inside another block; goto reaches the steps of its own "
            "block and of the blocks around it"
        )
    for length in range(len(block) + 1, len(place)):
        around = steps.get(place[:length])
        if isinstance(around, Rounds) and around.at_a_time == "all":
            return f"leaves {around.id!r}, whose rounds go on at once; use stop, or end the branch"
    return None


def _set_twice(step: Parallel) -> Iterator[tuple[str, str]]:
    seen: dict[str, tuple[int, str]] = {}
    for number, block in enumerate(step.parallel):
        for name, setter in _set_below(block):
            first = seen.setdefault(name, (number, setter))
            if first[0] != number:
                yield name, setter


def _set_below(block: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    for step in block:
        yield from ((name, step.id) for name in step.saves)
        if not (isinstance(step, Rounds) and step.own_values):
            for _, inner in step.blocks:
                yield from _set_below(inner)


def _item_problems(
    step: ForEach, place: Place, steps: Mapping[Place, Step], setters: Mapping[str, str]
) -> Iterator[Problem]:
    at = (*place, "for_each")
    if step.item in setters:
        yield at, f"{step.item!r} is set by step {setters[step.item]} too; choose another name"
    for length in range(1, len(place)):
        around = steps.get(place[:length])
        if isinstance(around, ForEach) and around.item == step.item:
            yield at, f"{step.item!r} is the name of the loop around it too; choose another"
