"""Carries out commands: load, decide, fold, append. The only way anything changes."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from coalition.application.aggregates import AGGREGATES
from coalition.application.ports import Append, Appended
from coalition.domain.errors import TransientError, UserError, VersionConflict
from coalition.domain.messages import GENESIS, Event, Record, digest
from coalition.domain.pool.seeding import current
from coalition.domain.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coalition.application.aggregates import Aggregate
    from coalition.application.ports import EventLog, Stored
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Command
    from coalition.domain.playbook import Playbook

CONFLICTS = 20
"""How often a command is decided anew when others keep appending first."""

CACHED_STATES = 256

TURNS = 64
"""Within a process commands on one aggregate take turns: side by side, all but one would be in
vain. A few unrelated aggregates share a turn, which costs less than a lock for each."""


class Dispatcher:
    """One per process; safe to use from several threads (each call stands alone)."""

    def __init__(
        self,
        log: EventLog,
        coalition: Callable[[], Coalition],
        playbook: Callable[[str], Playbook],
    ) -> None:
        self._log = log
        self._coalition = coalition
        self._playbook = playbook
        self._parsed: OrderedDict[tuple[str, str], tuple[str, Any]] = OrderedDict()
        self._turns = tuple(threading.Lock() for _ in range(TURNS))

    def execute(self, command: Command) -> Appended:
        """Carry out a command, once for its id.

        Raises `UserError` when it is refused, `TransientError` when the log does not answer.
        """
        with self._turns[hash((command.aggregate, command.target)) % TURNS]:
            return self._execute(command)

    def _execute(self, command: Command) -> Appended:
        for _ in range(CONFLICTS):
            try:
                return self._attempt(command)
            except VersionConflict:
                continue
            except UserError:
                # Carried out before, it may be refused now ("already closed"): not an error.
                before = self._log.carried_out(command.id)
                if before:
                    return before
                raise
        msg = f"{command.aggregate} {command.target} is being changed by many at once"
        raise TransientError(msg)

    def _attempt(self, command: Command) -> Appended:
        kind = AGGREGATES[command.aggregate]
        stored = self._log.load(command.aggregate, command.target)
        state = self._parse(kind, command.aggregate, command.target, stored)
        events = kind.decide(state, command, self._world(state, command))
        if not events:
            return Appended(command.aggregate, command.target, stored.version, duplicate=True)
        change, after = _fold(kind, command, stored, state, events)
        done = self._log.append(change)
        if not done.duplicate:
            self._remember(command.aggregate, command.target, change.hash, after)
        return done

    def _world(self, state: Any, command: Command) -> World:
        pinned = getattr(state, "playbook", None) or getattr(command, "playbook", None)
        if command.aggregate == "run" and pinned:
            return World(self._coalition(), self._playbook(pinned))
        if command.aggregate == "aid":
            return self._world_of_aid(state or command, command.at)
        return World(self._coalition())

    def _world_of_aid(self, about: Any, at: datetime) -> World:
        """Look at the incident it belongs to, and at the pools as their next decisions will."""
        coalition = self._coalition()
        incident = getattr(about, "incident", "")
        return World(
            coalition,
            incident=self.read("incident", incident) if incident else None,
            pool=lambda member: current(self.read("pool", member), member, coalition, at),
        )

    def read(self, aggregate: str, id: str) -> Any:
        """Return the aggregate's state, or None where there is none."""
        return self._parse(AGGREGATES[aggregate], aggregate, id, self._log.load(aggregate, id))

    def read_versioned(self, aggregate: str, id: str) -> tuple[int, Any]:
        """Return (version, state); (0, None) where there is none."""
        stored = self._log.load(aggregate, id)
        return stored.version, self._parse(AGGREGATES[aggregate], aggregate, id, stored)

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record; raises `NotFound`."""
        return self._log.record(aggregate, id, version)

    def _parse(self, kind: Aggregate, aggregate: str, id: str, stored: Stored) -> Any:
        if not stored.version:
            return None
        cached = self._parsed.get((aggregate, id))
        if cached and cached[0] == stored.hash:
            return cached[1]
        state = kind.state.model_validate_json(stored.state)
        self._remember(aggregate, id, stored.hash, state)
        return state

    def _remember(self, aggregate: str, id: str, hash_: str, state: Any) -> None:
        self._parsed[aggregate, id] = (hash_, state)
        while len(self._parsed) > CACHED_STATES:
            self._parsed.popitem(last=False)


def _fold(
    kind: Aggregate, command: Command, stored: Stored, state: Any, events: list[Event]
) -> tuple[Append, Any]:
    """Turn events into records, chained; fold them exactly as a replay would."""
    before = kind.timers(state) if state is not None else {}
    prev, version, bodies = stored.hash or GENESIS, stored.version, []
    for event in events:
        version += 1
        record = Record(
            aggregate=command.aggregate,
            id=command.target,
            version=version,
            at=command.at,
            actor=command.actor,
            cause=command.id,
            type=type(event).__name__,
            data=event.model_dump(mode="json"),
            prev=prev,
        )
        body = record.to_bytes()
        prev = digest(body)
        bodies.append(body)
        state = kind.apply(state, record, _as_stored(event, body))
    after = kind.timers(state)
    change = Append(
        aggregate=command.aggregate,
        id=command.target,
        expected=stored.version,
        records=bodies,
        types=[type(event).__name__ for event in events],
        hash=prev,
        state=state.model_dump_json().encode(),
        timers_set={n: due for n, due in after.items() if before.get(n) != due},
        timers_clear=[name for name in before if name not in after],
        command=command.id,
    )
    return change, state


def _as_stored(event: Event, body: bytes) -> Event:
    """Return the event as a replay will read it, so that both fold the very same value."""
    return type(event).model_validate(json.loads(body)["data"])
