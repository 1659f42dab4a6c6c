"""A well-nested foreign workflow as nested steps of ours.

CACAO's branches end in an `end` and return to the step that opened them. Playbooks in the wild
also let branches run on into a common step; that is read as nesting too, wherever it can be.
Whatever else it is raises `Unstructured`, and `flat.py` arranges it with `goto`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coalition.cacao.actions import ACTIONS
from coalition.cacao.build import Build, Raw
from coalition.cacao.graph import failure_of, following_of, meeting

MAX_NESTING = 15
MAX_ROUNDS = 1000  # what our `repeat` allows; CACAO has no limit
_OVER = ""  # instead of the next step: there is none, the branches have seen to it


class Unstructured(Exception):  # a finding about a graph, not a fault
    """The graph is not well nested."""


class Within(NamedTuple):
    """Where a branch is over: at these steps outside it, and whether an `end` returns from it."""

    until: frozenset[str]
    end_returns: bool
    depth: int


def structured(build: Build, start: str) -> list[Raw]:
    """The steps of the whole workflow. Raises `Unstructured`."""
    return _Structure(build).chain(start, Within(frozenset(), end_returns=True, depth=0))


class _Structure:
    def __init__(self, build: Build) -> None:
        self.build = build
        self.done: set[str] = set()

    def chain(self, id: str | None, within: Within) -> list[Raw]:
        """The steps from `id` on, until the branch is over."""
        if within.depth > MAX_NESTING:
            raise Unstructured
        made: list[Raw] = []
        while id not in within.until:
            if id is None or self.build.kind(id) == "end":
                if not within.end_returns:
                    raise Unstructured
                break
            if id in self.done:
                raise Unstructured
            self.done.add(id)
            made += self.build.before(id)
            id = self._step(id, made, within)
            if id == _OVER:
                break
        return made

    def _step(self, id: str, made: list[Raw], within: Within) -> str | None:
        """Add one step and return what comes after it."""
        build, step = self.build, self.build.steps[id]
        kind = build.kind(id)
        following = following_of(step)
        convert = ACTIONS.get(kind)
        if convert is not None and failure_of(step) is not None:
            result = build.new_name(f"{build.label(id)} result")
            made += convert(build, id, result=result)
            name = build.new_name(f"after {build.label(id)}")
            blocks, after = self._ways((following, failure_of(step)), None, within)
            made += _branch(name, f"After: {build.label(id)}", f"{result} = 'done'", blocks)
            return after
        if convert is not None:
            made += convert(build, id, result=None)
        elif kind == "if-condition":
            asked, condition = build.condition(id)
            made += asked
            name = build.step_name(id)
            ways = step.get("on_true"), step.get("on_false")
            blocks, following = self._ways(ways, following, within)
            made += _branch(name, build.label(id), condition, blocks)
        elif kind == "while-condition":
            made += self._loop(id, following, within)
        elif kind == "switch-condition":
            following = self._cases(id, made, within)
        elif kind == "parallel":
            following = self._parallel(id, made, within)
        return following

    def _ways(
        self, targets: Sequence[str | None], following: str | None, within: Within
    ) -> tuple[list[list[Raw]], str | None]:
        """The branches that begin at these steps, and what comes after them."""
        depth = within.depth + 1
        after: str | None
        if following is not None:
            inside, after = Within(frozenset({following}), end_returns=True, depth=depth), following
        elif (meet := meeting(self.build.steps, targets)) is not None:
            inside, after = Within(frozenset({meet}), end_returns=False, depth=depth), meet
        else:  # each goes its own way to where the branch around is over
            inside, after = within._replace(depth=depth), _OVER
        return [self.chain(target, inside) for target in targets], after

    def _loop(self, id: str, following: str | None, within: Within) -> list[Raw]:
        build = self.build
        asked, condition = build.condition(id)
        name = build.step_name(id)
        outside = frozenset({id} | ({following} if following else set()))
        inside = Within(outside, end_returns=True, depth=within.depth + 1)
        body = self.chain(build.steps[id].get("on_true"), inside)
        again = [{**one, "id": build.new_name(f"{one['id']} again")} for one in asked]
        if not body:
            return asked
        loop = {"repeat": condition, "test": "before", "at_most": MAX_ROUNDS}
        return [*asked, {"id": name, "about": build.label(id), **loop, "steps": [*body, *again]}]

    def _cases(self, id: str, made: list[Raw], within: Within) -> str | None:
        build, step = self.build, self.build.steps[id]
        cases, values = step["cases"], build.cases(id)
        on = build.switch(id, values, made) if values else ""
        name = build.step_name(id)
        targets = [cases[value] for value in values] + [cases.get("default")]
        blocks, after = self._ways(targets, following_of(step), within)
        if not values:
            made += blocks[0]
            return after
        made.append(
            {
                "id": name,
                "about": build.label(id),
                "choose": [
                    {"is": [value], "then": block}
                    for value, block in zip(values, blocks[:-1], strict=True)
                ],
                "on": on,
                "else": blocks[-1],
            }
        )
        return after

    def _parallel(self, id: str, made: list[Raw], within: Within) -> str | None:
        build, step = self.build, self.build.steps[id]
        name = build.step_name(id)
        blocks, after = self._ways(step["next_steps"], following_of(step), within)
        blocks = [block for block in blocks if block]
        if len(blocks) > 1:
            made.append({"id": name, "about": build.label(id), "parallel": blocks})
        elif blocks:
            made += blocks[0]
        return after


def _branch(name: str, about: str, condition: str, blocks: list[list[Raw]]) -> list[Raw]:
    then, otherwise = blocks
    if not then and not otherwise:
        return []
    branch: Raw = {"id": name, "about": about, "if": condition, "then": then}
    return [{**branch, "else": otherwise} if otherwise else branch]
