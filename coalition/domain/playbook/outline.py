"""Where every step stands, and which comes after it.

A place is text: `2` is the third step, `2.if_late.0` the first step of its `if_late` branch,
`2.choose.1.then.0` the first of its second case. It is, with the round of a loop, all a run
remembers of where it is, so it survives restarts; the playbook is pinned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coalition.domain.playbook.control import Control
from coalition.domain.playbook.step import Step

Place = tuple[str | int, ...]


class Node(NamedTuple):
    """A step in its place. `branches` maps each branch that has steps to its first place.

    `after` is None where nothing comes after it in its round: the end of the playbook, of a
    branch of `parallel`, of the steps of a loop. `rounds` names the places of the steps that
    hold it in their rounds, from outside in; `depth` counts the blocks around it.
    """

    place: str
    step: Step
    after: str | None
    branches: Mapping[str, str]
    rounds: tuple[str, ...] = ()
    depth: int = 0


class Outline:
    """All nodes by place, and places by step id."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.nodes: dict[str, Node] = {}
        self._add(steps, Node("", Step.model_construct(id=""), None, {}, (), -1))
        self.by_id = {node.step.id: node for node in self.nodes.values()}
        self.first = "0" if steps else None

    def _add(self, steps: tuple[Step, ...], around: Node, name: str = "") -> None:
        prefix = f"{around.place}.{name}." if name else ""
        scoped = isinstance(around.step, Control) and around.step.scoped
        end = None if scoped else around.after
        rounds = (*around.rounds, around.place) if scoped else around.rounds
        for index, step in enumerate(steps):
            place = f"{prefix}{index}"
            following = f"{prefix}{index + 1}" if index + 1 < len(steps) else end
            filled = {inner: block for inner, block in step.blocks if block}
            branches = {inner: f"{place}.{inner}.0" for inner in filled}
            node = Node(place, step, following, branches, rounds, around.depth + 1)
            self.nodes[place] = node
            for inner, block in filled.items():
                self._add(block, node, inner)


def place_of(place: str) -> Place:
    """The place of a step as a path in the file: `2.then.0` is steps, 2, then, 0."""
    parts = (int(part) if part.isdecimal() else part for part in place.split("."))
    return ("steps", *parts)
