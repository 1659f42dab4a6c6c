"""A notice as a MISP event: one event for each incident, updated by every notice about it.

`published` is always false and the distribution is "your organisation only", or the partner's own
sharing group where the coalition file names one: who publishes it further is the partner's
decision. Nothing here looks anything up, and no attribute asks MISP to enrich it.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from coalition.domain.labels import Tlp
from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.notices.text import record_text
from coalition.rendering.notices.wording import EXERCISE_WORD

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.notice.indicators import Indicator
    from coalition.rendering.notices.model import OutwardNotice

Object = dict[str, Any]

NAMESPACE = uuid.UUID("6f2a4d0e-5f0b-5d0c-9a53-3c1c8b0e7a11")
"""Ours, for everything derived; MISP takes a UUIDv5."""

TLP_TAGS: dict[Tlp, str] = {label: label.value.lower() for label in Tlp}
"""As the tlp taxonomy of MISP writes them: `tlp:amber+strict`."""

OWN_ORGANISATION = "0"
SHARING_GROUP = "4"
INHERITED = "5"
NO_GROUP = "0"

_THREATS = {"S4": "1", "S3": "1", "S2": "2", "S1": "3", "S0": "3", UNKNOWN: "4"}
_TYPES = {
    "domain": ("domain", "Network activity"),
    "url": ("url", "Network activity"),
    "email": ("email-src", "Payload delivery"),
    "md5": ("md5", "Payload delivery"),
    "sha1": ("sha1", "Payload delivery"),
    "sha256": ("sha256", "Payload delivery"),
    "filename": ("filename", "Payload delivery"),
    "asn": ("AS", "Network activity"),
}


def misp_event(notice: OutwardNotice, sharing_group: str | None = None) -> bytes:
    """The event as MISP exchanges it: `{"Event": {…}}`, UTF-8 JSON, the same bytes each time.

    `sharing_group` is the UUID of the partner's own. What an update dropped or a withdrawal
    withdraws is marked deleted.
    """
    withdrawn = notice.kind == "withdrawal"
    attributes = [_attribute(notice, one, deleted=withdrawn) for one in notice.indicators]
    attributes += [_attribute(notice, one, deleted=True) for one in notice.dropped]
    event: Object = {
        "uuid": _uuid("event", notice.incident_id),
        "info": _info(notice),
        "date": f"{notice.thread.incident_since:%Y-%m-%d}",
        "timestamp": _timestamp(notice.issued.utc),
        "threat_level_id": _THREATS[notice.severity],
        "analysis": _analysis(notice),
        "published": False,
        **_distribution(sharing_group),
        "Orgc": {
            "uuid": _uuid("organisation", notice.originator.member),
            "name": notice.originator.name,
        },
        "Tag": [{"name": name} for name in _tags(notice)],
        "Attribute": attributes,
        "EventReport": [_report(notice)],
    }
    return json.dumps({"Event": event}, ensure_ascii=False, separators=(",", ":")).encode()


def _uuid(kind: str, *parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\x1f".join((kind, *parts))))


def _timestamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _info(notice: OutwardNotice) -> str:
    exercise = f"{EXERCISE_WORD} " if notice.exercise else ""
    return f"{exercise}[{notice.tlp}] {notice.incident_id}: {notice.title}"


def _analysis(notice: OutwardNotice) -> str:
    """0 initial, 1 ongoing, 2 complete."""
    if notice.status == "closed":
        return "2"
    return "1" if notice.determination == "confirmed" else "0"


def _distribution(sharing_group: str | None) -> Object:
    if sharing_group is None:
        return {"distribution": OWN_ORGANISATION, "sharing_group_id": NO_GROUP}
    # The number of a group is local to each server, which finds its own by the UUID.
    return {"distribution": SHARING_GROUP, "SharingGroup": {"uuid": sharing_group}}


def _tags(notice: OutwardNotice) -> list[str]:
    tags = [TLP_TAGS[notice.tlp], notice.pap.value]
    if notice.rsit != UNKNOWN:
        group, _, kind = notice.rsit.partition(":")
        tags.append(f'rsit:{group}="{kind}"')
    if notice.exercise:
        tags.append(EXERCISE_WORD)
    return tags


def _attribute(notice: OutwardNotice, one: Indicator, *, deleted: bool) -> Object:
    kind, category = _TYPES.get(one.type, _address(one))
    attribute: Object = {
        "uuid": _uuid("attribute", notice.incident_id, one.type, one.value),
        "type": kind,
        "category": category,
        "value": one.value,
        "to_ids": one.to_ids and not deleted,
        "comment": f"role: {one.role}; confidence: {one.confidence}; {notice.thread.id}",
        "timestamp": _timestamp(notice.issued.utc),
        "distribution": INHERITED,
        "sharing_group_id": NO_GROUP,
        "disable_correlation": False,
        "deleted": deleted,
    }
    for name, at in (("first_seen", one.first_seen), ("last_seen", one.last_seen)):
        if at != UNKNOWN:
            attribute[name] = at.isoformat()
    return attribute


def _address(one: Indicator) -> tuple[str, str]:
    """Addresses, by whether they attack us or we would call them."""
    return ("ip-src" if one.role == "source" else "ip-dst"), "Network activity"


def _report(notice: OutwardNotice) -> Object:
    # In a code block nothing of what people wrote becomes a link or a picture.
    fence = "```"
    text = record_text(notice).replace(fence, "'''")
    return {
        "uuid": _uuid("report", notice.notice_id),
        "name": f"[{notice.tlp}] {notice.notice_id}",
        "content": f"{fence}\n{text}{fence}",
        "timestamp": _timestamp(notice.issued.utc),
        "distribution": INHERITED,
        "sharing_group_id": NO_GROUP,
        "deleted": False,
    }
