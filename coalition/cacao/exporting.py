"""The way out: a playbook of ours as a CACAO 2.0 document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coalition.cacao.export_parts import Parts
from coalition.cacao.export_steps import Workflow
from coalition.cacao.export_tables import SUMMARY
from coalition.cacao.foreign import convert, digest
from coalition.cacao.lock import Lock, NewUuid, lock_of
from coalition.cacao.merging import merged, original
from coalition.cacao.words import EXTENSION, SPEC_VERSION, TLP_IDS
from coalition.domain.playbook import Playbook

Raw = dict[str, Any]

_EXTENSION = {
    "type": "extension-definition",
    "name": "Tocsin playbook",
    "description": "The playbook and its steps exactly as Tocsin runs them. Other tools can "
    "follow the manual commands and leave this alone.",
    "schema": "urn:tocsin:playbook:1",
    "version": "1.0",
}
_TLP_CREATED = "2022-10-01T00:00:00.000Z"


def unchanged(data: Mapping[str, Any]) -> Raw | None:
    """The document that a playbook was imported from, where it is still that document."""
    origin = data.get("cacao")
    if not isinstance(origin, dict) or origin.get("imported") != digest(data):
        return None
    return original(data)


def first_lock(data: Mapping[str, Any], now: datetime) -> Lock:
    """The lock of a playbook that has none yet; an imported one keeps the ids it came with."""
    before = original(data)
    if before is None:
        return Lock.new(str(data.get("playbook")), now)
    return lock_of(before, convert(before, []).slugs)


def export(data: Raw, playbook: Playbook, lock: Lock, now: datetime, new_uuid: NewUuid) -> Raw:
    """The document of a playbook: `data` is its YAML, `playbook` what it means.

    `lock` is filled in and must be kept for the next export. A playbook that was imported and
    not changed since is the very document it was; one that was changed keeps what is not ours.
    """
    same = unchanged(data)
    if same is not None:
        return same
    lock.touch(digest(data), now)
    parts = Parts(data, playbook, lock, new_uuid)
    workflow = Workflow(parts)
    start, steps = workflow.build(data["steps"])
    lock.forget(parts.used & steps.keys())
    document = _document(data, parts, start, steps)
    document["playbook_extensions"] = {EXTENSION: _whole(data, workflow)}
    return merged(document, data)


def _whole(data: Raw, workflow: Workflow) -> Raw:
    header = {key: value for key, value in data.items() if key not in {"steps", "cacao"}}
    steps = [workflow.reference(step) for step in data["steps"]]
    # Where in the file the steps stand is part of how it is written.
    return {"playbook": header, "order": [key for key in data if key != "cacao"],
            "steps": steps, "content": digest(data)}  # fmt: skip


def _document(data: Raw, parts: Parts, start: str, steps: dict[str, Raw]) -> Raw:
    lock, tlp = parts.lock, str(parts.playbook.tlp)
    document: Raw = {
        "type": "playbook",
        "spec_version": SPEC_VERSION,
        "id": lock.id,
        "name": data["title"],
    }
    if data.get("about"):
        document["description"] = parts.text(data["about"])
    if data.get("kinds"):
        document["playbook_types"] = list(data["kinds"])
    activities = parts.activities()
    if activities:
        document["playbook_activities"] = activities
    document |= {
        "playbook_processing_summary": _summary(steps),
        "created_by": lock.created_by,
        "created": lock.created,
        "modified": lock.modified,
        "markings": [TLP_IDS[tlp]],
    }
    if parts.variables:
        document["playbook_variables"] = dict(sorted(parts.variables.items()))
    document |= {"workflow_start": start, "workflow": steps}
    if parts.agents:
        document["agent_definitions"] = dict(sorted(parts.agents.items()))
    if parts.targets:
        document["target_definitions"] = dict(sorted(parts.targets.items()))
    return document | _definitions(lock, tlp)


def _definitions(lock: Lock, tlp: str) -> Raw:
    marking = {
        "type": "marking-tlp",
        "id": TLP_IDS[tlp],
        "created_by": lock.created_by,
        "created": _TLP_CREATED,
        "tlpv2_level": tlp,
    }
    return {
        "extension_definitions": {EXTENSION: {**_EXTENSION, "created_by": lock.created_by}},
        "data_marking_definitions": {TLP_IDS[tlp]: marking},
    }


def _summary(steps: dict[str, Raw]) -> Raw:
    kinds = {step["type"] for step in steps.values()}
    timed = any("delay" in step or "timeout" in step for step in steps.values())
    summary = {word: True for kind, word in SUMMARY.items() if kind in kinds}
    summary |= {"manual_playbook": True, "data_markings": True, "extensions": True}
    return {**summary, **({"temporal_logic": True} if timed else {})}
