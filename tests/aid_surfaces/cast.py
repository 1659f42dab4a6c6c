"""Four members that can help each other, small enough to know by heart."""

from __future__ import annotations

import json
from typing import Any

from coalition.domain.members import Coalition

Json = dict[str, Any]

PEOPLE: dict[str, tuple[str, str, dict[str, tuple[str, str, tuple[str, ...]]]]] = {
    "ee": (
        "CERT-EE",
        "T3",
        {
            "ee-alice": ("Alice Tamm", "U01ALICE", ("operator", "approver")),
            "ee-mart": ("Mart Saar", "U02MARTTT", ("operator", "approver")),
        },
    ),
    "lv": (
        "CERT-LV",
        "T3",
        {
            "lv-inga": ("Inga Ozola", "U03INGAAA", ("operator", "approver")),
            "lv-juris": ("Juris Liepa", "U04JURISS", ("operator",)),
        },
    ),
    "fi": (
        "NCSC-FI",
        "T3",
        {
            "fi-mikko": ("Mikko Virtanen", "U05MIKKOO", ("operator", "approver")),
            "fi-aino": ("Aino Laine", "U06AINOOO", ("operator", "approver")),
        },
    ),
    "lt": ("NKSC-LT", "T2", {"lt-jonas": ("Jonas Kazlauskas", "U07JONASS", ("operator",))}),
}
ALICE, MART, INGA, JURIS = "U01ALICE", "U02MARTTT", "U03INGAAA", "U04JURISS"
MIKKO, AINO, JONAS = "U05MIKKOO", "U06AINOOO", "U07JONASS"

CAPABILITIES: dict[str, list[Json]] = {
    "lv": [
        {
            "id": "lv-ir-team",
            "service": "incident-response",
            "kind": "team",
            "size": 6,
            "mode": "remote",
            "notice": "4h",
            "max_days": 14,
            "languages": ["en", "lv"],
        }
    ],
    "fi": [
        {
            "id": "fi-scrubbing",
            "service": "scrubbing",
            "kind": "infrastructure",
            "size": 100,
            "unit": "gbit-s",
            "notice": "1h",
            "max_days": 30,
            "cost": {"per_day": 1000, "currency": "EUR"},
        },
        {
            "id": "fi-old-team",
            "service": "incident-response",
            "kind": "team",
            "size": 3,
            "notice": "4h",
            "max_days": 7,
            "valid_until": "2026-11-22",
        },
    ],
}


def coalition(**charter: Any) -> Coalition:
    """The four; parts of the charter and `exercise` can be set, and the status of a member."""
    exercise = charter.pop("exercise", False)
    status = charter.pop("status", {})
    charter.setdefault("aid", {"clocks": {"second_wave": "0s"}})  # everybody is asked at once
    written = {
        "coalition": {"name": "Baltic Shield", "exercise": exercise},
        "charter": charter,
        "members": [_member(one, status.get(one, "active")) for one in PEOPLE],
    }
    return Coalition.model_validate_json(json.dumps(written))


def _member(one: str, status: str) -> Json:
    name, trust, people = PEOPLE[one]
    return {
        "id": one,
        "name": name,
        "country": one.upper(),
        "timezone": "Europe/Tallinn",
        "status": status,
        "trust": trust,
        "duty_phone": "+372 555 0100",
        "delegates": [
            {"id": id, "name": real, "slack": slack, "roles": list(roles)}
            for id, (real, slack, roles) in people.items()
        ],
        "channels": [
            {
                "kind": "webhook",
                "url": f"https://{one}.example/tocsin",
                "secret": {"env": f"{one.upper()}_SECRET"},
                "ceiling": "TLP:AMBER",
            }
        ],
        "capabilities": CAPABILITIES.get(one, []),
    }
