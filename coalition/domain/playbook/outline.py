"""Where every step stands, and which comes after it.

A place is text: `2` is the third step, `2.if_late.0` the first step of its `if_late` branch. It
is all a run remembers of where it is, so it survives restarts; the playbook is pinned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coalition.domain.playbook.step import Step


class Node(NamedTuple):
    """A step in its place. `branches` maps each branch that has steps to its first place."""

    place: str
    step: Step
    after: str | None  # None: nothing comes after it
    branches: Mapping[str, str]


class Outline:
    """All nodes by place, and places by step id."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.nodes: dict[str, Node] = {}
        self._add(steps, "", None)
        self.by_id = {node.step.id: node for node in self.nodes.values()}
        self.first = "0" if steps else None

    def _add(self, steps: tuple[Step, ...], prefix: str, after: str | None) -> None:
        for index, step in enumerate(steps):
            place = f"{prefix}{index}"
            following = f"{prefix}{index + 1}" if index + 1 < len(steps) else after
            filled = {name: block for name, block in step.blocks if block}
            branches = {name: f"{place}.{name}.0" for name in filled}
            self.nodes[place] = Node(place, step, following, branches)
            for name, block in filled.items():
                self._add(block, f"{place}.{name}.", following)
