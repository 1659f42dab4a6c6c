"""The JSON Schema of playbook files, for completion and checking in editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from coalition.domain.playbook.model import Playbook
from coalition.domain.playbook.step import REGISTRY, STEP_SCHEMA

_STEP = {"$ref": "#/$defs/Step"}


def playbook_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of everything that stands in a playbook."""
    kinds = [REGISTRY[word] for word in sorted(REGISTRY)]
    models: list[type[BaseModel]] = [Playbook, *kinds]
    _, schema = models_json_schema([(model, "validation") for model in models])
    defs = schema["$defs"]
    defs["Step"] = {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]}
    playbook = defs.pop("Playbook")
    whole: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "playbook.schema.json",
        **playbook,
        "title": "Tocsin playbook",
        "$defs": dict(sorted(defs.items())),
    }
    resolved: dict[str, Any] = _with_steps(whole)
    return resolved


def _with_steps(value: Any) -> Any:
    if value == STEP_SCHEMA:
        return _STEP
    if isinstance(value, dict):
        return {key: _with_steps(inner) for key, inner in value.items()}
    return [_with_steps(inner) for inner in value] if isinstance(value, list) else value
