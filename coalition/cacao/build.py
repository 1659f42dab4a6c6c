"""What both ways of arranging a foreign workflow share: names, roles, conditions, durations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from coalition.cacao.conditions import to_ours
from coalition.cacao.naming import Names, one_line, readable
from coalition.cacao.variables import Variables
from coalition.domain.durations import format_duration
from coalition.domain.playbook.check_conditions import condition_problems

Raw = dict[str, Any]

_LONGEST = 99_999 * 86_400


@dataclass
class Build:
    """One import under way. `steps` are the document's, by id."""

    document: Mapping[str, Any]
    steps: Mapping[str, Raw]
    names: Names
    variables: Variables
    roles: dict[str, Raw] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)  # our step -> theirs
    asked: list[str] = field(default_factory=list)  # conditions that became questions
    handed_over: dict[str, int] = field(default_factory=dict)  # types of commands for people
    _roles: dict[str, str] = field(default_factory=dict)

    def kind(self, id: str) -> str:
        """The type of a step; empty where it has none."""
        return str(self.steps[id].get("type", ""))

    def label(self, id: str) -> str:
        """How people call the step."""
        step = self.steps[id]
        return one_line(step.get("name"), one_line(step.get("type"), "step"))

    def step_name(self, id: str) -> str:
        """A name for the step of ours that stands for theirs."""
        name = self.names.name(self.label(id), "step")
        self.slugs[name] = id
        return name

    def new_name(self, wish: str) -> str:
        """A name for a step or variable that the document does not have."""
        return self.names.name(wish, "step")

    def definition(self, id: Any) -> Mapping[str, Any]:
        """The agent or target of this id; empty where it is not defined."""
        for group in ("agent_definitions", "target_definitions"):
            definitions = self.document.get(group)
            found = (
                definitions.get(id)
                if isinstance(definitions, dict) and isinstance(id, str)
                else None
            )
            if isinstance(found, dict):
                return found
        return {}

    def role(self, id: str, shape: Raw) -> str:
        """The role of ours for an agent."""
        if id not in self._roles:
            self._roles[id] = self.names.name(next(iter(shape.values())), "role")
            self.roles[self._roles[id]] = shape
        return self._roles[id]

    def before(self, id: str) -> list[Raw]:
        """The pause before a step, if it has a delay."""
        pause = self.duration(self.steps[id].get("delay"))
        if pause is None:
            return []
        name = self.new_name(f"before {self.label(id)}")
        return [{"id": name, "about": "Wait as the playbook says", "do": "wait", "for": pause}]

    def duration(self, milliseconds: Any) -> str | None:
        """Milliseconds as we write durations, rounded up to seconds; None: nothing to wait for."""
        if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
            return None
        if milliseconds <= 0:
            return None
        return format_duration(timedelta(seconds=min(-(-milliseconds // 1000), _LONGEST)))

    def condition(self, id: str) -> tuple[list[Raw], str]:
        """The condition of a step, and the question that comes before it where only people know."""
        written = self.steps[id].get("condition")
        text = written if isinstance(written, str) else ""
        try:
            ours = to_ours(text, self.variables.name)
        except ValueError:
            return self.question(id, text)
        if any(condition_problems(ours, self.variables.known)):
            return self.question(id, text)
        return [], ours

    def question(self, id: str, text: str) -> tuple[list[Raw], str]:
        """Ask people what is so, and compare with their answer."""
        self.asked.append(id)
        answer = self.new_name(f"{self.label(id)} holds")
        asked: Raw = {
            "id": self.new_name(f"ask {self.label(id)}"),
            "about": one_line(f"Decide: {self.label(id)}", "Decide"),
            "do": "ask",
            "text": "\n\n".join(
                part
                for part in (
                    readable(self.steps[id].get("description"), self.variables.name, limit=800),
                    f"Is this so? {readable(text, self.variables.name, limit=1000)}",
                )
                if part
            ),
            "save": answer,
        }
        return [asked], f"{answer} = 'yes'"

    def cases(self, id: str) -> list[str]:
        """The values that a switch knows."""
        return [value for value in self.steps[id]["cases"] if value != "default"]

    def switch(self, id: str, values: list[str], made: list[Raw]) -> str:
        """Our name for what a switch looks at; asks people first where that is not known."""
        written = self.steps[id].get("switch")
        name = self.variables.name(str(written).removesuffix(":value"))
        if name is not None:
            return name
        self.asked.append(id)
        name = self.new_name(f"{self.label(id)} is")
        text = f"Which is it: {readable(written, self.variables.name, limit=800)}?"
        asked = {"label": one_line(f"One of: {', '.join(values)}", "One of the cases")}
        made.append(
            {
                "id": self.new_name(f"ask {self.label(id)}"),
                "about": one_line(f"Decide: {self.label(id)}", "Decide"),
                "do": "ask",
                "text": text,
                "fields": {name: asked},
            }
        )
        return name
