"""As much of a broken workflow as can be arranged, so that a draft has steps to mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coalition.cacao.graph import steps_of
from coalition.cacao.words import STEP_TYPES

_EDGES = ("on_completion", "on_success", "on_failure", "on_true", "on_false")


def usable(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with only those steps and edges that mean something."""
    known = {id: step for id, step in steps_of(document).items() if step.get("type") in STEP_TYPES}
    workflow = {id: _step(step, known) for id, step in known.items()}
    start = document.get("workflow_start")
    if not isinstance(start, str) or start not in workflow:
        starts = (id for id, step in workflow.items() if step["type"] == "start")
        start = next(starts, next(iter(workflow), None))
    return {**document, "workflow": workflow, "workflow_start": start}


def _step(step: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        key: value
        for key, value in step.items()
        if key not in _EDGES or (isinstance(value, str) and value in known)
    }
    following = step.get("next_steps")
    made["next_steps"] = [
        one for one in (following if isinstance(following, list) else ())
        if isinstance(one, str) and one in known
    ]  # fmt: skip
    cases = step.get("cases")
    made["cases"] = {
        value: target
        for value, target in (cases.items() if isinstance(cases, dict) else ())
        if isinstance(target, str) and target in known
    }
    return made
