"""Mutual aid told by commands: three members and their pools, the real rules and policies.

Estonia asks, Latvia and Lithuania can scrub, Poland can send analysts, Malta is trusted too little
to be asked, Hungary is suspended. Time stands still until a test moves it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.adapters.memory_store import ManualClock, MemoryStore
from coalition.application.aid_commands import (
    answer_heard,
    asking,
    booking_heard,
    putting_terms,
    terms_sent,
)
from coalition.application.policies import react
from coalition.application.pools import pool_of
from coalition.application.verify import verify
from coalition.bootstrap import assemble_memory
from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.values import Need, Situation, Supply, Terms
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AnswerNotice, OpenIncident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, Actor, Command, Record, canonical
from workers.relay import timer_effect

if TYPE_CHECKING:
    from coalition.application.ports import Effect
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.incident.state import Incident
    from coalition.domain.pool.state import Pool

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
INCIDENT = "INC-2026-0007"
AID = "AID-2026-0003"
SCRUB = "mitigation-and-recovery"
FORENSICS = "artifact-and-forensic-analysis"

NEEDS = (
    Need(service=SCRUB, quantity=40, days=5, kind="infrastructure", about="Gbit/s"),
    Need(service=FORENSICS, quantity=4, days=10, kind="team"),
)
SITUATION = Situation(
    impact="Two banks are down.",
    spillover="Latvian branches depend on them.",
    planned_use="Scrub the traffic of both.",
    estimated_need="40 Gbit/s for five days.",
    mitigation="Rate limits at both providers.",
)
TERMS = Terms(
    legal_basis="charter",
    liability="Each side bears its own.",
    confidentiality="TLP:AMBER.",
    command="CERT-LV",
    operational_control="CERT-EE",
    cost_bearer="ee",
    cost_cap=1_000_000,
    currency="EUR",
    duration_days=30,
)


def capability(id: str, service: str = SCRUB, **changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"kind": "infrastructure", "size": 40, "unit": "gbit-s"}
    if service == FORENSICS:
        usual = {"kind": "team", "size": 6}
    return {
        "id": id,
        "service": service,
        "mode": "remote",
        "notice": "2h",
        "max_days": 14,
        **usual,
        **changes,
    }


def member(id: str, **changes: Any) -> dict[str, Any]:
    """`<id>-op` operator, `<id>-ap` and `<id>-ap2` approvers, `<id>-both`, `<id>-vo` voter only."""
    roles = {
        "op": ["operator"],
        "ap": ["approver"],
        "ap2": ["approver"],
        "both": ["operator", "approver"],
        "vo": ["voter"],
    }
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id.upper(),
        "timezone": "Europe/Tallinn",
        "status": "active",
        "trust": "T3",
        "duty_phone": f"+372 555 01{sum(map(ord, id)) % 100:02}",
        "delegates": [
            {
                "id": f"{id}-{short}",
                "name": f"{id.upper()} {short}",
                "slack": f"U{id.upper()}{short.upper()}",
                "roles": held,
            }
            for short, held in roles.items()
        ],
        "channels": [
            {
                "kind": "webhook",
                "url": f"https://cert.{id}.example/tocsin",
                "secret": {"env": f"{id.upper()}_SECRET"},
                "ceiling": "TLP:AMBER",
            }
        ],
        **changes,
    }


MEMBERS: dict[str, dict[str, Any]] = {
    "ee": {"capabilities": [capability("ee-scrub")]},
    "lv": {"capabilities": [capability("lv-scrub"), capability("lv-lab", FORENSICS)]},
    "lt": {"capabilities": [capability("lt-scrub", valid_until="2026-11-24")]},
    "pl": {"capabilities": [capability("pl-team", FORENSICS)], "reserve_floor": 2},
    "fi": {},
    "mt": {"trust": "T0", "capabilities": [capability("mt-scrub")]},
    "hu": {"status": "suspended"},
}


def coalition(charter: dict[str, Any] | None = None, **members: dict[str, Any]) -> Coalition:
    raw = {
        "coalition": {"name": "Baltic Shield"},
        "charter": charter or {},
        "members": [
            member(id, **{**usual, **members.get(id, {})}) for id, usual in MEMBERS.items()
        ],
    }
    return Coalition.model_validate_json(canonical(raw))


def person(id: str, via: str = "slack") -> Actor:
    return Actor(kind="delegate", member=id.partition("-")[0], delegate=id, via=via)


def partner(id: str, via: str = "webhook") -> Actor:
    return Actor(kind="partner", member=id, via=via)


class Engine:
    """A Tocsin in memory: real log, dispatcher, policies and timers; sendings go nowhere."""

    def __init__(self, rules: Coalition) -> None:
        self.clock = ManualClock(NOW)
        self.tocsin = assemble_memory(rules, self.clock)
        self.wanted: list[Effect] = []
        self.done: set[str] = set()

    def execute(self, command: Command) -> None:
        self.tocsin.dispatcher.execute(command)

    def settle(self) -> None:
        """Let everything follow that follows at this instant, in the order it was recorded."""
        while self.relay() or self.wanted:
            while self.wanted:
                self.carry_out(self.wanted.pop(0))

    def relay(self) -> bool:
        """Plan what the outbox calls for, as the relay does."""
        outbox = self.tocsin.outbox
        entries = outbox.read("stage", 500, 0)
        for entry in entries:
            body = json.loads(entry.body)
            if entry.kind == "timer":
                self.want(timer_effect(body))
                continue
            for data in body:
                for effect in react(Record.model_validate(data), self.tocsin.view):
                    self.want(effect)
        outbox.ack([entry.position for entry in entries])
        return bool(entries)

    def want(self, effect: Effect) -> None:
        if effect.kind in FOLLOWED and effect.id not in self.done:
            self.done.add(effect.id)
            self.wanted.append(effect)

    def carry_out(self, effect: Effect) -> None:
        """As a worker does: what is refused because the world has moved on is no fault."""
        with suppress(UserError):
            self.execute(self.command_of(effect))
            if effect.kind == "aid.terms":
                self.execute(self.sent(effect))

    def sent(self, effect: Effect) -> Command:
        """The request hears which notice puts its terms to a member."""
        payload, log = effect.payload, self.tocsin.log
        (record,) = [
            one for one in log.tail("incident", payload["incident"], 5) if one.cause == effect.id
        ]
        offer = self.tocsin.view.aid(payload["aid"]).offers[str(payload["offer"])]
        return terms_sent(record, offer, payload["terms_hash"], self.clock.time)

    def command_of(self, effect: Effect) -> Command:
        payload, at = effect.payload, self.clock.time
        if effect.kind == "command":
            earliest = datetime.fromtimestamp(payload.get("not_before", 0) / 1000, UTC)
            data = {**payload["data"], "id": effect.id, "at": max(at, earliest)}
            return Command.registry[payload["type"]].model_validate(data)
        read, record = self.tocsin.dispatcher.read, self.tocsin.log.record
        if effect.kind == "aid.ask":
            aid = read("aid", payload["aid"])
            incident = read("incident", payload["incident"])
            rules = self.tocsin.coalition
            return asking(aid, payload["wave"], incident, rules, id=effect.id, at=at)
        if effect.kind == "aid.terms":
            aid = read("aid", payload["aid"])
            incident = read("incident", payload["incident"])
            offer = aid.offers[str(payload["offer"])]
            rules = self.tocsin.coalition
            return putting_terms(aid, offer, incident, rules, id=effect.id, at=at)
        if effect.kind == "aid.hear":
            said = record("incident", payload["incident"], payload["version"])
            return answer_heard(payload["aid"], said, id=effect.id, at=at)
        decided = record("pool", payload["member"], payload["version"])
        return booking_heard(decided, id=effect.id, at=at)

    def wait(self, by: timedelta) -> None:
        """Time passes; whatever is due rings, at its time."""
        until = self.clock.time + by
        timers = self.tocsin.timers
        while due := [one for one in self.store.timers.values() if one <= until]:
            self.clock.time = max(self.clock.time, min(due))
            timers.fire(100)
            self.settle()
        self.clock.time = until

    @property
    def store(self) -> MemoryStore:
        found: MemoryStore = vars(self.tocsin.log)["_store"]
        return found


FOLLOWED = frozenset({"command", "aid.ask", "aid.hear", "aid.booked", "aid.terms"})


class Stage:
    """`tell` carries out a command and lets follow what follows."""

    def __init__(self, rules: Coalition | None = None, **incident: Any) -> None:
        self.engine = Engine(rules or coalition())
        self._commands = 0
        usual: dict[str, Any] = {
            "title": "DDoS on two banks",
            "severity": Severity.S2,
            "tlp": Tlp.AMBER,
            "invite": ("lv",),
        }
        self.tell(OpenIncident, "ee-op", incident=INCIDENT, **{**usual, **incident})

    # ---------------------------------------------------------------- what happens

    def tell(self, command: type[Command], actor: Actor | str | None = None, **fields: Any) -> None:
        """As the person of that id, or the system. Raises what the rules raise."""
        self.engine.execute(self.made(command, actor, **fields))
        self.engine.settle()

    def made(
        self, command: type[Command], actor: Actor | str | None = None, **fields: Any
    ) -> Command:
        who = person(actor) if isinstance(actor, str) else actor or SYSTEM
        self._commands += 1
        about: dict[str, Any] = {"id": f"c{self._commands}", "at": self.now, "actor": who}
        if command.aggregate == "aid":
            about["aid"] = AID
        return command.model_validate({**about, **fields})

    def wait(self, by: timedelta) -> None:
        self.engine.wait(by)

    @property
    def now(self) -> datetime:
        return self.engine.clock.time

    def change(self, charter: dict[str, Any] | None = None, **members: dict[str, Any]) -> None:
        """Another coalition file is in force."""
        self.engine.tocsin.coalition = coalition(charter, **members)

    # ---------------------------------------------------------------- a usual story

    def ask(self, **fields: Any) -> Stage:
        """ee-op asks, ee-ap approves: Latvia, Lithuania and Poland are asked, then Finland."""
        usual: dict[str, Any] = {
            "incident": INCIDENT,
            "needs": NEEDS,
            "situation": SITUATION,
            "needed_by": NOW + timedelta(hours=24),
            "submit": True,
        }
        self.tell(c.DraftRequest, "ee-op", **{**usual, **fields})
        if (fields.get("submit", True)) is True:
            self.tell(c.ApproveRequest, "ee-ap")
        return self

    def offer(self, actor: Actor | str = "lv-op", **fields: Any) -> int:
        """Latvia offers all of item 1, unless said otherwise. Returns the offer's number."""
        changes = fields.pop("supply", {})
        self.tell(c.SubmitOffer, actor, supply=supply(**changes), **fields)
        return len(self.aid.offers)

    def agree(self, offer: int = 1, terms: Terms = TERMS) -> None:
        """The requester proposes terms, both sides sign."""
        self.tell(c.ProposeTerms, "ee-op", offer=offer, terms=terms)
        self.sign("ee-ap", offer)
        self.sign(f"{self.aid.offers[str(offer)].member}-ap", offer)

    def sign(self, who: str | Actor, offer: int = 1, **fields: Any) -> None:
        self.tell(c.SignTerms, who, offer=offer, terms_hash=self.hash(offer), **fields)

    def accepted(self) -> Stage:
        """Latvia's offer is accepted and its mission tasked."""
        self.ask()
        self.offer()
        self.agree()
        return self

    def deployed(self, **fields: Any) -> Stage:
        self.accepted()
        self.tell(m.MobiliseMission, "lv-op", mission=1)
        self.tell(m.DeployMission, "lv-op", mission=1, **fields)
        return self

    def home(self) -> Stage:
        self.deployed()
        self.tell(m.StandDownMission, "ee-op", mission=1)
        self.tell(m.ConfirmHome, "lv-op", mission=1)
        return self

    def answer(self, who: Actor, answer: str, notice: int = 1, **fields: Any) -> None:
        """A partner answers the notice that asked it."""
        about = {"incident": INCIDENT, "notice": notice, "member": who.member, "answer": answer}
        self.tell(AnswerNotice, who, **about, **fields)

    # ---------------------------------------------------------------- what is the case

    @property
    def aid(self) -> Aid:
        return self.engine.tocsin.view.aid(AID)

    @property
    def incident(self) -> Incident:
        return self.engine.tocsin.view.incident(INCIDENT)

    def pool(self, member: str) -> Pool:
        return pool_of(self.engine.tocsin, member)

    def at_offer(self, number: int = 1) -> Offer:
        return self.aid.offers[str(number)]

    def mission(self, number: int = 1) -> Mission:
        return self.aid.missions[str(number)]

    def hash(self, offer: int = 1) -> str:
        return self.aid.agreement(self.at_offer(offer)).terms_hash

    def records(self, type_: str, aggregate: str = "aid", id: str = AID) -> list[Record]:
        every = self.engine.tocsin.log.records(aggregate, id)
        return [record for record, _ in every if record.type == type_]

    @property
    def alarms(self) -> dict[str, str]:
        """Open alarms of the incident about aid: what is the matter -> the sentence."""
        prefix = f"aid:{AID}:"
        return {
            subject.removeprefix(prefix): alarm.text
            for subject, alarm in self.incident.alarms.items()
            if subject.startswith(prefix)
        }

    def verified(self) -> None:
        """Replaying every log gives what is stored."""
        assert verify(self.engine.tocsin.log) == []


def supply(**changes: Any) -> Supply:
    usual: dict[str, Any] = {
        "capability": "lv-scrub",
        "size": 40,
        "starts": NOW + timedelta(hours=4),
        "days": 5,
        "cost": 500_000,
        "currency": "EUR",
    }
    return Supply.model_validate({**usual, **changes})
