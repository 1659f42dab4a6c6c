"""A notice as a STIX 2.1 bundle: incident, indicators, the text as a note, and a report over all.

Plain dictionaries in a fixed order: the same notice gives the same bytes. Strict in what goes out;
what comes in is read by `stix_inbound.py`. Nothing here looks anything up.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.notices.stix_ids import (
    INCIDENT_EXTENSION,
    TLP_IDS,
    derived,
    tlp_marking,
)
from coalition.rendering.notices.text import record_text
from coalition.rendering.notices.wording import EXERCISE_WORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from coalition.domain.notice.indicators import Indicator
    from coalition.rendering.notices.model import OutwardNotice
    from coalition.rendering.notices.parts import Party

Object = dict[str, Any]

CONFIDENCE = {"low": 15, "medium": 50, "high": 85}
"""The middle of each band of the specification's Low, Med, High scale."""

CRITICALITY = {"S0": 10, "S1": 30, "S2": 50, "S3": 75, "S4": 95}
"""Of the incident extension, 0 to 100. A mapping of ours; the severity itself is in the text."""

_FINDINGS = {"suspected": "suspected", "confirmed": "successful-attempt", UNKNOWN: "suspected"}
_STATES = {"open": "open", "closed": "closed", UNKNOWN: "new"}


def bundle(notice: OutwardNotice) -> bytes:
    """The bundle, as UTF-8 JSON. An update has the same ids and later `modified`.

    A withdrawal revokes the report and its indicators; the incident itself goes on. What an update
    has dropped is revoked as well. The answer link is left out: whoever gets this bundle passed on
    could otherwise answer for the recipient.
    """
    author = identity(notice.originator)
    withdrawn = notice.kind == "withdrawal"
    incident = _incident(notice)
    gone = (*notice.dropped, *(notice.indicators if withdrawn else ()))
    standing = () if withdrawn else notice.indicators
    indicators = [
        *(indicator(notice, one) for one in standing),
        *(indicator(notice, one) | {"revoked": True} for one in gone),
    ]
    relations = [_related(notice, one, incident) for one in indicators]
    note = _note(notice, incident)
    content = [incident, *indicators, *relations, note]
    report = _report(notice, content, revoked=withdrawn)
    markings, objects = _markings(notice), [author, *content, report]
    refs = [one["id"] for one in markings]
    for one in objects:
        one["object_marking_refs"] = refs
    return dumped(derived("bundle", notice.notice_id, notice.tlp), [*markings, *objects])


def dumped(id: str, objects: Iterable[Object]) -> bytes:
    """A bundle's bytes."""
    whole = {"type": "bundle", "id": id, "objects": list(objects)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def instant(at: datetime) -> str:
    """A time as STIX writes it, to the millisecond."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def identity(party: Party) -> Object:
    """A member CERT. Its times are fixed: it is the same object in every bundle."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": derived("identity", party.member, party.name),
        "created": _EVER,
        "modified": _EVER,
        "name": party.name,
        "identity_class": "organization",
    }


_EVER = "2026-01-01T00:00:00.000Z"


def _markings(notice: OutwardNotice) -> list[Object]:
    markings: list[Object] = [tlp_marking(notice.tlp)]
    if notice.extra_restrictions:
        statement = " ".join(notice.extra_restrictions)
        markings.append(
            {
                "type": "marking-definition",
                "spec_version": "2.1",
                "id": derived("marking-definition", statement),
                "created": _EVER,
                "definition_type": "statement",
                "definition": {"statement": statement},
                "object_marking_refs": [TLP_IDS[notice.tlp]],
            }
        )
    return markings


def _made(notice: OutwardNotice, kind: str, id: str, since: datetime) -> Object:
    issued = notice.issued.utc
    made: Object = {
        "type": kind,
        "spec_version": "2.1",
        "id": id,
        "created_by_ref": identity(notice.originator)["id"],
        "created": instant(min(since, issued)),
        "modified": instant(issued),
        "labels": labels(notice),
    }
    if notice.confidence != UNKNOWN:
        made["confidence"] = CONFIDENCE[notice.confidence]
    return made


def labels(notice: OutwardNotice) -> list[str]:
    """What STIX has no field for: EXERCISE, PAP and the class."""
    made = [EXERCISE_WORD] if notice.exercise else []
    made.append(notice.pap.value)
    if notice.rsit != UNKNOWN:
        made.append(f"rsit:{notice.rsit}")
    return made


