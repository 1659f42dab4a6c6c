"""Which CACAO step each control word becomes, and what kind of activity each verb is.

A verb that is not named here exports like all others, as an activity of the usual kind; a
control word that is not named here exports as a manual action that carries its steps inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coalition.domain.playbook.step import REGISTRY

ACTIVITIES: Mapping[str, str] = {
    "notify": "deliver-content",
    "remind": "deliver-content",
    "escalate": "deliver-content",
    "share": "deliver-content",
    "report": "compose-content",
    "ask": "analyze-collected-data",
    "wait_for_acks": "identify-audience",
    "call": "execute-operation",
    "open_room": "identify-channel",
}
USUAL = "step-sequence"

NEEDED: Mapping[str, str] = {
    "attack": "execute-operation",
    "detection": "match-indicator",
    "engagement": "prepare-engagement",
    "investigation": "analyze-collected-data",
    "mitigation": "eliminate-risk",
    "notification": "compose-content",
    "prevention": "configure-systems",
    "remediation": "restore-capabilities",
}
"""The activity that a playbook of each type must have."""

CONTROLS: Mapping[str, str] = {
    "if": "if-condition",
    "choose": "switch-condition",
    "parallel": "parallel",
    "repeat": "while-condition",
    "for_each": "while-condition",
    "playbook": "playbook-action",
}
"""Words with a step of their own in CACAO; `goto` and `stop` are edges, kept readable."""

SUMMARY: Mapping[str, str] = {
    "if-condition": "if_logic",
    "switch-condition": "switch_logic",
    "while-condition": "while_logic",
    "parallel": "parallel_processing",
}


def is_step(value: Any) -> bool:
    """Whether this is a step of ours, as YAML data."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        and ("do" in value or any(word in REGISTRY for word in value))
    )


def word_of(step: Mapping[str, Any]) -> str:
    """The verb or the control word of a step."""
    if "do" in step:
        return str(step["do"])
    return next(word for word in step if word in REGISTRY)


def type_of(step: Mapping[str, Any]) -> str:
    """The type of CACAO step it becomes."""
    if word_of(step) == "choose" and not switchable(step):
        return "if-condition"
    return CONTROLS.get(word_of(step), "action")


def switchable(step: Mapping[str, Any]) -> bool:
    """Whether a `choose` looks at one value, as a switch does."""
    values = [str(value) for case in step["choose"] for value in one_or_more(case.get("is", []))]
    return "on" in step and "default" not in values and bool(values)


def one_or_more(value: Any) -> list[Any]:
    """A list, where one may be written without."""
    return value if isinstance(value, list) else [value]


def branches_of(step: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The blocks of a verb, such as `if_late`, in the order they are written."""
    return [
        (key, value)
        for key, value in step.items()
        if isinstance(value, list) and value and all(is_step(one) for one in value)
    ]
