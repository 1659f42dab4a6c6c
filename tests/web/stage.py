"""A whole Tocsin in memory, a clock that is set by hand, and an incident with everything in it."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coalition.adapters import memory
from coalition.adapters.memory_mail import MemoryMailMemory
from coalition.adapters.memory_presence import MemoryPresence
from coalition.adapters.memory_signin import MemorySigninLinks
from coalition.adapters.memory_tallies import MemoryTallies
from coalition.application.ports import Appended, Stored
from coalition.application.signin import issue
from coalition.bootstrap import Tocsin
from coalition.domain.errors import TransientError
from coalition.domain.incident import commands as c
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, Actor, Command, canonical
from coalition.domain.playbook import Playbook
from coalition.settings import Settings

NIGHT = datetime(2026, 11, 21, 3, 14, 5, tzinfo=UTC)
PEOPLE = {
    "ee": ("CERT-EE", "EE", "Europe/Tallinn", "T4", "Alice Tamm"),
    "lv": ("CERT.LV", "LV", "Europe/Riga", "T3", "Jānis Bērziņš"),
    "lt": ("NKSC Lithuania", "LT", "Europe/Vilnius", "T3", "Rasa Kazlauskienė"),
    "fi": ("NCSC-FI", "FI", "Europe/Helsinki", "T3", "Aino Virtanen"),
    "pl": ("CERT Polska", "PL", "Europe/Warsaw", "T2", "Ewa Nowak"),
    "se": ("CERT-SE", "SE", "Europe/Stockholm", "T2", "Sven Ek"),
    "no": ("NorCERT", "NO", "Europe/Oslo", "T2", "Bjørn Dahl"),
    "ie": ("NCSC-IE", "IE", "Europe/Dublin", "T1", "Aoife Byrne"),
}

PLAYBOOK = {
    "playbook": "cross-border-ddos",
    "title": "Cross-border DDoS",
    "tlp": "TLP:AMBER",
    "steps": [
        {"id": "tell", "do": "notify", "to": ["participants"], "text": "DDoS on banks."},
        {
            "id": "acks",
            "do": "wait_for_acks",
            "of": "tell",
            "within": "15m",
            "if_late": [{"id": "phone", "do": "escalate", "of": "tell"}],
        },
        {"id": "logs", "do": "task", "text": "Collect flow logs of the last six hours"},
        {"id": "settle", "do": "wait", "for": "30m"},
        {"id": "sitrep", "do": "notify", "to": ["participants"], "text": "Where we stand."},
    ],
}


class SetClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, at: datetime = NIGHT) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def wait(self, **by: float) -> None:
        self.at += timedelta(**by)


class Breakable:
    """A log that can be made to fail, or to hang until it is let go."""

    def __init__(self, log: memory.MemoryLog) -> None:
        self._log = log
        self.broken = False
        self.let_go = threading.Event()
        self.let_go.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def _check(self) -> None:
        self.let_go.wait(30)
        if self.broken:
            raise TransientError("Redis does not answer: secret-host-name")

    def load(self, aggregate: str, id: str) -> Stored:
        self._check()
        return self._log.load(aggregate, id)

    def ids(self, aggregate: str, of: str = "") -> list[str]:
        self._check()
        return self._log.ids(aggregate, of)


class Playbooks:
    """One playbook in force."""

    def playbooks(self) -> list[Playbook]:
        return [Playbook.model_validate_json(canonical(PLAYBOOK))]

    def findings(self) -> list[str]:
        return []


def people(*, exercise: bool = False, **status: str) -> Coalition:
    """The coalition of the stage; `status` by member id, `active` where not named."""
    members = [
        {
            "id": id,
            "name": name,
            "country": country,
            "timezone": zone,
            "status": status.get(id, "active"),
            "trust": trust,
            "duty_phone": f"+{300 + number} 555 0100",
            "delegates": [
                {
                    "id": f"{id}-{person.split()[0].lower().encode('ascii', 'ignore').decode()}",
                    "name": person,
                    "slack": f"U0{id.upper()}1",
                    "roles": ["operator", "approver"],
                },
                {"id": f"{id}-duty", "name": f"{name} duty", "roles": ["operator"]},
                {"id": f"{id}-counsel", "name": f"{name} counsel", "roles": ["legal"]},
            ],
            "channels": [
                {
                    "kind": "webhook",
                    "url": f"https://cert.{id}.example/tocsin",
                    "secret": {"env": "SECRET"},
                    "ceiling": "TLP:AMBER",
                },
                {"kind": "email", "to": f"cert@cert.{id}.example", "ceiling": "TLP:GREEN"},
            ],
        }
        for number, (id, (name, country, zone, trust, person)) in enumerate(PEOPLE.items())
    ]
    raw = {"coalition": {"name": "Baltic Shield", "exercise": exercise}, "members": members}
    return Coalition.model_validate_json(canonical(raw))


@dataclass
class Stage:
    """The assembled Tocsin and the hands to move it with."""

    tocsin: Tocsin
    clock: SetClock
    log: Breakable
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def tell(self, command: type[Command], who: str = "", **fields: Any) -> Appended:
        """Carry out a command as this delegate (id), this partner (`@lv`), or Tocsin ("")."""
        if who.startswith("@"):
            actor = Actor(kind="partner", member=who[1:], via="webhook")
        elif who:
            member = who.partition("-")[0]
            actor = Actor(kind="delegate", member=member, delegate=who, via="slack")
        else:
            actor = SYSTEM
        about = {"id": f"c{next(self.numbers)}", "at": self.clock.now(), "actor": actor}
        return self.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))

    def open(self, number: int = 7, **fields: Any) -> str:
        """Open an incident by Alice of CERT-EE, and return its id."""
        usual: dict[str, Any] = {
            "incident": f"INC-2026-{number:04}",
            "title": "DDoS on two banks and the state portal",
            "severity": Severity.S2,
            "tlp": Tlp.AMBER,
            "kind": "ddos",
            "exercise": self.tocsin.coalition.exercise,
        }
        self.tell(c.OpenIncident, "ee-alice", **{**usual, **fields})
        return str({**usual, **fields}["incident"])

    def link(self, delegate: str = "ee-alice", **more: str) -> str:
        """Return the path of a sign-in link."""
        return issue(self.tocsin, delegate, **more)


def stage(
    coalition: Coalition | None = None,
    *,
    public_url: str = "http://board.test",
    data: Path = Path(),
) -> Stage:
    """Assemble it. Nothing is open yet."""
    clock = SetClock()
    store = memory.MemoryStore(clock)
    log = Breakable(memory.MemoryLog(store))
    shown = coalition or people()
    tocsin = Tocsin(
        settings=Settings(public_url=public_url, data_dir=data),
        source=lambda: shown,
        log=log,
        outbox=memory.MemoryOutbox(store),
        ledger=memory.MemoryLedger(store),
        timers=memory.MemoryTimers(store),
        documents=memory.MemoryDocuments(store),
        clock=clock,
        presence=MemoryPresence(clock),
        signin_links=MemorySigninLinks(clock),
        tallies=MemoryTallies(),
        mail_memory=MemoryMailMemory(clock),
        playbook_source=Playbooks(),
        secret_key="k" * 64,
    )
    return Stage(tocsin, clock, log)
