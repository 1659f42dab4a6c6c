"""A coalition whose members have something to give, and a pool told by commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.members import Coalition
from coalition.domain.messages import GENESIS, SYSTEM, Actor, Record, canonical, digest
from coalition.domain.pool.apply import apply
from coalition.domain.pool.commands import PassPoolTimer
from coalition.domain.pool.decide import decide
from coalition.domain.pool.state import Pool
from coalition.domain.pool.timers import timers
from coalition.domain.world import World

if TYPE_CHECKING:
    from coalition.domain.messages import Command, Event

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def capability(id: str, **changes: Any) -> dict[str, Any]:
    """A team of four that answers to incident response within four hours, for two weeks."""
    usual = {"service": "incident-response", "kind": "team", "size": 4, "notice": "4h"}
    return {"id": id, **usual, "max_days": 14, **changes}


def member(id: str, *capabilities: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Delegates `<id>-op` (operator), `<id>-ap` (approver) and `<id>-both`."""
    roles = {"op": ["operator"], "ap": ["approver"], "both": ["operator", "approver"]}
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id.upper(),
        "timezone": "Europe/Riga",
        "status": "active",
        "trust": "T3",
        "duty_phone": "+371 555 0100",
        "delegates": [
            {"id": f"{id}-{short}", "name": f"{id} {short}", "roles": held}
            for short, held in roles.items()
        ],
        "capabilities": list(capabilities),
        **changes,
    }


def coalition(*members: dict[str, Any], **charter: Any) -> Coalition:
    """By default Latvia, which keeps two of its people at home, and Estonia without anything."""
    usual = (
        member("lv", capability("lv-team"), capability("lv-scrub", kind="infrastructure", size=40,
               unit="gbit-s"), reserve_floor=2),
        member("ee"),
    )  # fmt: skip
    raw = {
        "coalition": {"name": "Baltic Shield"},
        "charter": charter,
        "members": list(members or usual),
    }
    return Coalition.model_validate_json(canonical(raw))


def person(id: str) -> Actor:
    return Actor(kind="delegate", member=id.partition("-")[0], delegate=id, via="slack")


class Story:
    """A pool told by commands: decides, records, folds, and keeps every record."""

    def __init__(self, file: Coalition | None = None, of: str = "lv") -> None:
        self.world = World(file or coalition())
        self.member = of
        self.at = NOON
        self.state: Pool | None = None
        self.records: list[Record] = []
        self._commands = 0

    @property
    def now(self) -> Pool:
        assert self.state is not None
        return self.state

    def tell(self, command: type[Command], actor: str | None = None, **fields: Any) -> list[Event]:
        """Carry out one command, by a delegate or by Tocsin itself."""
        who = person(actor) if actor else SYSTEM
        self._commands += 1
        about = {"id": f"c{self._commands}", "at": self.at, "actor": who, "member": self.member}
        return self.carry_out(command.model_validate({**about, **fields}))

    def carry_out(self, command: Command) -> list[Event]:
        events = decide(self.state, command, self.world)
        for event in events:
            before = self.records[-1].to_bytes() if self.records else None
            record = Record(
                aggregate="pool", id=self.member, version=len(self.records) + 1, at=command.at,
                actor=command.actor, cause=command.id, type=type(event).__name__,
                data=event.model_dump(mode="json"), prev=digest(before) if before else GENESIS,
            )  # fmt: skip
            self.records.append(record)
            self.state = apply(self.state, record, record.event())
        return events

    def wait(self, by: timedelta) -> list[Event]:
        """Let time pass; what is due meanwhile fires when it is due. What it led to."""
        until, events = self.at + by, []
        while self.state is not None:
            open_ = timers(self.state)
            name = min(open_, key=lambda one: (open_[one], one), default=None)
            if name is None or open_[name] > until:
                break
            self.at = max(self.at, open_[name])
            fired = self.carry_out(
                PassPoolTimer(id=f"t-{name}-{self.at}", at=self.at, actor=SYSTEM,
                              pool=self.member, timer=name)
            )  # fmt: skip
            assert fired, name  # an open wait that is due always leads to something
            assert timers(self.state).get(name) != open_[name]
            events += fired
        self.at = until
        return events


def booking(offer: int = 1, **changes: Any) -> dict[str, Any]:
    """Two of the team for ten days from tomorrow, for the offer of that number."""
    usual: dict[str, Any] = {
        "capability": "lv-team",
        "aid": "AID-2026-0001",
        "offer": offer,
        "size": 2,
        "starts": NOON + DAY,
        "ends": NOON + 11 * DAY,
    }
    return {**usual, **changes}
