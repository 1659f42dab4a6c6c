"""In-memory twins of the event log, the outbox, the timers and the documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from coalition.application.ports import Append, Appended, Entry, Stored
from coalition.domain.errors import NotFound, VersionConflict
from coalition.domain.messages import Record, digest
from coalition.domain.owners import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coalition.adapters.memory_store import MemoryStore


class MemoryLog:
    """`EventLog` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def load(self, aggregate: str, id: str) -> Stored:
        """Return the stored state; version 0 where the aggregate does not exist."""
        with self._store.changed:
            return self._store.states.get((aggregate, id), Stored(0, "", b""))

    def append(self, change: Append) -> Appended:
        """Write all or nothing; raises `VersionConflict` when `expected` is not the version."""
        store, key = self._store, (change.aggregate, change.id)
        with store.changed:
            before = store.commands.get(change.command)
            if before:
                return before._replace(duplicate=True)
            version = self.load(*key).version
            if version != change.expected:
                msg = f"{key[0]} {key[1]} is at version {version}, not {change.expected}"
                raise VersionConflict(msg)
            version += len(change.records)
            store.logs.setdefault(key, []).extend(change.records)
            store.states[key] = Stored(version, change.hash, change.state)
            store.put_out("records", b"[" + b",".join(change.records) + b"]")
            for name, due in change.timers_set.items():
                store.timers[*key, name] = due
            for name in change.timers_clear:
                store.timers.pop((*key, name), None)
            done = Appended(*key, version, duplicate=False)
            store.commands[change.command] = done
            return done

    def records(self, aggregate: str, id: str, after: int = 0) -> Iterator[tuple[Record, bytes]]:
        """Yield records with their stored bytes, oldest first, from version `after` + 1."""
        with self._store.changed:
            bodies = list(self._store.logs.get((aggregate, id), ()))[after:]
        for body in bodies:
            yield Record.model_validate_json(body), body

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record; raises `NotFound`."""
        with self._store.changed:
            bodies = self._store.logs.get((aggregate, id), [])
            if not 0 < version <= len(bodies):
                msg = f"{aggregate} {id} has no record {version}."
                raise NotFound(msg)
            return Record.model_validate_json(bodies[version - 1])

    def tail(self, aggregate: str, id: str, count: int) -> list[Record]:
        """Return the last `count` records, newest first."""
        return [record for record, _ in self.records(aggregate, id)][::-1][:count]

    def ids(self, aggregate: str, of: str = "") -> list[str]:
        """Return the ids of all aggregates of a kind, or of an incident, in order of creation."""
        with self._store.changed:
            every = [id for kind, id in self._store.states if kind == aggregate]
        return [id for id in every if not of or owner_of(id) == of]

    def carried_out(self, command: str) -> Appended | None:
        """Return what a command led to, or None."""
        with self._store.changed:
            found = self._store.commands.get(command)
        return found._replace(duplicate=True) if found else None

    def next_number(self, sequence: str) -> int:
        """Return 1, 2, 3 …; a number is never given twice."""
        with self._store.changed:
            number = self._store.sequences.get(sequence, 0) + 1
            self._store.sequences[sequence] = number
            return number


class MemoryOutbox:
    """`Outbox` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def read(self, consumer: str, limit: int, block_ms: int) -> list[Entry]:
        """Return entries for this consumer alone; waits up to `block_ms` for the first."""
        store = self._store
        with store.changed:
            store.changed.wait_for(self._unread, timeout=block_ms / 1000)
            found = self._unread()[:limit]
            for entry in found:
                store.pending[entry.position] = (consumer, store.clock.now())
            return found

    def _unread(self) -> list[Entry]:
        return [e for p, e in self._store.outbox.items() if p not in self._store.pending]

    def reclaim(self, consumer: str, idle_ms: int, limit: int) -> list[Entry]:
        """Take over entries that another consumer has held for `idle_ms` without an ack."""
        store = self._store
        with store.changed:
            now = store.clock.now()
            idle = [
                position
                for position, (_, since) in store.pending.items()
                if (now - since).total_seconds() * 1000 >= idle_ms
            ][:limit]
            for position in idle:
                store.pending[position] = (consumer, now)
            return [store.outbox[position] for position in idle]

    def ack(self, positions: Sequence[str]) -> None:
        """Mark as seen to."""
        with self._store.changed:
            for position in positions:
                self._store.outbox.pop(position, None)
                self._store.pending.pop(position, None)

    def lag(self) -> tuple[int, float]:
        """Return (entries not yet acked, age of the oldest in seconds)."""
        store = self._store
        with store.changed:
            if not store.outbox:
                return 0, 0.0
            oldest = store.born[next(iter(store.outbox))]
            return len(store.outbox), (store.clock.now() - oldest).total_seconds()


class MemoryTimers:
    """`Timers` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def fire(self, limit: int) -> int:
        """Move what is due to the outbox; returns how many."""
        store = self._store
        with store.changed:
            now = store.clock.now()
            due = sorted((at, key) for key, at in store.timers.items() if at <= now)[:limit]
            for at, (aggregate, id, name) in due:
                del store.timers[aggregate, id, name]
                ms = int(at.timestamp() * 1000)
                body = {"aggregate": aggregate, "id": id, "name": name, "due": ms}
                store.put_out("timer", json.dumps(body).encode())
            return len(due)

    def wait(self, block_ms: int) -> None:
        """Sleep until something changes or `block_ms` has passed."""
        with self._store.changed:
            self._store.changed.wait(block_ms / 1000)


class MemoryDocuments:
    """`Documents` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def put(self, body: bytes) -> str:
        """Store and return the SHA-256 (hex)."""
        key = digest(body)
        self._store.documents.setdefault(key, body)
        return key

    def get(self, key: str) -> bytes:
        """Return the body; raises `NotFound`."""
        try:
            return self._store.documents[key]
        except KeyError:
            msg = f"No document {key[:12]}…"
            raise NotFound(msg) from None
