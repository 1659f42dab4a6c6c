"""Carries a playbook through a whole incident in an instant: fake clock, played world."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.commands import (
    AddMembers,
    AssignLead,
    ChangeSeverity,
    ChangeStatus,
    CloseIncident,
    OpenIncident,
)
from coalition.domain.messages import SYSTEM, Actor, Command, Record
from coalition.domain.run.commands import CancelRun, SignalRun, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.rehearsal.house import MOST_RECORDS, House
from coalition.rehearsal.players import Act, Players
from coalition.rehearsal.script import Facts, Happening, Script

if TYPE_CHECKING:
    from coalition.domain.clocks.model import Clock
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Member
    from coalition.domain.playbook import Playbook

START = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
INCIDENT = "INC-2026-0001"
RUN = f"{INCIDENT}-r1"
NO_LIBRARY: Mapping[str, Playbook] = MappingProxyType({})


@dataclass(frozen=True)
class Rehearsal:
    """How it went: everything that happened, in order, and how things stand at the end."""

    playbook: Playbook
    script: Script
    coalition: Coalition
    records: tuple[Record, ...]
    refused: tuple[tuple[datetime, Command, str], ...]
    run: Run
    incident: Incident
    ended_at: datetime
    cut_off: bool

    @property
    def run_records(self) -> tuple[Record, ...]:
        """Those of the run alone."""
        return tuple(one for one in self.records if one.aggregate == "run")


def simulate(
    playbook: Playbook,
    script: Script,
    coalition: Coalition,
    seed: int | None = None,
    clocks: tuple[Clock, ...] = (),
    library: Mapping[str, Playbook] = NO_LIBRARY,
) -> Rehearsal:
    """Rehearse. With a seed, whatever the script does not say is left to chance, repeatably.

    `clocks` are the legal clocks that `report` steps may start; `library` are the playbooks that
    may be run in turn, by name. One that is not there is only played: it succeeds, leaving nothing.

    Raises:
        UserError: the incident or the run cannot begin as written (with the reason).
    """
    stage = Stage(playbook, script, coalition, seed, library)
    house = House(coalition, playbook, stage.players, START, clocks, library)
    for command in stage.opening():
        house.execute(command)
        house.settle()
    facts = facts_of(house.incident(INCIDENT))
    house.execute(stage.start(facts))
    house.settle()
    cut_off = _play(house, stage, START + script.until)
    return Rehearsal(
        playbook=playbook,
        script=script,
        coalition=coalition,
        records=tuple(house.records),
        refused=tuple(house.refused),
        run=house.run(RUN),
        incident=house.incident(INCIDENT),
        ended_at=house.at,
        cut_off=cut_off,
    )


def _play(house: House, stage: Stage, limit: datetime) -> bool:
    """Go from instant to instant until the run is over or nothing is left to happen."""
    seen = 0
    stage.expect(stage.happenings())
    while True:
        while seen < len(house.records):
            stage.expect(stage.players.see(house.records[seen]))
            seen += 1
        if house.run(RUN).over:
            return False
        # With nothing left for the run, the incident's own deadlines would go on for ever.
        waits = [due for due, aggregate, _, _ in house.timers() if aggregate == "run"]
        moments = [*waits, *stage.next_act()]
        if not moments:
            return False
        others = [due for due, _, _, _ in house.timers() if due <= min(moments)]
        at = max(house.at, min([*others, *moments]))
        if at > limit or len(house.records) > MOST_RECORDS:
            return True
        house.at = at
        for act in stage.acts_until(at):
            house.attempt(act.command)
            house.settle()
        house.ring()
        house.settle()


class Stage:
    """Script, people and time, ready to be played here or before the real engine."""

    def __init__(
        self,
        playbook: Playbook,
        script: Script,
        coalition: Coalition,
        seed: int | None = None,
        library: Mapping[str, Playbook] = NO_LIBRARY,
    ) -> None:
        self.playbook = playbook
        self.library = library
        self.script = script
        self.coalition = coalition
        self.home = _home(script.incident, coalition)
        self.lead = script.incident.lead or _operator(self.home)
        self.players = Players(
            script=script,
            coalition=coalition,
            incident=INCIDENT,
            run=RUN,
            home=self.home.id,
            lead=self.lead,
            chance=None if seed is None else random.Random(seed),  # noqa: S311 # not a secret
        )
        self._acts: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def opening(self) -> Iterator[Command]:
        """The commands that bring about the incident."""
        facts = self.script.incident
        named = facts.participants
        admitted = (one.id for one in self.coalition.active if one.ceiling >= facts.tlp)
        invite = tuple(named if named is not None else admitted)
        opener = _operator(self.home)
        yield OpenIncident(
            **self._about("open", START, self._delegate(opener)),
            incident=INCIDENT,
            title=facts.title,
            severity=facts.severity,
            severity_reason="as rehearsed",
            tlp=facts.tlp,
            kind=facts.kind,
            affected=facts.affected,
            invite=tuple(one for one in invite if one != self.home.id),
            exercise=self.coalition.exercise,
        )
        if self.lead != opener:
            about = self._about("lead", START, self._delegate(opener))
            yield AssignLead(**about, incident=INCIDENT, delegate=self.lead)

    def start(self, facts: dict[str, Any]) -> StartRun:
        """The command that starts the run."""
        by = self.script.started_by or self.lead
        actor = SYSTEM if by == "rule" else self._delegate(by)
        return StartRun(
            **self._about("start", START, actor),
            run=RUN,
            incident=INCIDENT,
            playbook=self.playbook.content_hash,
            name=self.playbook.playbook,
            inputs=self.script.inputs,
            facts=facts,
            pins={name: one.content_hash for name, one in self.library.items()},
        )

    def happenings(self) -> Iterator[Act]:
        """What the script lets happen by itself."""
        for number, one in enumerate(self.script.events, start=1):
            at = START + one.at
            yield Act(at, self._happening(one, self._about(f"event-{number}", at)))

    def _happening(self, one: Happening, about: dict[str, Any]) -> Command:
        here = {**about, "incident": INCIDENT}
        command: Command = AddMembers(**here, affected=one.affected, invite=one.join)
        if one.severity is not None:
            command = ChangeSeverity(**here, severity=one.severity, reason="as rehearsed")
        elif one.status is not None:
            command = ChangeStatus(**here, status=one.status)
        elif one.lead is not None:
            command = AssignLead(**here, delegate=one.lead)
        elif one.close is not None:
            command = CloseIncident(**here, cause=one.close, lessons="as rehearsed")
        elif one.cancel is not None:
            command = CancelRun(**about, run=RUN, reason=one.cancel)
        elif one.signal is not None:
            command = SignalRun(**{**about, "actor": SYSTEM}, run=RUN, **one.signal)
        return command

    def expect(self, acts: Iterator[Act]) -> None:
        """Note what people will do."""
        for act in acts:
            self._count += 1
            heapq.heappush(self._acts, (act.at, self._count, act))

    def next_act(self) -> list[datetime]:
        """When the next act is due; empty where nobody will do anything."""
        return [self._acts[0][0]] if self._acts else []

    def acts_until(self, at: datetime) -> Iterator[Act]:
        """The acts that are due, in order, each once."""
        while self._acts and self._acts[0][0] <= at:
            yield heapq.heappop(self._acts)[2]

    def _about(self, id: str, at: datetime, actor: Actor | None = None) -> dict[str, Any]:
        return {"id": f"stage-{id}", "at": at, "actor": actor or self._delegate(self.lead)}

    def _delegate(self, id: str) -> Actor:
        member, person = self.coalition.delegate(id)
        return Actor(kind="delegate", member=member.id, delegate=person.id, via="rehearsal")


def _home(facts: Facts, coalition: Coalition) -> Member:
    if facts.member is not None:
        return coalition.member(facts.member)
    if not coalition.active:
        raise NotFound("The coalition has no active member.", "Rehearse with another file.")
    return coalition.active[0]


def _operator(member: Member) -> str:
    for person in member.delegates:
        if "operator" in person.roles:
            return person.id
    raise UserError(f"{member.id} has no operator.", "Rehearse it with `member:` another.")
