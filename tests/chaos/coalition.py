"""A coalition of one asker and twelve partners, as a file and as the sandbox's seed."""

from __future__ import annotations

import base64
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"chaos-chaos-chaos-chaos-chaos-32").decode()
PARTNERS = 12
ASKER = "asker-ann"


def members() -> list[str]:
    """The partners' ids."""
    return [f"p{number}" for number in range(1, PARTNERS + 1)]


def _member(id: str, url: str, *, mail_only: bool) -> dict[str, Any]:
    mail = {"kind": "email", "to": f"cert@{id}.example", "ceiling": "TLP:GREEN"}
    hook = {
        "kind": "webhook",
        "url": f"{url}/partners/{id}/webhook",
        "secret": {"env": "CHAOS_SECRET"},
        "ceiling": "TLP:AMBER",
    }
    return {
        "id": id,
        "name": f"CERT {id}",
        "country": "EE",
        "timezone": "Europe/Tallinn",
        "languages": ["en"],
        "status": "active",
        "trust": "T3",
        "duty_phone": "+372 555 0100",
        "delegates": [
            {
                "id": f"{id}-ann",
                "name": f"Ann {id}",
                "slack": f"U0{id.upper()}",
                "roles": ["operator"],
            }
        ],
        "channels": [mail] if mail_only else [hook, mail],
    }


def coalition(url: str) -> dict[str, Any]:
    """The coalition file, as data. Every fourth partner has nothing but mail."""
    partners = [_member(id, url, mail_only=number % 4 == 3) for number, id in enumerate(members())]
    return {
        "coalition": {"name": "Chaos", "exercise": False},
        "charter": {
            "quorum": "2/3",
            "activation_sunset": "30d",
            "vote_window": "24h",
            "silence_window": "48h",
            "ack_deadline": {f"S{number}": "1h" for number in range(5)},
        },
        "members": [_member("asker", url, mail_only=False), *partners],
    }


def seed(hub: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """The sandbox's seed: a third answers at once, a third later, a third never."""
    people = ["asker", *members()]
    partners = [
        {
            "id": id,
            "name": f"CERT {id}",
            "timezone": "Europe/Tallinn",
            "webhook": {"secret": SECRET},
            "mail": [f"cert@{id}.example"],
            "behaviour": {"ack_after_seconds": (0.2, 2.0, None)[number % 3]},
        }
        for number, id in enumerate(people)
    ]
    slack = {
        "workspace": {"name": "Chaos"},
        "manifest": manifest,
        "users": [
            {"id": f"U0{id.upper()}", "name": f"{id}-ann", "real_name": f"Ann {id}", "member": id}
            for id in people
        ],
        "channels": [
            {"name": "lobby", "members": [f"U0{id.upper()}" for id in people], "is_general": True}
        ],
        "app": {"socket_mode": True},
    }
    return {"slack": slack, "partners": partners, "hub_url": hub, "speed": 1.0}
