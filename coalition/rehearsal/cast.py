"""The coalition that is rehearsed with when no coalition file is named: six invented members."""

from __future__ import annotations

from typing import Any

from coalition.domain.members import Coalition
from coalition.domain.messages import canonical

MEMBERS: dict[str, dict[str, Any]] = {
    "ee": {"trust": "T4", "sectors": ["energy", "finance"], "dependencies": ["viasat-ka-sat"]},
    "lv": {"trust": "T3", "sectors": ["energy", "health"], "dependencies": ["viasat-ka-sat"]},
    "lt": {"trust": "T3", "sectors": ["health", "transport"]},
    "fi": {"trust": "T3", "sectors": ["telecom", "health"], "dependencies": ["viasat-ka-sat"]},
    "pl": {"trust": "T2", "sectors": ["energy", "government"]},
    "se": {"trust": "T1", "sectors": ["telecom"]},
}
"""What differs between them. Each has a webhook, a mail address, and the people of `_PEOPLE`."""

_PEOPLE = {
    "op": ["operator"],
    "ap": ["operator", "approver"],
    "vo": ["voter"],
    "legal": ["legal"],
}


def cast(members: dict[str, dict[str, Any]] | None = None) -> Coalition:
    """A coalition of these members (id -> what differs), or of the usual six.

    Delegates are called `<member>-op` (operator), `-ap` (operator and approver), `-vo` (voter) and
    `-legal`. Raises pydantic's ValidationError for what a coalition file could not say either.
    """
    raw = {
        "coalition": {"name": "Rehearsal", "exercise": False},
        "members": [_member(id, given) for id, given in (members or MEMBERS).items()],
    }
    return Coalition.model_validate_json(canonical(raw))


def _member(id: str, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id[:2].upper(),
        "timezone": "UTC",
        "status": "active",
        "trust": "T3",
        "duty_phone": "+00 555 0100",
        "delegates": [
            {"id": f"{id}-{short}", "name": f"{id.upper()} {short}", "roles": roles}
            for short, roles in _PEOPLE.items()
        ],
        "channels": _channels(id),
        **given,
    }


def _channels(id: str) -> list[dict[str, Any]]:
    web = {"url": f"https://cert.{id}.example/tocsin", "secret": {"env": f"{id.upper()}_SECRET"}}
    return [
        {"kind": "webhook", **web, "ceiling": "TLP:AMBER"},
        {"kind": "email", "to": f"cert@cert.{id}.example", "ceiling": "TLP:GREEN"},
    ]
