"""The coalition of the scenarios: what its file says, and who is in its workspace.

CERT-EE raises the alarms. The others differ in how they can be reached: CERT-LV by webhook, then
mail; NKSC-LT by mail alone; NCSC-FI by webhook, and it answers by the signed API; SI-CERT left.
"""

from __future__ import annotations

import base64
from typing import Any

Json = dict[str, Any]

SECRET = "whsec_" + base64.b64encode(b"scenario-scenario-scenario-12345").decode()
LOBBY = "lobby"
ALICE, MART, LEGAL = "ee-alice", "ee-mart", "ee-liis"
INGA, JONAS, MIKKO, MAJA = "lv-inga", "lt-jonas", "fi-mikko", "si-maja"
STRANGER = "mallory"

MEMBERS: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "ee": ("CERT-EE", "Europe/Tallinn", "T3", "+372 555 0100", ("webhook", "email")),
    "lv": ("CERT-LV", "Europe/Riga", "T3", "+371 555 0100", ("webhook", "email")),
    "lt": ("NKSC-LT", "Europe/Vilnius", "T3", "+370 555 0100", ("email",)),
    "fi": ("NCSC-FI", "Europe/Helsinki", "T3", "+358 555 0100", ("webhook", "email")),
    "si": ("SI-CERT", "Europe/Ljubljana", "T2", "+386 555 0100", ("email",)),
}
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    ALICE: ("Alice Tamm", ("operator", "approver", "voter")),
    MART: ("Mart Saar", ("operator", "approver")),
    LEGAL: ("Liis Kask", ("legal",)),
    INGA: ("Inga Ozola", ("operator", "approver", "voter")),
    JONAS: ("Jonas Kazlauskas", ("operator",)),
    MIKKO: ("Mikko Virtanen", ("operator",)),
    MAJA: ("Maja Novak", ("operator",)),
}
LEFT = ("si",)


def slack_id(person: str) -> str:
    """The Slack account of a delegate, or of the stranger."""
    return f"U0{person.upper().replace('-', '')}"


def coalition(url: str) -> Json:
    """The coalition file, as data (JSON is YAML). An hour to acknowledge, unless a notice says."""
    return {
        "coalition": {"name": "Baltic Shield", "exercise": False},
        "charter": {
            "ack_deadline": {f"S{rank}": "1h" for rank in range(5)},
            "slack_ceiling": "TLP:AMBER",
        },
        "members": [_member(id, url) for id in MEMBERS],
    }


def _member(id: str, url: str) -> Json:
    name, timezone, trust, phone, channels = MEMBERS[id]
    return {
        "id": id,
        "name": name,
        "country": id.upper(),
        "timezone": timezone,
        "languages": ["en"],
        "status": "left" if id in LEFT else "active",
        "trust": trust,
        "duty_phone": phone,
        "delegates": [
            {"id": person, "name": real, "slack": slack_id(person), "roles": list(roles)}
            for person, (real, roles) in PEOPLE.items()
            if person.startswith(f"{id}-")
        ],
        "channels": [_channel(kind, id, url) for kind in channels],
    }


def _channel(kind: str, id: str, url: str) -> Json:
    if kind == "email":
        return {"kind": kind, "to": f"cert@{id}.example", "ceiling": "TLP:GREEN"}
    return {
        "kind": kind,
        "url": f"{url}/partners/{id}/webhook",
        "secret": {"env": "SCENARIO_SECRET"},
        "ceiling": "TLP:AMBER",
    }


def seed(hub: str, manifest: Json) -> Json:
    """The sandbox's seed: everybody, in one lobby; the partners do nothing unless told to."""
    people = {**{id: real for id, (real, _) in PEOPLE.items()}, STRANGER: "Mallory Mole"}
    return {
        "hub_url": hub,
        "slack": {
            "manifest": manifest,
            "workspace": {"name": "Baltic Shield"},
            "users": [
                {"id": slack_id(id), "name": id, "real_name": real, "member": id[:2]}
                for id, real in people.items()
            ],
            "channels": [{"name": LOBBY, "is_general": True}],
        },
        "partners": [
            {
                "id": id,
                "name": name,
                "timezone": timezone,
                "mail": [f"cert@{id}.example"],
                **({"webhook": {"secret": SECRET}} if "webhook" in channels else {}),
            }
            for id, (name, timezone, _, _, channels) in MEMBERS.items()
        ],
    }
