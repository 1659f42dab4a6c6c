"""The playbook format: what ops staff write, checked and ready to run. Pure.

`Playbook` is the whole; `step.py` says how a verb or a control word is added.
"""

from __future__ import annotations

from coalition.domain.playbook.model import Input, Playbook, Trigger
from coalition.domain.playbook.schema import playbook_schema
from coalition.domain.playbook.step import Step
from coalition.domain.playbook.targets import Role, Scene, Selector

__all__ = [
    "Input",
    "Playbook",
    "Role",
    "Scene",
    "Selector",
    "Step",
    "Trigger",
    "playbook_schema",
]
