"""Which properties CACAO 2.0 knows, and what each must look like. Tables, read by the linter.

The official schemas cannot be used for this: as published they accept misspelt properties and
dangling ids, and refuse things the specification allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coalition.cacao.words import ID, TIMESTAMP

Check = Callable[[Any], str | None]
"""What is wrong with a value, or None."""


def text(value: Any) -> str | None:
    """A string."""
    return None if isinstance(value, str) else "is not text"


def identifier(value: Any) -> str | None:
    """`type--UUID`."""
    return None if isinstance(value, str) and ID.fullmatch(value) else "is not an id (type--UUID)"


def timestamp(value: Any) -> str | None:
    """UTC, with Z."""
    fits = isinstance(value, str) and TIMESTAMP.fullmatch(value)
    return None if fits else "is not a time like 2026-01-31T08:00:00.000Z"


def yes_no(value: Any) -> str | None:
    """A boolean."""
    return None if isinstance(value, bool) else "is neither true nor false"


def mapping(value: Any) -> str | None:
    """An object."""
    return None if isinstance(value, dict) else "is not an object"


def listing(value: Any) -> str | None:
    """A list."""
    return None if isinstance(value, list) else "is not a list"


def texts(value: Any) -> str | None:
    """A list of strings."""
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return None if fits else "is not a list of texts"


def milliseconds(value: Any) -> str | None:
    """A whole number, 0 or more."""
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if fits else "is not a whole number of milliseconds"


def grade(value: Any) -> str | None:
    """0 to 100."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100  # noqa: PLR2004
    return None if fits else "is not a whole number from 0 to 100"


PLAYBOOK: Mapping[str, Check] = {
    "type": text,
    "spec_version": text,
    "id": identifier,
    "name": text,
    "description": text,
    "playbook_types": texts,
    "playbook_activities": texts,
    "playbook_processing_summary": mapping,
    "created_by": identifier,
    "created": timestamp,
    "modified": timestamp,
    "revoked": yes_no,
    "valid_from": timestamp,
    "valid_until": timestamp,
    "derived_from": texts,
    "related_to": texts,
    "priority": grade,
    "severity": grade,
    "impact": grade,
    "industry_sectors": texts,
    "labels": texts,
    "external_references": listing,
    "markings": texts,
    "playbook_variables": mapping,
    "workflow_start": text,
    "workflow_exception": text,
    "workflow": mapping,
    "playbook_extensions": mapping,
    "authentication_info_definitions": mapping,
    "agent_definitions": mapping,
    "target_definitions": mapping,
    "extension_definitions": mapping,
    "data_marking_definitions": mapping,
    "signatures": listing,
}
REQUIRED = ("id", "name", "created_by", "created", "modified", "workflow_start", "workflow")

_COMMON: Mapping[str, Check] = {
    "type": text,
    "name": text,
    "description": text,
    "external_references": listing,
    "delay": milliseconds,
    "timeout": milliseconds,
    "step_variables": mapping,
    "owner": text,
    "on_completion": text,
    "on_success": text,
    "on_failure": text,
    "step_extensions": mapping,
}
STEPS: Mapping[str, Mapping[str, Check]] = {
    "start": _COMMON,
    "end": _COMMON,
    "action": {
        **_COMMON,
        "commands": listing,
        "agent": text,
        "targets": texts,
        "in_args": texts,
        "out_args": texts,
    },
    "playbook-action": {
        **_COMMON,
        "playbook_id": text,
        "playbook_version": timestamp,
        "in_args": texts,
        "out_args": texts,
    },
    "parallel": {**_COMMON, "next_steps": texts},
    "if-condition": {**_COMMON, "condition": text, "on_true": text, "on_false": text},
    "while-condition": {**_COMMON, "condition": text, "on_true": text},
    "switch-condition": {**_COMMON, "switch": text, "cases": mapping},
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "action": ("commands",),
    "playbook-action": ("playbook_id",),
    "parallel": ("next_steps",),
    "if-condition": ("condition", "on_true"),
    "while-condition": ("condition", "on_true"),
    "switch-condition": ("switch", "cases"),
}
VARIABLE: Mapping[str, Check] = {
    "type": text,
    "description": text,
    "constant": yes_no,
    "external": yes_no,
}
