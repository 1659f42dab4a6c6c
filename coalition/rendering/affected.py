"""What a member has said of being affected, in words for every surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.answer_details import affected

if TYPE_CHECKING:
    from collections.abc import Mapping


def affected_words(details: Mapping[str, str]) -> str:
    """`affected: 3, services mail, dns`, `affected`, or `not affected`."""
    if not affected(details):
        return "not affected"
    count, services = details.get("count", ""), details.get("services", "")
    parts = [f"affected{': ' + count if count else ''}", services and f"services {services}"]
    return ", ".join(filter(None, parts))
