"""Documents that the tests of CACAO use, and where the official data is."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "cacao"
NOW = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)

Json = dict[str, Any]


def step(kind: str, number: int) -> str:
    return f"{kind}--{uuid.UUID(int=number, version=4)}"


def document(*commands: Json, **steps: Json) -> Json:
    """A clean document whose one action has these commands; `steps` are added to its workflow."""
    start, act, end = step("start", 1), step("action", 2), step("end", 3)
    agent = step("group", 9)
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": step("playbook", 8),
        "name": "Small",
        "created_by": step("identity", 7),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "playbook_variables": {"__site__": {"type": "string", "value": "example.org"}},
        "workflow_start": start,
        "workflow": {
            start: {"type": "start", "on_completion": act},
            act: {
                "type": "action",
                "name": "Look",
                "commands": list(commands) or [{"type": "manual", "command": "Do it"}],
                "agent": agent,
                "on_completion": end,
            },
            end: {"type": "end"},
            **steps,
        },
        "agent_definitions": {agent: {"type": "group", "name": "IR team"}},
    }


def raw(value: Any) -> bytes:
    return json.dumps(value).encode()


def examples() -> list[Path]:
    """The public examples; a stand-in that skips visibly where they are absent."""
    found = sorted((SHARED / "examples").glob("*.json"))
    return found or [SHARED / "examples" / "absent"]


def example(path: Path) -> bytes:
    if not path.exists():
        pytest.skip(f"the public CACAO examples are not at {SHARED}")
    return path.read_bytes()
