"""The people of the domain tests: a small coalition with every status, trust and kind of channel.

Estonia (T4) originates, Latvia (T3) and Lithuania (T2) take part, Poland (T1) and Malta (T0) are
trusted less, Norway observes, Hungary is suspended, Cyprus has applied, Britain has left, and
Ireland has no channel.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.incident.apply import apply
from coalition.domain.incident.commands import OpenIncident, RaiseWarning
from coalition.domain.incident.decide import decide
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, Actor, Record, canonical, digest
from coalition.domain.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Command, Event

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NUMBER = "INC-2026-0007"
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
STATUS = {"no": "observer", "hu": "suspended", "cy": "applied", "gb": "left"}
TRUST = {
    "ee": "T4", "lv": "T3", "lt": "T2", "pl": "T1", "mt": "T0",
    "no": "T3", "hu": "T4", "cy": "T4", "gb": "T4", "ie": "T3",
}  # fmt: skip
CHANNELS: dict[str, tuple[tuple[str, Tlp], ...]] = {
    "ee": (("webhook", Tlp.RED),),
    "lv": (("webhook", Tlp.AMBER), ("email", Tlp.AMBER_STRICT)),
    "lt": (("email", Tlp.GREEN), ("webhook", Tlp.AMBER)),
    "pl": (("webhook", Tlp.RED), ("email", Tlp.CLEAR)),
    "mt": (("email", Tlp.AMBER),),
    "no": (("webhook", Tlp.AMBER),),
    "hu": (("webhook", Tlp.AMBER),),
    "cy": (("webhook", Tlp.AMBER),),
    "gb": (("webhook", Tlp.AMBER),),
    "ie": (),
}


def channel(member: str, kind: str, ceiling: Tlp) -> dict[str, Any]:
    if kind == "webhook":
        secret = {"env": f"{member.upper()}_SECRET"}
        url = f"https://cert.{member}.example/tocsin"
        return {"kind": kind, "url": url, "secret": secret, "ceiling": ceiling}
    return {"kind": kind, "to": f"cert@cert.{member}.example", "ceiling": ceiling}


def member(id: str, **changes: Any) -> dict[str, Any]:
    """Four delegates each: `<id>-op` operator, `-ap` approver, `-both`, and `-vo` voter only."""
    people = {"op": ["operator"], "ap": ["approver"], "both": ["operator", "approver"]}
    roles = {**people, "vo": ["voter"]}
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id.upper(),
        "timezone": "Europe/Tallinn",
        "status": STATUS.get(id, "active"),
        "trust": TRUST.get(id, "T2"),
        "duty_phone": "+372 555 0100",
        "delegates": [
            {
                "id": f"{id}-{short}",
                "name": f"{id.upper()} {short.capitalize()}",
                "slack": f"U{id.upper()}{short.upper()}",
                "roles": held,
            }
            for short, held in roles.items()
        ],
        "channels": [channel(id, *one) for one in CHANNELS.get(id, (("webhook", Tlp.AMBER),))],
        **changes,
    }


def coalition(
    *, exercise: bool = False, slack_ceiling: Tlp = Tlp.AMBER, members: Sequence[str] = tuple(TRUST)
) -> Coalition:
    raw = {
        "coalition": {"name": "Baltic Shield", "exercise": exercise},
        "charter": {"slack_ceiling": slack_ceiling},
        "members": [member(one) for one in members],
    }
    return Coalition.model_validate_json(canonical(raw))


COALITION = coalition()
WORLD = World(COALITION)


def person(id: str, via: str = "slack") -> Actor:
    return Actor(kind="delegate", member=id.partition("-")[0], delegate=id, via=via)


def partner(id: str, via: str = "link") -> Actor:
    return Actor(kind="partner", member=id, via=via)


class Story:
    """An incident told by commands: decides, records, folds, and keeps every record."""

    def __init__(self, world: World = WORLD, at: datetime = NOW) -> None:
        self.world = world
        self.at = at
        self.state: Incident | None = None
        self.records: list[Record] = []
        self._commands = 0

    @property
    def now(self) -> Incident:
        assert self.state is not None
        return self.state

    def wait(self, by: timedelta) -> Story:
        self.at += by
        return self

    def tell(
        self, command: type[Command], actor: Actor | str | None = None, **fields: Any
    ) -> list[Event]:
        """Carry out one command; `actor` may be a delegate's id, and is the system by default."""
        who = person(actor) if isinstance(actor, str) else actor or SYSTEM
        self._commands += 1
        about = {"id": f"c{self._commands}", "at": self.at, "actor": who, "incident": NUMBER}
        return self.carry_out(command.model_validate({**about, **fields}))

    def carry_out(self, command: Command) -> list[Event]:
        events = decide(self.state, command, self.world)
        for event in events:
            record = self.recorded(command, event)
            self.records.append(record)
            self.state = apply(self.state, record, event)
        return events

    def recorded(self, command: Command, event: Event) -> Record:
        last = self.records[-1].to_bytes() if self.records else None
        return Record(
            aggregate="incident",
            id=NUMBER,
            version=len(self.records) + 1,
            at=command.at,
            actor=command.actor,
            cause=command.id,
            type=type(event).__name__,
            data=event.model_dump(mode="json"),
            prev=digest(last) if last else "0" * 64,
        )


def opened(world: World = WORLD, **fields: Any) -> Story:
    """Opened by ee-op at TLP:AMBER, S2, with Latvia and Lithuania invited."""
    story = Story(world)
    usual: dict[str, Any] = {
        "title": "DDoS on two banks",
        "severity": Severity.S2,
        "tlp": Tlp.AMBER,
        "invite": ("lv", "lt"),
        "exercise": world.coalition.exercise,
    }
    story.tell(OpenIncident, "ee-op", **{**usual, **fields})
    return story


def warned(world: World = WORLD, **fields: Any) -> Story:
    """Warned by ee-op: Latvia and Lithuania, TLP:AMBER."""
    story = Story(world)
    usual: dict[str, Any] = {
        "what": "Packets by the million",
        "members": ("lv", "lt"),
        "tlp": Tlp.AMBER,
        "exercise": world.coalition.exercise,
    }
    story.tell(RaiseWarning, "ee-op", **{**usual, **fields})
    return story
