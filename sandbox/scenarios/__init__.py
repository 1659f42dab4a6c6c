"""Scenarios: a coalition, its people, and how they behave. Data, not code.

A scenario is a folder with `coalition.yaml` (a template: `$url` is the sandbox's address, `$ack`
the time to acknowledge) and `scenario.yaml` (title, about, behaviours of the partners).

`openpgp: [lt]` in `scenario.yaml` names partners that get an OpenPGP key for the run, where gpg is
there; `$lt_mail` in the template then stands for that key and TLP:AMBER+STRICT, else for TLP:GREEN.
"""

from __future__ import annotations

import base64
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from ruamel.yaml import YAML

_HERE = Path(__file__).resolve().parent
_YAML = YAML(typ="safe")


PLAIN, SEALED = "ceiling: TLP:GREEN", "ceiling: TLP:AMBER+STRICT"


class ScenarioError(ValueError):
    """There is no such scenario; the text names those there are."""


@dataclass(frozen=True)
class Scenario:
    """One scenario at one speed. `secrets` are made anew for every run."""

    name: str
    title: str
    about: str
    speed: float
    url: str
    coalition_text: str
    coalition: dict[str, Any]
    behaviours: dict[str, Any]
    secrets: dict[str, str]

    def seed(self, hub: str, manifest: dict[str, Any] | None) -> dict[str, Any]:
        """Return the sandbox's seed: every delegate a user, every member a partner."""
        members = self.coalition["members"]
        users = [
            {
                "id": person["slack"],
                "name": person["id"],
                "real_name": person["name"],
                "email": person.get("email", ""),
                "tz": member["timezone"],
                "member": member["id"],
            }
            for member in members
            for person in member["delegates"]
        ]
        slack: dict[str, Any] = {
            "workspace": {"name": self.coalition["coalition"]["name"]},
            "users": users,
            "channels": [
                {
                    "name": "duty-officers",
                    "topic": "Duty officers of all members. Type /incident to begin.",
                    "members": [user["id"] for user in users],
                    "is_general": True,
                }
            ],
        }
        if manifest:
            slack["manifest"] = manifest
        return {
            "slack": slack,
            "partners": [self._partner(member) for member in members],
            "hub_url": hub,
            "speed": self.speed,
        }

    def _partner(self, member: dict[str, Any]) -> dict[str, Any]:
        channels = member["channels"]
        partner: dict[str, Any] = {
            "id": member["id"],
            "name": member["name"],
            "timezone": member["timezone"],
            "mail": [channel["to"] for channel in channels if channel["kind"] == "email"],
            **self.behaviours.get(member["id"], {}),
        }
        for channel in channels:
            if channel["kind"] == "webhook":
                partner["webhook"] = {"secret": self.secrets[channel["secret"]["env"]]}
        return partner


def names() -> list[str]:
    """Return the scenarios there are."""
    return sorted(folder.parent.name for folder in _HERE.glob("*/scenario.yaml"))


def ack_seconds(name: str, speed: float = 1.0) -> int:
    """How long a partner of this scenario has to acknowledge. Raises `ScenarioError`."""
    # A deadline below two seconds would be about this machine, not about people.
    seconds: float = _about(name)["ack_seconds"]
    return max(2, math.ceil(seconds / speed))


def with_keys(name: str) -> dict[str, tuple[str, str]]:
    """The partners of a scenario that are to have a key: {id: (name, mail address)}."""
    about, text = _about(name), _template(name).safe_substitute(url="http://127.0.0.1", ack="1s")
    wanted = about.get("openpgp", ())
    plain = {f"{id.replace('-', '_')}_mail": PLAIN for id in wanted}
    members = {one["id"]: one for one in _YAML.load(Template(text).substitute(plain))["members"]}
    return {
        id: (members[id]["name"], channel["to"])
        for id in wanted
        for channel in members[id]["channels"]
        if channel["kind"] == "email"
    }


def key_file(id: str) -> str:
    """Where the public key of a partner stands, beside the coalition file."""
    return f"keys/{id}.asc"


def load(
    name: str, url: str, speed: float = 1.0, fingerprints: Mapping[str, str] | None = None
) -> Scenario:
    """Return a scenario whose coalition is reached at `url`. Raises `ScenarioError`.

    `fingerprints`: of the partners that have got a key.
    """
    about, pinned = _about(name), fingerprints or {}
    mail = {
        f"{id.replace('-', '_')}_mail": f"openpgp: {pinned[id]}, key: {key_file(id)}, {SEALED}"
        if id in pinned
        else PLAIN
        for id in about.get("openpgp", ())
    }
    text = _template(name).substitute(mail, url=url, ack=f"{ack_seconds(name, speed)}s")
    coalition = _YAML.load(text)
    wanted = {
        channel["secret"]["env"]
        for member in coalition["members"]
        for channel in member["channels"]
        if channel["kind"] == "webhook"
    }
    return Scenario(
        name=name,
        title=about["title"],
        about=about["about"].strip(),
        speed=speed,
        url=url,
        coalition_text=text,
        coalition=coalition,
        behaviours=about["partners"],
        secrets={variable: _secret() for variable in sorted(wanted)},
    )


def _template(name: str) -> Template:
    return Template((_HERE / name / "coalition.yaml").read_text(encoding="utf-8"))


def _about(name: str) -> dict[str, Any]:
    if name not in names():
        msg = f"there is no scenario {name!r}; there are: {', '.join(names())}"
        raise ScenarioError(msg)
    text = (_HERE / name / "scenario.yaml").read_text(encoding="utf-8")
    about: dict[str, Any] = _YAML.load(text)
    return about


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
