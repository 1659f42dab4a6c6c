"""A small coalition, an incident in it and its notices, on the in-memory twins: all real parts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import workers.desk
from coalition.application.policies import react
from coalition.bootstrap import Tocsin, assemble_memory
from coalition.domain.incident.commands import IssueNotice, OpenIncident
from coalition.domain.members import Coalition
from coalition.domain.messages import Actor, canonical
from coalition.settings import load_settings
from workers.http import open_session
from workers.notices import handle
from workers.running import Running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from coalition.application.ports import Claim
    from coalition.domain.messages import Command
    from workers.context import WorkerContext
    from workers.http import Lookup

INCIDENT = "INC-2026-0007"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ALICE = Actor(kind="delegate", member="ee", delegate="ee-alice", via="slack")
TEXT = "Two banks are under an HTTP flood of 40 Gbit/s. The sources are mostly abroad."


class Clock:
    """Stands still until it is moved; starts now, because receivers look at their own clocks."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


def webhook(url: str, ceiling: str = "TLP:AMBER", env: str = "LV_SECRET") -> dict[str, Any]:
    return {"kind": "webhook", "url": url, "secret": {"env": env}, "ceiling": ceiling}


def email(to: str = "cert@cert.lv.example", ceiling: str = "TLP:GREEN") -> dict[str, Any]:
    return {"kind": "email", "to": to, "ceiling": ceiling}


def member(id: str, channels: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """An active member of trust T3 with one operator."""
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id.upper(),
        "timezone": "Europe/Riga",
        "status": "active",
        "trust": "T3",
        "duty_phone": "+371 555 0200",
        "sectors": ["energy"],
        "delegates": [{"id": f"{id}-op", "name": f"Op {id.upper()}", "roles": ["operator"]}],
        "channels": list(channels),
        **more,
    }


def coalition(*members: Mapping[str, Any], exercise: bool = False) -> Coalition:
    """Baltic Shield: CERT-EE with Alice, and these."""
    alice = {"id": "ee-alice", "name": "Alice Tamm", "roles": ["operator", "approver"]}
    first = member("ee", name="CERT-EE", duty_phone="+372 555 0100", delegates=[alice])
    identity = {"name": "Baltic Shield", "exercise": exercise}
    return Coalition.model_validate_json(
        canonical({"coalition": identity, "members": [first, *members]})
    )


@dataclass
class Stage:
    """What a test plays on."""

    tocsin: Tocsin
    running: Running
    clock: Clock
    commands: int = 0

    def tell(self, command: type[Command], actor: Actor = ALICE, **fields: Any) -> None:
        """Carry out one command about the incident."""
        self.commands += 1
        about = {"id": f"c{self.commands}", "at": self.clock.now(), "actor": actor}
        self.tocsin.dispatcher.execute(
            command.model_validate({**about, "incident": INCIDENT, **fields})
        )

    def issue(self, *to: str, **fields: Any) -> list[Claim]:
        """Issue a notice to these members; returns the sendings, claimed from the ledger."""
        fields = {"kind": "alert", "to": to or ("lv",), "text": TEXT} | fields
        self.tell(IssueNotice, **fields)
        return self.claims()

    def claims(self) -> list[Claim]:
        """The sendings that the newest record calls for, claimed from the ledger."""
        (newest,) = self.tocsin.log.tail("incident", INCIDENT, 1)
        effects = [one for one in react(newest, self.tocsin.view) if one.kind == "notice.send"]
        self.tocsin.ledger.plan(effects)
        claims = self.tocsin.ledger.claim("token", 1000, 60_000)
        return [one for one in claims if one.kind == "notice.send"]

    def looked_again(self) -> None:
        """As if the second had passed for which workers do not look at what they have seen."""
        workers.desk._desks.clear()

    async def send(self, claim: Claim) -> dict[str, Any]:
        """Carry out one sending as a drain would."""
        context = cast("WorkerContext", self.running.context(claim, "token"))
        return await handle(context, claim)


@asynccontextmanager
async def stage(
    folder: Path,
    members: Sequence[Mapping[str, Any]],
    *,
    exercise: bool = False,
    tlp: str = "TLP:GREEN",
    private_targets: str = "127.0.0.0/8",
    lookup: Lookup | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """An open incident (S2, TLP:GREEN unless said otherwise) of CERT-EE among these members."""
    given = {"data_dir": folder, "public_url": "http://127.0.0.1:8470", **settings}
    loaded = load_settings(private_targets=private_targets, **given)
    clock = Clock()
    tocsin = assemble_memory(coalition(*members, exercise=exercise), clock, loaded)
    running = Running(tocsin)
    running._http = open_session(loaded, lookup=lookup)
    play = Stage(tocsin, running, clock)
    play.tell(
        OpenIncident,
        title="DDoS on two banks",
        severity="S2",
        tlp=tlp,
        kind="ddos",
        invite=tuple(str(one["id"]) for one in members),
        exercise=exercise,
    )
    try:
        yield play
    finally:
        await running.close()