def _incident(notice: OutwardNotice) -> Object:
    id = derived("incident", notice.incident_id)
    extension: Object = {
        "extension_type": "property-extension",
        "determination": _FINDINGS[notice.determination],
        "investigation_status": _STATES[notice.status],
    }
    if notice.severity != UNKNOWN:
        extension["criticality"] = CRITICALITY[notice.severity]
    return {
        **_made(notice, "incident", id, notice.thread.incident_since),
        "name": notice.title,
        "description": notice.text,
        "external_references": [_named(notice.coalition, notice.incident_id)],
        "extensions": {INCIDENT_EXTENSION: extension},
    }


def _named(source: str, id: str) -> Object:
    return {"source_name": source, "external_id": id}


def indicator(notice: OutwardNotice, one: Indicator) -> Object:
    """The object of an indicator: the same id in every notice of a chain, for every recipient."""
    id = derived("indicator", notice.thread.id, one.type, one.value)
    made = _made(notice, "indicator", id, notice.thread.since)
    if one.to_ids:
        made["labels"] = [*made["labels"], "to_ids"]
    if one.confidence != UNKNOWN:
        made["confidence"] = CONFIDENCE[one.confidence]
    seen = notice.thread.since if one.first_seen == UNKNOWN else one.first_seen
    return made | {
        "name": one.value,
        "description": f"{one.type}, role: {one.role}",
        "indicator_types": [_TYPES.get(one.role, UNKNOWN)],
        "pattern": pattern(one),
        "pattern_type": "stix",
        "valid_from": instant(seen),
    }


_TYPES = {
    "source": "malicious-activity",
    "c2": "malicious-activity",
    "delivery": "malicious-activity",
    "payload": "malicious-activity",
    "compromised": "compromised",
    "benign": "benign",
}

_PATTERNS: dict[str, Callable[[str], str]] = {
    "ipv4": lambda value: f"[ipv4-addr:value = '{value}']",
    "ipv6": lambda value: f"[ipv6-addr:value = '{value}']",
    "domain": lambda value: f"[domain-name:value = '{value}']",
    "url": lambda value: f"[url:value = '{value}']",
    "email": lambda value: f"[email-addr:value = '{value}']",
    "md5": lambda value: f"[file:hashes.MD5 = '{value}']",
    "sha1": lambda value: f"[file:hashes.'SHA-1' = '{value}']",
    "sha256": lambda value: f"[file:hashes.'SHA-256' = '{value}']",
    "filename": lambda value: f"[file:name = '{value}']",
    "asn": lambda value: f"[autonomous-system:number = {value.removeprefix('AS')}]",
}


def pattern(one: Indicator) -> str:
    """The STIX pattern that finds it."""
    quoted = one.value.replace("\\", "\\\\").replace("'", "\\'")
    return _PATTERNS[one.type](quoted)


def _related(notice: OutwardNotice, indicator: Object, incident: Object) -> Object:
    id = derived("relationship", indicator["id"], incident["id"])
    made = _made(notice, "relationship", id, notice.thread.since)
    made |= {
        "relationship_type": "related-to",
        "source_ref": indicator["id"],
        "target_ref": incident["id"],
    }
    return made | {"revoked": True} if indicator.get("revoked") else made


def _note(notice: OutwardNotice, incident: Object) -> Object:
    return {
        **_made(notice, "note", derived("note", notice.notice_id), notice.issued.utc),
        "abstract": f"{notice.tlp} {notice.notice_id}",
        "content": record_text(notice),
        "authors": [notice.originator.name],
        "external_references": [_named(notice.coalition, notice.notice_id)],
        "object_refs": [incident["id"]],
    }


def _report(notice: OutwardNotice, content: list[Object], *, revoked: bool) -> Object:
    made = _made(notice, "report", derived("report", notice.thread.id), notice.thread.since)
    made |= {
        "name": notice.title,
        "report_types": ["indicator" if notice.kind == "sighting" else "threat-report"],
        "published": instant(notice.issued.utc),
        "object_refs": [one["id"] for one in content],
        "external_references": [_named(notice.coalition, notice.thread.id)],
    }
    return made | {"revoked": True} if revoked else made
