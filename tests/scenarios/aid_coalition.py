"""Three members that help each other: one in Slack, one with sealed mail alone, one with a webhook.

CERT-EE asks and acts in Slack, and has no other channel. Nobody who signs for NKSC-LT or NCSC-FI
has a Slack account; Aino of NCSC-FI has one, with no say, so that she can be a mission's guest.
The sandbox gives every partner a mailbox and a webhook, so that what goes astray is seen.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coalition.adapters.gnupg_calls import stop_agent
from coalition.adapters.openpgp import Keyring
from coalition.adapters.openpgp_hub import make_hub_key, public_hub_key
from coalition.bootstrap import Tocsin, assemble
from coalition.settings import load_settings
from sandbox.partners.openpgp import PartnerKeys, Post, partners_with_keys
from tests.scenarios.coalition import ALICE, MART, SECRET, Json, slack_id
from tests.scenarios.house import House

JONAS, RUTA, MIKKO, AINO = "lt-jonas", "lt-ruta", "fi-mikko", "fi-aino"
TEAM, SCRUBBING = "lt-ir-team", "fi-scrubbing"
MAILBOX = "cert@lt.example"

NAMES = {"ee": "CERT-EE", "lt": "NKSC-LT", "fi": "NCSC-FI"}
PEOPLE: dict[str, tuple[str, tuple[str, ...]]] = {
    ALICE: ("Alice Tamm", ("operator", "approver")),
    MART: ("Mart Saar", ("operator", "approver")),
    JONAS: ("Jonas Kazlauskas", ("operator", "approver")),
    RUTA: ("Ruta Petraite", ("operator",)),
    MIKKO: ("Mikko Virtanen", ("operator", "approver")),
    AINO: ("Aino Laine", ("voter",)),
}
IN_SLACK = (ALICE, MART, AINO)
CAPABILITIES: dict[str, list[Json]] = {
    "lt": [
        {"id": TEAM, "service": "incident-response", "kind": "team", "size": 6, "mode": "remote",
         "notice": "4h", "max_days": 14},
    ],
    "fi": [
        {"id": SCRUBBING, "service": "scrubbing", "kind": "infrastructure", "size": 100,
         "unit": "gbit-s", "notice": "1h", "max_days": 30},
    ],
}  # fmt: skip


class AidHouse(House):
    """A house for these three, whose hub and whose Lithuanian partner have OpenPGP keys."""

    def __init__(self, folder: Path, gnupg: Path, post: Post) -> None:
        super().__init__(folder)
        self.gnupg = gnupg
        self.post = post
        self.partners.world.post = post

    def _seed(self) -> Json:
        seed = super()._seed() | {"partners": [_partner(id) for id in NAMES]}
        seed["slack"]["users"] = [
            {"id": slack_id(one), "name": one, "real_name": PEOPLE[one][0], "member": one[:2]}
            for one in IN_SLACK
        ]
        return seed

    @property
    def environment(self) -> dict[str, str]:
        """As usual, with this coalition's file, and mail that can be sealed and comes in."""
        return super().environment | {
            "TOCSIN_COALITION": str(self.folder / "aid.yaml"),
            "TOCSIN_GNUPG_HOME": str(self.gnupg),
            "TOCSIN_MAIL_DROP": str(self.post.drop),
        }

    def start_all(self) -> None:
        """Write the coalition file with the key that it pins, then start everything."""
        keys = self.post.keys["lt"]
        (self.folder / "lt.asc").write_text(keys.public, encoding="ascii")
        said = json.dumps(coalition(self.sandbox.url, keys))
        (self.folder / "aid.yaml").write_text(said, encoding="utf-8")
        super().start_all()

    def record(self) -> Tocsin:
        """The application over the house's own log, to read what has been recorded."""
        told = self.environment
        return assemble(
            load_settings(
                coalition=told["TOCSIN_COALITION"],
                data_dir=told["TOCSIN_DATA_DIR"],
                redis_url=told["TOCSIN_REDIS_URL"],
                gnupg_home=told["TOCSIN_GNUPG_HOME"],
            )
        )


@contextmanager
def aid_house(folder: Path) -> Iterator[AidHouse]:
    """The running house; keys and agents go with it. Needs gpg."""
    # A short path leaves room for the sockets of the agents.
    with tempfile.TemporaryDirectory(prefix="pgp", ignore_cleanup_errors=True) as short:
        home = Path(short) / "hub"
        keyring = Keyring(home)
        try:
            make_hub_key(keyring, name="Tocsin (test)", mail="tocsin@tocsin.example", years=1)
            hub_key = public_hub_key(keyring).encode("ascii")
            with (
                partners_with_keys({"lt": (NAMES["lt"], MAILBOX)}, hub_key) as keys,
                AidHouse(folder, home, Post(keys, folder / "maildrop")) as running,
            ):
                yield running
        finally:
            stop_agent(home)


def coalition(url: str, keys: PartnerKeys) -> Json:
    """The coalition file, as data. Everybody is asked at once."""
    channels: dict[str, list[Json]] = {
        "ee": [],
        "lt": [
            {"kind": "email", "to": MAILBOX, "openpgp": keys.fingerprint, "key": "lt.asc",
             "ceiling": "TLP:AMBER+STRICT"},
        ],
        "fi": [
            {"kind": "webhook", "url": f"{url}/partners/fi/webhook", "ceiling": "TLP:AMBER",
             "secret": {"env": "SCENARIO_SECRET"}},
        ],
    }  # fmt: skip
    return {
        "coalition": {"name": "Baltic Shield", "exercise": False},
        "charter": {
            "ack_deadline": {f"S{rank}": "1h" for rank in range(5)},
            "slack_ceiling": "TLP:AMBER",
            "aid": {"clocks": {"second_wave": "0s"}},
        },
        "members": [_member(id, channels[id]) for id in NAMES],
    }


def _member(id: str, channels: list[Json]) -> Json:
    return {
        "id": id,
        "name": NAMES[id],
        "country": id.upper(),
        "timezone": "Europe/Tallinn",
        "languages": ["en"],
        "status": "active",
        "trust": "T3",
        "duty_phone": "+372 555 0100",
        "delegates": [_delegate(person) for person in PEOPLE if person.startswith(f"{id}-")],
        "channels": channels,
        "capabilities": CAPABILITIES.get(id, []),
    }


def _delegate(person: str) -> Json:
    name, roles = PEOPLE[person]
    account: dict[str, Any] = {"slack": slack_id(person)} if person in IN_SLACK else {}
    return {"id": person, "name": name, "roles": list(roles), **account}


def _partner(id: str) -> Json:
    address = f"cert@{id}.example"
    return {"id": id, "name": NAMES[id], "mail": [address], "webhook": {"secret": SECRET}}
