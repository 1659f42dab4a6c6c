"""A coalition of four, small enough to know by heart."""

from __future__ import annotations

import json
from typing import Any

from coalition.domain.members import Coalition

Json = dict[str, Any]

PEOPLE = {  # member -> (name, trust, delegate name, Slack id)
    "ee": ("CERT-EE", "T3", "Alice Tamm", "U01ALICE"),
    "lv": ("CERT.LV", "T3", "Bruno Kalns", "U02BRUNO"),
    "lt": ("NKSC", "T2", "Daiva Petrauskė", "U03DAIVA"),
    "fi": ("NCSC-FI", "T1", "Eero Laine", "U04EEROO"),
}


def coalition(**charter: Any) -> Coalition:
    """Four members; `slack_ceiling` and other parts of the charter can be set."""
    exercise = charter.pop("exercise", False)
    written = {
        "coalition": {"name": "Baltic Shield", "exercise": exercise},
        "charter": charter,
        "members": [_member(one, *facts) for one, facts in PEOPLE.items()],
    }
    return Coalition.model_validate_json(json.dumps(written))


def _member(one: str, name: str, trust: str, person: str, slack: str) -> Json:
    return {
        "id": one,
        "name": name,
        "country": one.upper(),
        "timezone": "Europe/Tallinn",
        "status": "active",
        "trust": trust,
        "duty_phone": "+372 555 0100",
        "delegates": [
            {
                "id": f"{one}-{person.split(maxsplit=1)[0].lower()}",
                "name": person,
                "slack": slack,
                "roles": ["operator", "approver"],
            },
            {
                "id": f"{one}-voter",
                "name": f"Voter of {name}",
                "slack": f"U0VOTER{one.upper()}",
                "roles": ["voter"],
            },
        ],
        "channels": [
            {
                "kind": "webhook",
                "url": f"https://{one}.example/tocsin",
                "secret": {"env": f"{one.upper()}_SECRET"},
                "ceiling": "TLP:AMBER",
            }
        ],
    }
