"""The services that one CERT can do for another: 21 in five areas, as our own short words.

Source of the division: FIRST, "CSIRT Services Framework", version 2.1 (2019). The words are ours.
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator

Area = Literal[
    "event-management",
    "incident-management",
    "vulnerability-management",
    "situational-awareness",
    "knowledge-transfer",
]
Service = Literal[
    "monitoring-and-detection",
    "event-analysis",
    "incident-report-acceptance",
    "incident-analysis",
    "artifact-and-forensic-analysis",
    "mitigation-and-recovery",
    "incident-coordination",
    "crisis-management-support",
    "vulnerability-research",
    "vulnerability-report-intake",
    "vulnerability-analysis",
    "vulnerability-coordination",
    "vulnerability-disclosure",
    "vulnerability-response",
    "data-acquisition",
    "analysis-and-synthesis",
    "communication",
    "awareness-building",
    "training-and-education",
    "exercises",
    "technical-and-policy-advisory",
]


class Described(NamedTuple):
    """Where a service belongs, its section of the framework, and its name for people."""

    area: Area
    section: str
    title: str


SERVICES: dict[Service, Described] = {
    "monitoring-and-detection": Described("event-management", "5.1", "Monitoring and detection"),
    "event-analysis": Described("event-management", "5.2", "Event analysis"),
    "incident-report-acceptance": Described(
        "incident-management", "6.1", "Incident report acceptance"
    ),
    "incident-analysis": Described("incident-management", "6.2", "Incident analysis"),
    "artifact-and-forensic-analysis": Described(
        "incident-management", "6.3", "Artifact and forensic analysis"
    ),
    "mitigation-and-recovery": Described("incident-management", "6.4", "Mitigation and recovery"),
    "incident-coordination": Described("incident-management", "6.5", "Incident coordination"),
    "crisis-management-support": Described(
        "incident-management", "6.6", "Crisis management support"
    ),
    "vulnerability-research": Described(
        "vulnerability-management", "7.1", "Vulnerability research"
    ),
    "vulnerability-report-intake": Described(
        "vulnerability-management", "7.2", "Vulnerability report intake"
    ),
    "vulnerability-analysis": Described(
        "vulnerability-management", "7.3", "Vulnerability analysis"
    ),
    "vulnerability-coordination": Described(
        "vulnerability-management", "7.4", "Vulnerability coordination"
    ),
    "vulnerability-disclosure": Described(
        "vulnerability-management", "7.5", "Vulnerability disclosure"
    ),
    "vulnerability-response": Described(
        "vulnerability-management", "7.6", "Vulnerability response"
    ),
    "data-acquisition": Described("situational-awareness", "8.1", "Data acquisition"),
    "analysis-and-synthesis": Described("situational-awareness", "8.2", "Analysis and synthesis"),
    "communication": Described("situational-awareness", "8.3", "Communication"),
    "awareness-building": Described("knowledge-transfer", "9.1", "Awareness building"),
    "training-and-education": Described("knowledge-transfer", "9.2", "Training and education"),
    "exercises": Described("knowledge-transfer", "9.3", "Exercises"),
    "technical-and-policy-advisory": Described(
        "knowledge-transfer", "9.4", "Technical and policy advisory"
    ),
}

AREAS: dict[Area, str] = {
    "event-management": "Event management",
    "incident-management": "Incident management",
    "vulnerability-management": "Vulnerability management",
    "situational-awareness": "Situational awareness",
    "knowledge-transfer": "Knowledge transfer",
}

EVERYDAY: dict[str, Service] = {
    # What people say at 03:00 for what the framework calls otherwise.
    "incident-response": "mitigation-and-recovery",
    "ddos-mitigation": "mitigation-and-recovery",
    "scrubbing": "mitigation-and-recovery",
    "recovery": "mitigation-and-recovery",
    "forensics": "artifact-and-forensic-analysis",
    "malware-analysis": "artifact-and-forensic-analysis",
    "monitoring": "monitoring-and-detection",
    "detection": "monitoring-and-detection",
    "coordination": "incident-coordination",
    "crisis-support": "crisis-management-support",
    "threat-intelligence": "analysis-and-synthesis",
    "training": "training-and-education",
    "advice": "technical-and-policy-advisory",
}


def service_of(text: str) -> Service:
    """The service that somebody named, by our word or an everyday one.

    Raises:
        ValueError: it is neither; with the nearest known word.
    """
    word = "-".join(text.strip().casefold().split())
    for service in SERVICES:
        if word == service:
            return service
    if word in EVERYDAY:
        return EVERYDAY[word]
    near = difflib.get_close_matches(word, [*SERVICES, *EVERYDAY], n=1)
    hint = f"did you mean {near[0]!r}?" if near else "use one of " + ", ".join(SERVICES)
    msg = f"{text[:40]!r} is not a service of the framework; {hint}"
    raise ValueError(msg)


def _named(value: Any) -> Any:
    return service_of(value) if isinstance(value, str) else value


NamedService = Annotated[Service, BeforeValidator(_named, json_schema_input_type=str)]
"""For models of what people write: takes the everyday words too, and keeps the framework's."""
