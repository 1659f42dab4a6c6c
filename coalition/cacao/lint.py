"""What is wrong with a CACAO document: the header and the definitions. Never raises.

`broken` findings make it a draft: what is to be done is unclear, so it must not be run. The rest
are warnings: it can be run, and somebody should know.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from coalition.cacao.findings import Finding
from coalition.cacao.lint_workflow import lint_workflow
from coalition.cacao.shapes import PLAYBOOK, REQUIRED, VARIABLE, Check
from coalition.cacao.words import ID, TIMESTAMP, TLP_IDS
from coalition.cacao.words import VARIABLE as VARIABLE_NAME

_DEFINITIONS = (
    "agent_definitions",
    "target_definitions",
    "extension_definitions",
    "data_marking_definitions",
    "authentication_info_definitions",
)
_MILLISECONDS = len("2026-01-31T08:00:00.000Z")


def lint(document: Mapping[str, Any], now: datetime) -> list[Finding]:
    """Everything wrong with a document whose type and version are right."""
    return [
        *_required(document),
        *properties(document, PLAYBOOK, ""),
        *_times(document, now),
        *_kinds(document),
        *_definitions(document),
        *_markings(document),
        *lint_workflow(document, properties),
    ]


def properties(
    value: Mapping[str, Any], known: Mapping[str, Check], where: str
) -> Iterator[Finding]:
    """Yield what is misspelt, and what has the wrong form."""
    for key, inner in value.items():
        check = known.get(key)
        path = f"{where}.{key}" if where else key
        if check is None:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.75)
            hint = f"did you mean {near[0]!r}?" if near else "it is kept as it is"
            yield Finding(path[:200], "is not a property of CACAO 2.0", hint)
            continue
        fault = check(inner)
        if fault:
            yield Finding(path, fault, "correct it", broken=True)


def _required(document: Mapping[str, Any]) -> Iterator[Finding]:
    for key in REQUIRED:
        if key not in document:
            yield Finding(key, "is missing", "add it; CACAO 2.0 requires it", broken=True)
    id = document.get("id")
    if isinstance(id, str) and ID.fullmatch(id) and not id.startswith("playbook--"):
        yield Finding("id", "is not the id of a playbook", "write playbook--UUID")
    if document.get("revoked") is True:
        what = "says that the author has withdrawn this playbook"
        yield Finding("revoked", what, "ask the author for the one that replaces it", broken=True)


def _times(document: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    at = {key: _time(document.get(key)) for key in
          ("created", "modified", "valid_from", "valid_until")}  # fmt: skip
    for key in at:
        raw = document.get(key)
        if isinstance(raw, str) and TIMESTAMP.fullmatch(raw) and len(raw) != _MILLISECONDS:
            what = "is not given to exactly three decimals of a second"
            yield Finding(key, what, "write it like 2026-01-31T08:00:00.000Z")
    for earlier, later in (("created", "modified"), ("valid_from", "valid_until")):
        first, second = at[earlier], at[later]
        if first and second and second < first:
            yield Finding(later, f"is before {earlier}", "exchange the two, or correct one")
    until = at["valid_until"]
    if until and until < now and document.get("revoked") is not True:
        hint = "ask the author whether it still holds"
        yield Finding("valid_until", f"has passed ({until:%Y-%m-%d})", hint)


def _time(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(raw).astimezone(UTC) if isinstance(raw, str) else None
    except (ValueError, OverflowError):
        return None


def _kinds(document: Mapping[str, Any]) -> Iterator[Finding]:
    if document.get("playbook_types") and not document.get("playbook_activities"):
        what = "is missing although playbook_types is there"
        yield Finding("playbook_activities", what, "name at least one activity")


def _definitions(document: Mapping[str, Any]) -> Iterator[Finding]:
    for group in _DEFINITIONS:
        yield from _group(group, document.get(group))
    yield from variables(document.get("playbook_variables"), "playbook_variables")


def _group(group: str, definitions: Any) -> Iterator[Finding]:
    if not isinstance(definitions, dict):
        return
    for id, one in definitions.items():
        where = f"{group}.{id}"[:200]
        if not ID.fullmatch(id):
            yield Finding(where, "is not an id (type--UUID)", "give it one")
        if not isinstance(one, dict):
            yield Finding(where, "is not an object", "correct it", broken=True)
        elif not isinstance(one.get("type"), str):
            yield Finding(where, "has no type", "add its type")


def variables(declared: Any, where: str) -> Iterator[Finding]:
    """Yield what is wrong with a dictionary of variables."""
    if not isinstance(declared, dict):
        return
    for name, one in declared.items():
        path = f"{where}.{name}"[:200]
        if not VARIABLE_NAME.fullmatch(name):
            yield Finding(path, "is not a name of a variable", "write it like __name__")
        if not isinstance(one, dict):
            yield Finding(path, "is not an object", 'write {"type": "string"}', broken=True)
            continue
        if not isinstance(one.get("type"), str):
            yield Finding(path, "has no type", 'add "type"; it is taken as text')
        known = {**VARIABLE, "value": _anything}
        yield from (finding._replace(broken=False) for finding in properties(one, known, path))


def _anything(_value: Any) -> str | None:
    return None


def _markings(document: Mapping[str, Any]) -> Iterator[Finding]:
    definitions = document.get("data_marking_definitions")
    known: Iterable[str] = definitions if isinstance(definitions, dict) else ()
    markings = document.get("markings")
    for index, id in enumerate(markings if isinstance(markings, list) else ()):
        if isinstance(id, str) and id not in known and id not in TLP_IDS.values():
            where = f"markings[{index}]"
            what = f"names {id[:80]}, which is not among data_marking_definitions"
            yield Finding(where, what, "define it; until then its label is not known")
