"""What is wrong with the workflow of a CACAO document: its steps, commands and edges."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coalition.cacao.conditions import to_ours
from coalition.cacao.findings import Finding
from coalition.cacao.graph import edges, reached, steps_of
from coalition.cacao.shapes import NEEDS, STEPS, Check
from coalition.cacao.words import ID, NEXT, STEP_TYPES, VARIABLE, text_of

Properties = Callable[[Mapping[str, Any], Mapping[str, Check], str], Iterator[Finding]]


def lint_workflow(document: Mapping[str, Any], properties: Properties) -> Iterator[Finding]:
    """Yield everything wrong; `properties` judges an object by a table."""
    workflow = document.get("workflow")
    if not isinstance(workflow, dict):
        return
    steps = steps_of(document)
    yield from _starts(document, steps)
    for id, step in workflow.items():
        where = f"workflow.{id}"[:200]
        if not isinstance(step, dict):
            yield Finding(where, "is not an object", "write the step", broken=True)
            continue
        yield from _identity(id, step, where)
        kind = step.get("type")
        if not isinstance(kind, str) or kind not in STEPS:
            near = difflib.get_close_matches(str(kind)[:60], STEP_TYPES, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(STEP_TYPES)}"
            yield Finding(f"{where}.type", f"{kind!r:.60} is no step", hint, broken=True)
            continue
        yield from properties(step, STEPS[kind], where)
        yield from _needs(kind, step, where)
        yield from _ways(steps, step, where)
        yield from _ends(kind, step, where)
        yield from _variables(step, where)
        if kind == "action":
            yield from _action(document, step, where)
        elif kind in {"if-condition", "while-condition"}:
            yield from _condition(step, where)
    yield from _unreached(document, steps)


def _starts(document: Mapping[str, Any], steps: Mapping[str, Any]) -> Iterator[Finding]:
    for key, broken in (("workflow_start", True), ("workflow_exception", True)):
        target = document.get(key)
        if isinstance(target, str) and target not in steps:
            yield Finding(key, f"names {target[:80]}, which is not there", "name a step", broken)
    start = steps.get(str(document.get("workflow_start")))
    if start is not None and start.get("type") != "start":
        what = f"names a step of type {start.get('type')!r:.60}"
        yield Finding("workflow_start", what, "name a step of type 'start'")
    kinds = [step.get("type") for step in steps.values()]
    if "end" not in kinds:
        yield Finding("workflow", "has no end", "add a step of type 'end'", broken=True)


def _identity(id: str, step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    match = ID.fullmatch(id)
    if match is None:
        yield Finding(where, "is not an id (type--UUID)", "give the step a UUID of version 4")
    elif match.group(3) != "4":
        yield Finding(where, "has a UUID that is not of version 4", "give the step a new one")
    if match is not None and match.group(1) != step.get("type"):
        yield Finding(where, "has an id of another type than the step", "make the two the same")


def _needs(kind: str, step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for key in NEEDS.get(kind, ()):
        if not step.get(key):
            what = "is empty" if key in step else "is missing"
            yield Finding(f"{where}.{key}", what, "add it", broken=True)
    following = step.get("next_steps")
    if kind == "parallel" and isinstance(following, list) and len(following) == 1:
        yield Finding(f"{where}.next_steps", "has one branch only", "add the others")


def _ways(steps: Mapping[str, Any], step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for key, target in edges(step):
        if not isinstance(target, str):
            yield Finding(f"{where}.{key}"[:200], "is not an id", "name a step", broken=True)
        elif target not in steps:
            what = f"leads to {target[:80]}, which is not there"
            yield Finding(f"{where}.{key}"[:200], what, "name a step of this playbook", broken=True)


def _ends(kind: str, step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    ways = [key for key in NEXT if key in step]
    if kind == "end":
        if ways:
            yield Finding(f"{where}.{ways[0]}", "stands at an end", "remove it")
        return
    if kind == "start" and "on_completion" not in ways and ways:
        yield Finding(f"{where}.{ways[0]}", "stands at a start", "write on_completion")
    if "on_completion" in ways and len(ways) > 1:
        what = f"stands beside {ways[1]}"
        differs = any(step[key] != step["on_completion"] for key in ways)
        hint = "keep on_completion, or on_success with on_failure"
        yield Finding(f"{where}.on_completion", what, hint, broken=differs)
    if "on_completion" in ways or "on_success" in ways:
        return
    if kind in {"start", "action", "playbook-action"}:
        hint = "add on_completion, or on_success; the last step leads to an end"
        yield Finding(where, "says nothing about what comes next", hint, broken=True)
    else:
        hint = "its branches are taken to lead on by themselves; add on_completion"
        yield Finding(where, "has no on_completion", hint)


def _action(document: Mapping[str, Any], step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    commands = step.get("commands")
    for index, command in enumerate(commands if isinstance(commands, list) else ()):
        path = f"{where}.commands[{index}]"
        if not isinstance(command, dict):
            yield Finding(path, "is not an object", "write the command", broken=True)
        elif not isinstance(command.get("type"), str):
            yield Finding(path, "has no type", 'add one; "manual" is for people', broken=True)
        elif not text_of(command):
            described = command.get("description") or step.get("description") or step.get("name")
            hint = "add `command` or `command_b64`"
            yield Finding(path, "says nothing to do", hint, broken=not described)
    if "agent" not in step:
        yield Finding(f"{where}.agent", "is missing", "add it; the incident's lead is asked")
    targets = step.get("targets")
    named = [("agent", step.get("agent"))]
    named += [("targets", one) for one in (targets if isinstance(targets, list) else ())]
    for key, id in named:
        if isinstance(id, str) and not _is_defined(document, id):
            what = f"names {id[:80]}, which is not defined"
            yield Finding(f"{where}.{key}", what, "define it; until then a person is asked")


def _is_defined(document: Mapping[str, Any], id: str) -> bool:
    groups = (document.get("agent_definitions"), document.get("target_definitions"))
    return id.startswith("__") or any(isinstance(one, dict) and id in one for one in groups)


def _condition(step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    condition = step.get("condition")
    if not isinstance(condition, str) or not condition:
        return
    try:
        to_ours(condition, lambda _name: "it")
    except ValueError as error:
        hint = "a person is asked instead; write it like __name__:value = 'text'"
        yield Finding(f"{where}.condition", f"{error}", hint)


def _variables(step: Mapping[str, Any], where: str) -> Iterator[Finding]:
    declared = step.get("step_variables")
    for name, one in declared.items() if isinstance(declared, dict) else ():
        path = f"{where}.step_variables.{name}"[:200]
        if not VARIABLE.fullmatch(name):
            yield Finding(path, "is not a name of a variable", "write it like __name__")
        if not isinstance(one, dict):
            yield Finding(path, "is not an object", 'write {"type": "string"}', broken=True)


def _unreached(document: Mapping[str, Any], steps: Mapping[str, Any]) -> Iterator[Finding]:
    start = document.get("workflow_start")
    if not isinstance(start, str) or start not in steps:
        return
    done = [steps[id].get("type") for id in reached(steps, [start])]
    if "action" not in done and "playbook-action" not in done:
        yield Finding("workflow", "does nothing", "lead from the start to an action", broken=True)
    known = reached(steps, [start, document.get("workflow_exception")])
    for id in steps:
        if id not in known:
            hint = "it is never carried out; lead to it, or remove it"
            yield Finding(f"workflow.{id}"[:200], "is not reached from the start", hint)
