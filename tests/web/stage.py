"""A whole Tocsin in memory, a clock that is set by hand, and an incident with everything in it."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coalition.adapters import memory
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
from coalition.domain.receipts import Receipt
from coalition.domain.run.commands import AdvanceRun, ReportStep, StartRun
from coalition.domain.run.facts import facts_of
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

    def ids(self, aggregate: str) -> list[str]:
        self._check()
        return self._log.ids(aggregate)


class Playbooks:
    """One playbook in force."""

    def playbooks(self) -> list[Playbook]:
        return [Playbook.model_validate_json(canonical(PLAYBOOK))]


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
    tocsin = Tocsin(
        settings=Settings(public_url=public_url, data_dir=data),
        coalition=coalition or people(),
        log=log,
        outbox=memory.MemoryOutbox(store),
        ledger=memory.MemoryLedger(store),
        timers=memory.MemoryTimers(store),
        documents=memory.MemoryDocuments(store),
        clock=clock,
        presence=MemoryPresence(clock),
        signin_links=MemorySigninLinks(clock),
        tallies=MemoryTallies(),
        playbook_source=Playbooks(),
        secret_key="k" * 64,
    )
    return Stage(tocsin, clock, log)


def night_of_the_banks(at: Stage) -> str:
    """Play an incident in which everything the board can show has happened; return its id."""
    incident = at.open(invite=("lv", "lt", "fi", "pl", "se", "no"))
    for step, state, detail in (
        ("create", "done", "#inc-2026-0007"),
        ("topic", "done", ""),
        ("invite", "degraded", "2 delegates have no Slack account"),
        ("headline", "done", ""),
        ("pin", "failed", "missing_scope: pins:write"),
    ):
        at.tell(c.RecordRoomStep, incident=incident, step=step, state=state, detail=detail)
    run = _start_run(at, incident)
    at.clock.wait(seconds=40)
    _first_notice(at, incident)
    at.tell(
        ReportStep,
        run=run,
        step="tell",
        attempt=1,
        ok=True,
        output={"notice": 1, "told": ["lv", "lt", "fi", "pl", "se", "no"]},
    )
    at.tell(
        c.AddTask,
        "ee-alice",
        incident=incident,
        text="Ask the carrier for scrubbing",
        assignee="ee-alice",
    )
    at.tell(c.AddTask, "ee-alice", incident=incident, text="Tell the banks' association")
    at.tell(c.CompleteTask, "ee-alice", incident=incident, task=2)
    at.clock.wait(minutes=6)
    at.tell(
        c.PostUpdate,
        "ee-alice",
        incident=incident,
        next_in=timedelta(minutes=30),
        text="Peak of 90 Gbit/s at 03:10 UTC. Sources in 78 countries. Scrubbing begins.",
    )
    at.tell(
        c.AddNote,
        "lv-jnis",
        incident=incident,
        author="lv-jnis",
        text="We see the same reflectors; the first packets came at 02:51 UTC.",
    )
    _second_notice(at, incident)
    at.tell(
        c.RaiseAlarm,
        incident=incident,
        subject="silent:1:no",
        text="NorCERT has not acknowledged notice 1 on any channel.",
        fallback="Phone NorCERT: +306 555 0100",
    )
    return incident


def _start_run(at: Stage, incident: str) -> str:
    playbook = at.tocsin.playbooks.named("cross-border-ddos")
    pinned = at.tocsin.playbooks.pin(playbook)
    facts = facts_of(at.tocsin.dispatcher.read("incident", incident))
    run = f"{incident}-r1"
    at.tell(
        StartRun,
        "ee-alice",
        run=run,
        incident=incident,
        playbook=pinned,
        name=playbook.playbook,
        facts=facts,
    )
    return run


def _first_notice(at: Stage, incident: str) -> None:
    told = ("lv", "lt", "fi", "pl", "se", "no", "ie")
    at.tell(
        c.IssueNotice,
        "ee-alice",
        incident=incident,
        kind="alert",
        to=told,
        answers=("acknowledge", "accept", "decline", "need_info"),
        text="DDoS on two Estonian banks and eesti.ee since 02:51 UTC. Expect more.",
        ask="Can you filter the attached sources at your borders?",
        ack_within=timedelta(minutes=5),
    )
    receipts(at, incident, 1, "delivered", "lv", "lt", "fi", "pl", "no")
    receipts(at, incident, 1, "failed", "se")
    at.clock.wait(seconds=75)
    answer(at, incident, 1, "lv", "accept", "Filtering at LIX from 03:20 UTC.", "Jānis Bērziņš")
    answer(at, incident, 1, "fi", "acknowledge", "", "Aino Virtanen")
    answer(at, incident, 1, "pl", "need_info", "Which prefixes?", "Ewa Nowak")


def _second_notice(at: Stage, incident: str) -> None:
    at.tell(
        c.IssueNotice,
        "ee-alice",
        incident=incident,
        kind="mutual_aid_request",
        to=("lv", "fi"),
        answers=("accept", "decline", "need_info"),
        text="We need two analysts for log work.",
        ask="Can you send somebody for two days?",
        ack_within=timedelta(hours=1),
    )
    receipts(at, incident, 2, "delivered", "lv", "fi")
    answer(at, incident, 2, "lv", "decline", "Nobody free before Monday.", "Jānis Bērziņš")


def receipts(at: Stage, incident: str, notice: int, stage: str, *members: str) -> None:
    """Let the sendings to these members end so."""
    got = tuple(
        Receipt.model_validate(
            {
                "notice": notice,
                "member": member,
                "attempt": 1,
                "channel": 0,
                "stage": stage,
                "at": at.clock.now(),
            }
        )
        for member in members
    )
    at.tell(c.RecordReceipts, incident=incident, receipts=got)


def answer(
    at: Stage, incident: str, notice: int, member: str, word: str, note: str, by: str
) -> None:
    """Let a partner answer by signed webhook."""
    at.tell(
        c.AnswerNotice,
        f"@{member}",
        incident=incident,
        notice=notice,
        member=member,
        answer=word,
        note=note,
        by=by,
    )


__all__ = ["AdvanceRun", "Stage", "answer", "night_of_the_banks", "people", "receipts", "stage"]
