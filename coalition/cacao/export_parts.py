"""What the steps of an export need: ids, readable commands, agents, variables, activities."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coalition.cacao.export_tables import ACTIVITIES, NEEDED, USUAL, branches_of, word_of
from coalition.cacao.lock import Lock, NewUuid
from coalition.cacao.words import OPERATORS, v5
from coalition.domain.durations import parse_duration
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.shapes import IsTarget, marked
from coalition.domain.playbook.step import REGISTRY, Step
from coalition.domain.playbook.templates import fill
from coalition.domain.playbook.values import FACTS, show

Raw = dict[str, Any]

_KINDS = ("group", "organization", "individual")


class Parts:
    """Of one export; collects the definitions that its steps refer to."""

    def __init__(self, data: Raw, playbook: Playbook, lock: Lock, new_uuid: NewUuid) -> None:
        self.data = data
        self.playbook = playbook
        self.lock = lock
        self.new_uuid = new_uuid
        self.used: set[str] = set()
        self.agents: dict[str, Raw] = {}
        self.targets: dict[str, Raw] = {}
        self.variables: dict[str, Raw] = {}
        self.commands: list[list[Raw]] = []  # of each action
        for name in data.get("inputs") or {}:
            self.variable(name)

    def id(self, kind: str, key: str) -> str:
        """The id of a step or of a part."""
        found = self.lock.step(kind, key, self.new_uuid)
        self.used.add(found)
        return found

    def step(self, raw: Raw) -> Step:
        """The step as the domain knows it."""
        return self.playbook.outline.by_id[raw["id"]].step

    def sentence(self, raw: Raw) -> str:
        """What the step does, in one line."""
        return " ".join(self.text(self.step(raw).sentence).split())

    def variable(self, name: str) -> str:
        """`__a_variable__` for a name of ours, declared."""
        variable = f"__{name.replace('.', '-')}__"
        if variable not in self.variables:
            self.variables[variable] = self._declaration(name)
        return variable

    def text(self, text: str) -> str:
        """A text with our `{{names}}` as CACAO writes them."""
        return fill(text, lambda name: f"{self.variable(name)}:value")

    def command(self, raw: Raw) -> Raw:
        """An action as far as it is not about what comes next."""
        kind = word_of(raw)
        said = self.text(self.step(raw).sentence)
        lines = [f"{key}: {self.text(_shown(value))}" for key, value in _parameters(raw)]
        command = {
            "type": "manual",
            "command": "\n".join([said, "", *lines] if lines else [said]),
            "playbook_activity": ACTIVITIES.get(kind, USUAL),
        }
        made: Raw = {"commands": [command], **self._people(raw)}
        self.commands.append(made["commands"])
        for key, property_ in (("after", "delay"), ("within", "timeout")):
            milliseconds = _milliseconds(raw.get(key))
            if milliseconds:
                made[property_] = milliseconds
        return made

    def activities(self) -> list[str]:
        """The activities of the playbook; each type's own is given to some command."""
        commands = [one[0] for one in reversed(self.commands)]
        had = {one["playbook_activity"] for one in commands}
        kinds = self.data.get("kinds") or ()
        missing = [NEEDED[kind] for kind in kinds if NEEDED[kind] not in had]
        usual = (one for one in commands if one["playbook_activity"] == USUAL)
        for activity in missing:
            command = next(usual, None)
            if command is not None:
                command["playbook_activity"] = activity
            elif self.commands:  # no command is left to stand for it
                said = f"What this playbook is for: {activity}."
                extra = {"type": "manual", "command": said, "playbook_activity": activity}
                self.commands[-1].append(extra)
        all_ = [one["playbook_activity"] for each in reversed(self.commands) for one in each]
        return list(dict.fromkeys([*all_, *missing]))

    def _people(self, raw: Raw) -> Raw:
        kind = REGISTRY[word_of(raw)]
        reach = {name: mark.reach for _, name, mark in marked(kind, IsTarget)}
        asked: list[str] = []
        told: list[str] = []
        for key, how in reach.items():
            named = raw.get(key) or ()
            (asked if how == "people" else told).extend(
                [named] if isinstance(named, str) else named
            )
        made: Raw = {"agent": self._who(asked[0], self.agents) if asked else self._operators()}
        targets = [self._who(one, self.targets) for one in (*asked[1:], *told)]
        return {**made, "targets": targets} if targets else made

    def _operators(self) -> str:
        about = "Whoever leads the incident; without a lead, the operators on duty."
        self.agents[OPERATORS] = {"type": "group", "name": "Operators", "description": about}
        return OPERATORS

    def _who(self, name: str, group: dict[str, Raw]) -> str:
        role: Mapping[str, Any] = (self.data.get("roles") or {}).get(name) or {}
        kind = next((one for one in _KINDS if role.get(one)), "group")
        id = v5(kind, f"{self.data['playbook']}/{name}")
        group[id] = {"type": kind, "name": str(role.get(kind, self.text(name)))}
        return id

    def _declaration(self, name: str) -> Raw:
        given = (self.data.get("inputs") or {}).get(name)
        if isinstance(given, dict):
            made: Raw = {"type": "float" if given.get("type") == "number" else "string"}
            if given.get("about"):
                made["description"] = given["about"]
            if given.get("default") is not None:
                made["value"] = show(given["default"])
            return {**made, "external": True}
        if name in FACTS:
            about = f"{name} of the incident"
            return {"type": "string", "description": about, "external": True}
        return {"type": "string", "description": "set by a step"}


def _parameters(raw: Raw) -> list[tuple[str, Any]]:
    hidden = {"id", "about", "do", *(key for key, _ in branches_of(raw))}
    return [(key, value) for key, value in raw.items() if key not in hidden]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _milliseconds(written: Any) -> int:
    try:
        return int(parse_duration(written).total_seconds() * 1000)
    except (AttributeError, TypeError, ValueError):  # a {{name}}, or nothing
        return 0
