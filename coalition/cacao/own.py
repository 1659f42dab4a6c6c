"""A CACAO document that we exported, back as the YAML it was."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from coalition.cacao.exporting import export
from coalition.cacao.findings import Finding
from coalition.cacao.foreign import digest, kept
from coalition.cacao.graph import steps_of
from coalition.cacao.lock import extension, lock_of
from coalition.cacao.words import EXTENSION
from coalition.domain.playbook import Playbook

Raw = dict[str, Any]

_BESIDE = ("signatures",)
_EPOCH = datetime.fromtimestamp(0, UTC)


class _NotOurs(ValueError):
    """What stands in the extension cannot be put together again."""


def restored(document: Mapping[str, Any], findings: list[Finding]) -> Raw | None:
    """The playbook, if exporting it gives this document; else None, and a finding if it was ours.

    A signature on top is no change: the document is then kept with the playbook.
    """
    extensions = document.get("playbook_extensions")
    ours = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    if ours is None:
        return None
    plain = {key: value for key, value in document.items() if key not in _BESIDE}
    try:
        data = _put_together(document, ours)
        again = export(data, Playbook.model_validate(data), lock_of(document), _EPOCH, _placeholder)
    except (ValueError, ValidationError, KeyError, TypeError, AttributeError, StopIteration):
        again = None
    if again != plain:
        what = "has been changed by another tool since Tocsin exported it"
        hint = "it is read as that tool's; what only Tocsin knows of it (who, how often) is lost"
        findings.append(Finding(f"playbook_extensions.{EXTENSION}", what, hint))
        return None
    if plain.keys() != document.keys():
        return {**data, "cacao": {"imported": digest(data), "document": kept(document)}}
    return data


def _put_together(document: Mapping[str, Any], ours: Mapping[str, Any]) -> Raw:
    known = {id: extension(step).get("step") for id, step in steps_of(document).items()}
    steps = _unfolded(ours["steps"], known, 0)
    parts = {**ours["playbook"], "steps": steps}
    data = {key: parts[key] for key in ours["order"]}
    return {**data, "cacao": ours["origin"]} if "origin" in ours else data


def _unfolded(value: Any, known: Mapping[str, Any], depth: int) -> Any:
    if depth > 100:  # noqa: PLR2004  # a step that holds itself
        raise _NotOurs
    if isinstance(value, list):
        return [_unfolded(one, known, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"cacao"} and known.get(value["cacao"]) is not None:
        return _unfolded(known[value["cacao"]], known, depth + 1)
    return {key: _unfolded(one, known, depth + 1) for key, one in value.items()}


def _placeholder() -> uuid.UUID:
    """For ends that nothing leads to, which do not stay in the document."""
    return uuid.UUID(int=0)
