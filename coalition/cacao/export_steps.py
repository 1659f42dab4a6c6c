"""Our steps as CACAO steps: each verb a manual command and our extension, each branch with an end.

What stands in the extension is the step exactly as it is written; the rest is for other tools and
for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coalition.cacao.conditions import to_stix
from coalition.cacao.export_parts import Parts
from coalition.cacao.export_tables import (
    branches_of,
    is_step,
    one_or_more,
    switchable,
    type_of,
    word_of,
)
from coalition.cacao.graph import reached
from coalition.cacao.lock import extension
from coalition.cacao.words import EXTENSION, v5

Raw = dict[str, Any]

_OUTCOMES = {"if_late": "late", "if_fails": "failed"}


class Workflow:
    """Builds the `workflow` of a playbook. Steps are added from the last to the first."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.steps: dict[str, Raw] = {}
        self.exported: dict[str, str] = {}  # our steps -> theirs
        self._types: dict[str, str] = {}

    def build(self, steps: list[Raw]) -> tuple[str, dict[str, Raw]]:
        """The id of the start, and the whole workflow in its order."""
        self._note_types(steps)
        first = self.block(steps, self.end("end"))
        start = self.part("start", "start", {"on_completion": first})
        known = reached(self.steps, [start])
        return start, {
            id: step
            for id, step in reversed(self.steps.items())
            # The end of a branch that jumps away is never reached.
            if id in known or "step" in extension(step)
        }

    def reference(self, step: Raw) -> Raw:
        """What stands in our extension for a step that is exported by itself."""
        return {"cacao": self.exported[step["id"]]}

    def block(self, steps: list[Raw], after: str) -> str:
        """Add steps one after the other; the id of the first, or of what comes after none."""
        for step in reversed(steps):
            after = self._step(step, after)
        return after

    def end(self, key: str) -> str:
        """Add the end of a branch: each has its own, that is how an engine knows to return."""
        return self.part("end", key, {})

    def part(self, kind: str, key: str, properties: Raw) -> str:
        """Add a step that only CACAO needs."""
        id = self.parts.id(kind, key)
        self.steps[id] = {
            "type": kind,
            **properties,
            "step_extensions": {EXTENSION: {"key": key}},
        }
        return id

    def _note_types(self, value: Any) -> None:
        """Types are known before ids are asked for: a goto may lead forwards."""
        if is_step(value):
            self._types[value["id"]] = type_of(value)
        inner = value.values() if isinstance(value, dict) else value
        for one in inner:
            if isinstance(one, dict | list):
                self._note_types(one)

    def _id(self, slug: str) -> str:
        return self.parts.id(self._types[slug], slug)

    def _step(self, step: Raw, after: str) -> str:
        write = _CONTROLS.get(word_of(step), Workflow.write_action)
        properties = write(self, step, after)
        id = self._id(step["id"])
        self.exported[step["id"]] = id
        self.steps[id] = {
            "type": self._types[step["id"]],
            "name": self.parts.sentence(step)[:250],
            **properties,
            "step_extensions": {EXTENSION: {"key": step["id"], "step": self._lifted(step)}},
        }
        return id

    def _lifted(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._lifted(one) for key, one in value.items()}
        if not isinstance(value, list):
            return value
        return [
            self.reference(one)
            if is_step(one) and one["id"] in self.exported
            else self._lifted(one)
            for one in value
        ]

    def write_action(self, step: Raw, after: str) -> Raw:
        """A verb: a manual command."""
        written = self.parts.command(step)
        return self._ways(step, written, after)

    def write_playbook(self, step: Raw, after: str) -> Raw:
        """Another playbook of ours, by the id that its export has."""
        return self._ways(step, {"playbook_id": v5("playbook", step["run"])}, after)

    def _ways(self, step: Raw, written: Raw, after: str) -> Raw:
        branches = branches_of(step) if "do" in step else []
        if not branches:
            return {**written, "on_completion": after}
        return {
            **written,
            "on_success": after,
            "on_failure": self._otherwise(step, branches, after),
        }

    def _otherwise(self, step: Raw, branches: list[tuple[str, list[Raw]]], after: str) -> str:
        """Where a step leads that has not gone well: CACAO knows one such way only."""
        *others, (key, last) = branches
        slug = step["id"]
        if not others:
            return self.block(last, after)
        way = self.block(last, self.end(f"{slug} {key} end"))
        variable = self.parts.variable(f"{slug}.outcome")
        for number, (key, block) in reversed(list(enumerate(others))):
            outcome = _OUTCOMES.get(key, key.removeprefix("if_"))
            name = f"{slug} {key}"
            properties = {
                "condition": f"{variable}:value = '{outcome}'",
                "on_true": self.block(block, self.end(f"{name} end")),
                "on_false": way,
                "on_completion": self.end(f"{name} done") if number else after,
            }
            way = self.part("if-condition", name, properties)
        return way

    def write_if(self, step: Raw, after: str) -> Raw:
        """A choice between two branches."""
        return self._branch(step["id"], step["if"], step["then"], step.get("else"), after)

    def _branch(
        self, key: str, condition: str, then: list[Raw], otherwise: list[Raw] | None, after: str
    ) -> Raw:
        properties: Raw = {"condition": to_stix(condition, self.parts.variable)}
        if otherwise:
            properties["on_false"] = self.block(otherwise, self.end(f"{key} else end"))
        properties["on_true"] = self.block(then, self.end(f"{key} then end"))
        properties["on_completion"] = after
        return properties

    def write_choose(self, step: Raw, after: str) -> Raw:
        """A choice between several: by one value, or by conditions in turn."""
        if not switchable(step):
            return self._chosen_by_conditions(step, after)
        cases: dict[str, str] = {}
        if step.get("else"):
            cases["default"] = self.block(step["else"], self.end(f"{step['id']} default end"))
        for number, case in reversed(list(enumerate(step["choose"]))):
            first = self.block(case["then"], self.end(f"{step['id']} {number} end"))
            cases.update({str(value): first for value in one_or_more(case["is"])})
        looked_at = f"{self.parts.variable(step['on'])}:value"
        return {"switch": looked_at, "cases": cases, "on_completion": after}

    def _chosen_by_conditions(self, step: Raw, after: str) -> Raw:
        """Conditions in turn: nested ifs, of which the first is the step itself."""
        key, otherwise = step["id"], None
        cases = list(enumerate(step["choose"]))
        way = self.block(step["else"], self.end(f"{key} else end")) if step.get("else") else None
        for number, case in reversed(cases):
            otherwise = {
                "condition": self._case_condition(step, case),
                "on_true": self.block(case["then"], self.end(f"{key} {number} end")),
                "on_completion": after if number == 0 else self.end(f"{key} {number} done"),
            }
            if way is not None:
                otherwise["on_false"] = way
            if number:
                way = self.part("if-condition", f"{key} {number}", otherwise)
        return otherwise or {}

    def _case_condition(self, step: Raw, case: Raw) -> str:
        if "when" in case:
            return to_stix(case["when"], self.parts.variable)
        quoted = (str(one).replace("'", "") for one in one_or_more(case["is"]))
        said = " OR ".join(f"{step['on']} = '{one}'" for one in quoted)
        return to_stix(said, self.parts.variable)

    def write_parallel(self, step: Raw, after: str) -> Raw:
        """Branches at once."""
        branches = [
            self.block(block, self.end(f"{step['id']} {number} end"))
            for number, block in reversed(list(enumerate(step["parallel"])))
        ]
        return {"next_steps": branches[::-1], "on_completion": after}

    def write_repeat(self, step: Raw, after: str) -> Raw:
        """A loop with a condition; how often at most stands in the description."""
        often = f"At most {step['at_most']} times"
        least = "" if step.get("test") == "before" else ", at least once"
        return {
            "description": f"{often}{least}.",
            "condition": to_stix(step["repeat"], self.parts.variable),
            "on_true": self.block(step["steps"], self.end(f"{step['id']} end")),
            "on_completion": after,
        }

    def write_for_each(self, step: Raw, after: str) -> Raw:
        """A loop over items, which CACAO knows only as a condition."""
        left = self.parts.variable(f"{step['id']}.left")
        return {
            "description": f"Once for each; __{step['for_each']}__ is the one it is about.",
            "condition": f"{left}:value > 0",
            "on_true": self.block(step["steps"], self.end(f"{step['id']} end")),
            "on_completion": after,
        }

    def write_goto(self, step: Raw, after: str) -> Raw:
        """An edge; a command says so for people."""
        return {**self.parts.command(step), "on_completion": self._id(step["goto"])}

    def write_stop(self, step: Raw, after: str) -> Raw:
        """An end of its own."""
        return {**self.parts.command(step), "on_completion": self.end(f"{step['id']} end")}


_CONTROLS: Mapping[str, Callable[[Workflow, Raw, str], Raw]] = {
    "if": Workflow.write_if,
    "choose": Workflow.write_choose,
    "parallel": Workflow.write_parallel,
    "repeat": Workflow.write_repeat,
    "for_each": Workflow.write_for_each,
    "goto": Workflow.write_goto,
    "stop": Workflow.write_stop,
    "playbook": Workflow.write_playbook,
}
