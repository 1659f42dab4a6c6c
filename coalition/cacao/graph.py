"""The workflow as a graph: which step leads where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Workflow = Mapping[str, Mapping[str, Any]]


def steps_of(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every step that is an object, by its id."""
    workflow = document.get("workflow")
    if not isinstance(workflow, dict):
        return {}
    return {id: step for id, step in workflow.items() if isinstance(step, dict)}


def edges(step: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (property path, what stands there) for everything that names a next step."""
    for key in ("on_completion", "on_success", "on_failure", "on_true", "on_false"):
        if key in step:
            yield key, step[key]
    following = step.get("next_steps")
    if isinstance(following, list):
        for index, target in enumerate(following):
            yield f"next_steps[{index}]", target
    cases = step.get("cases")
    if isinstance(cases, dict):
        for value, target in cases.items():
            yield f"cases.{value}", target


def reached(workflow: Workflow, starts: Iterable[Any]) -> dict[str, None]:
    """The steps that can be reached, nearest first."""
    found: dict[str, None] = {}
    layer = [one for one in starts if isinstance(one, str)]
    while layer:
        following: list[str] = []
        for id in layer:
            if id in workflow and id not in found:
                found[id] = None
                following += [to for _, to in edges(workflow[id]) if isinstance(to, str)]
        layer = following
    return found


def meeting(workflow: Workflow, branches: Iterable[Any]) -> str | None:
    """The nearest step that all branches lead to; None where they never meet."""
    ways = [reached(workflow, [branch]) for branch in branches]
    nearest = ways[0] if ways else {}
    return next((id for id in nearest if all(id in way for way in ways[1:])), None)


def following_of(step: Mapping[str, Any]) -> str | None:
    """The step that comes next when this one has gone well."""
    for key in ("on_completion", "on_success"):
        target = step.get(key)
        if isinstance(target, str):
            return target
    return None


def failure_of(step: Mapping[str, Any]) -> str | None:
    """The step that comes next when this one has failed, where that is another one."""
    target = step.get("on_failure")
    return target if isinstance(target, str) and target != following_of(step) else None
