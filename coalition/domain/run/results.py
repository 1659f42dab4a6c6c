"""What a run that has ended leaves behind for the run that waited for it."""

from __future__ import annotations

from typing import Any

from coalition.domain.playbook.values import Value
from coalition.domain.run.state import OpenStep, Run


def signal_of_end(child: Run, opened: OpenStep | None) -> dict[str, Any]:
    """Data of `SignalRun(topic="run")` for the waiting step `opened`; the child must be over.

    Raises ValueError for a run that no other waits for.
    """
    if child.parent is None:
        msg = f"{child.run} was started by nobody's step"
        raise ValueError(msg)
    wanted: dict[str, str] = opened.request.get("save", {}) if opened else {}
    values = {ours: result(child, theirs) for ours, theirs in wanted.items()}
    return {
        "step": child.parent.step,
        "attempt": child.parent.attempt,
        "run": child.run,
        "outcome": child.status,
        "reason": child.reason,
        "values": values,
    }


def result(run: Run, name: str) -> Value:
    """A variable, an input or a `step.output` of a run; empty where it has none."""
    step, dot, output = name.partition(".")
    found: Value | None
    if not dot:
        found = run.variables.get(name, run.inputs.get(name))
    elif step not in run.steps:
        found = None
    else:
        state = run.steps[step]
        found = state.outcome if output == "outcome" else state.output.get(output)
    return "" if found is None else found
