"""A workflow that is not well nested, as a flat list of our steps joined by `goto`.

Each of their steps becomes one of ours at the top level. What an `end` means depends on how it
was reached: it returns to the step that opened the branch. Where one step is reached from two
branches, the first way to it decides. Branches of a `parallel` follow one another, which CACAO
permits.
"""

from __future__ import annotations

from coalition.cacao.actions import ACTIONS
from coalition.cacao.build import Build, Raw
from coalition.cacao.graph import failure_of, following_of

_FINISHED = ""  # as a target: the playbook is over


def flat(build: Build, start: str) -> list[Raw]:
    """The steps of the whole workflow."""
    return _Flat(build).arrange(start)


class _Flat:
    def __init__(self, build: Build) -> None:
        self.build = build
        self.returns: dict[str, str] = {}  # step -> where an end reached from it returns to
        self.first: dict[str, str] = {}  # step -> our first step for it
        self.same: dict[str, str] = {}  # step that leaves none of ours -> the one it leads to
        self.jumps: list[tuple[Raw, str]] = []  # our gotos, and the steps they mean
        self.made: list[Raw] = []
        self.waiting: list[str] = []

    def arrange(self, start: str) -> list[Raw]:
        self.waiting.append(self._enter(start, _FINISHED))
        while self.waiting:
            id: str | None = self.waiting.pop()
            if id == _FINISHED or id in self.first:
                continue
            before = len(self.made)
            while id is not None and id != _FINISHED and id not in self.first:
                id = self._add(id)
            if id is not None and len(self.made) > before:
                self.made.append(self._jump(id))
        finish = self.build.new_name("finished")
        self.first[_FINISHED] = finish
        for jump, target in self.jumps:
            jump["goto"] = self.first[self._really(target)]
        if all(jump["goto"] != finish for jump, _ in self.jumps):
            return self.made
        end = {"id": finish, "stop": "The playbook has ended.", "outcome": "completed"}
        return [*self.made, end]

    def _enter(self, id: str | None, back: str) -> str:
        """The step that is really next when `id` is, on a way whose ends lead to `back`."""
        seen = set()
        while id is None or (id != _FINISHED and self.build.kind(id) == "end"):
            if back in seen or back == _FINISHED:
                return _FINISHED
            seen.add(back)
            id, back = back, self.returns.get(back, _FINISHED)
        if id != _FINISHED:
            self.returns.setdefault(id, back)
        return id

    def _jump(self, target: str) -> Raw:
        jump: Raw = {"id": self.build.new_name("on"), "goto": ""}
        self.jumps.append((jump, target))
        if target not in self.first:
            self.waiting.append(target)
        return jump

    def _add(self, id: str) -> str | None:
        """Add one of their steps; return the one that simply comes next, None after jumps."""
        build, step, before = self.build, self.build.steps[id], len(self.made)
        self.first[id] = ""  # being added
        self.made += build.before(id)
        following = self._steps(id, build.kind(id), step)
        if len(self.made) > before:
            self.first[id] = str(self.made[before]["id"])
        elif following is not None:
            self.same[id] = following
        return following

    def _really(self, target: str) -> str:
        """The step that is meant, past those that leave none of ours."""
        passed = set()
        while target in self.same and target not in passed:
            passed.add(target)
            target = self.same[target]
        return _FINISHED if target in passed else target

    def _steps(self, id: str, kind: str, step: Raw) -> str | None:
        build, back = self.build, self.returns[id]
        convert = ACTIONS.get(kind)
        if convert is not None and failure_of(step) is not None:
            result = build.new_name(f"{build.label(id)} result")
            self.made += convert(build, id, result=result)
            ways = self._enter(following_of(step), back), self._enter(failure_of(step), back)
            self._fork(build.new_name(f"after {build.label(id)}"), f"{result} = 'done'", ways)
            return None
        if convert is not None:
            self.made += convert(build, id, result=None)
        elif kind == "if-condition":
            self._if(id, step)
            return None
        elif kind == "while-condition":
            self._while(id, step)
            return None
        elif kind == "switch-condition":
            return self._switch(id, step)
        elif kind == "parallel":
            return self._parallel(step, back)
        return self._enter(following_of(step), back)

    def _fork(self, name: str, condition: str, ways: tuple[str, str]) -> None:
        then, otherwise = (self._jump(way) for way in ways)
        self.made.append({"id": name, "if": condition, "then": [then], "else": [otherwise]})

    def _if(self, id: str, step: Raw) -> None:
        asked, condition = self.build.condition(id)
        self.made += asked
        after = self._enter(following_of(step), self.returns[id])
        ways = self._enter(step.get("on_true"), after), self._enter(step.get("on_false"), after)
        self._fork(self.build.step_name(id), condition, ways)

    def _while(self, id: str, step: Raw) -> None:
        asked, condition = self.build.condition(id)
        self.made += asked
        after = self._enter(following_of(step), self.returns[id])
        self._fork(
            self.build.step_name(id), condition, (self._enter(step.get("on_true"), id), after)
        )

    def _switch(self, id: str, step: Raw) -> str | None:
        after = self._enter(following_of(step), self.returns[id])
        cases = step["cases"]
        values = self.build.cases(id)
        if not values:
            return self._enter(cases.get("default"), after)
        on = self.build.switch(id, values, self.made)
        name = self.build.step_name(id)
        chosen = [
            {"is": [value], "then": [self._jump(self._enter(cases[value], after))]}
            for value in values
        ]
        otherwise = [self._jump(self._enter(cases.get("default"), after))]
        self.made.append({"id": name, "choose": chosen, "on": on, "else": otherwise})
        return None

    def _parallel(self, step: Raw, back: str) -> str:
        following = self._enter(following_of(step), back)
        for target in reversed(step["next_steps"]):
            following = self._enter(target, following)
        return following
