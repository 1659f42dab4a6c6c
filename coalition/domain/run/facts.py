"""What a run knows of its incident, under the names in `values.FACTS` (and its roles)."""

from __future__ import annotations

from typing import Any

from coalition.domain.incident.state import Incident


def facts_of(incident: Incident) -> dict[str, Any]:
    """The facts for `StartRun` and for `SignalRun(topic="incident")`."""
    return {
        "incident": incident.number,
        "title": incident.title,
        "severity": str(incident.severity),
        "kind": incident.kind,
        "tlp": str(incident.tlp),
        "status": incident.status,
        "member": incident.member,
        "lead": incident.lead or "",
        "affected": list(incident.affected),
        "participants": list(incident.participants),
    }
