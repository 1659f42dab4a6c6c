"""An imported playbook that was changed here: what is not ours stays in it when it is exported."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from coalition.cacao.export_tables import is_step
from coalition.cacao.foreign import convert
from coalition.cacao.graph import reached, steps_of
from coalition.cacao.words import EXTENSION, NEXT

Raw = dict[str, Any]

_SIGNED = "signatures"  # they were made over what it was
_OURS = frozenset({*NEXT, "type", "name", "step_extensions", "delay", "timeout", "condition",
                   "switch", "cases", "next_steps", "on_true", "on_false"})  # fmt: skip


def original(data: Mapping[str, Any]) -> Raw | None:
    """The document that a playbook was imported from."""
    origin = data.get("cacao")
    if not isinstance(origin, dict):
        return None
    document = json.loads(origin["document"])
    return document if isinstance(document, dict) else None


def merged(document: Raw, data: Mapping[str, Any]) -> Raw:
    """The document with everything of the original that the playbook says nothing about."""
    before = original(data)
    if before is None:
        return document
    made = {**{key: value for key, value in before.items() if key != _SIGNED}, **document}
    for key, value in made.items():
        if key.endswith(("_definitions", "_extensions")) and isinstance(before.get(key), dict):
            made[key] = {**before[key], **value}
    made["workflow"] = _workflow(document["workflow"], before, data)
    ours = {**document["playbook_extensions"][EXTENSION], "origin": data["cacao"]}
    made["playbook_extensions"] = {**made["playbook_extensions"], EXTENSION: ours}
    return made


def _workflow(workflow: Raw, before: Raw, data: Mapping[str, Any]) -> Raw:
    """Steps that are as they were imported keep their commands, agents and whatever else."""
    imported = convert(before, [])
    then, now = dict(_each(imported.data["steps"])), dict(_each(data["steps"]))
    theirs = steps_of(before)
    exception = reached(theirs, [before.get("workflow_exception")])
    made = {**workflow, **{id: theirs[id] for id in exception if id not in workflow}}
    for slug, id in imported.slugs.items():
        step = theirs.get(id, {})
        same = then.get(slug) == now.get(slug) and len(step.get("commands") or [0]) == 1
        if same and id in workflow:
            kept = {key: value for key, value in step.items() if key not in _OURS}
            extensions = step.get("step_extensions")
            ours = workflow[id]["step_extensions"]
            both = {**extensions, **ours} if isinstance(extensions, dict) else ours
            made[id] = {**workflow[id], **kept, "step_extensions": both}
    return made


def _each(value: Any) -> Iterator[tuple[str, Any]]:
    """Every step, without the steps inside it."""
    if is_step(value):
        yield value["id"], {key: one for key, one in value.items() if not isinstance(one, list)}
    inner = value.values() if isinstance(value, dict) else value
    for one in inner:
        if isinstance(one, dict | list):
            yield from _each(one)
