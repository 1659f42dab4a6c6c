"""In-memory twins of the Redis adapters, for tests and for trying things without a server.

One process, one lock, the same contract suite (tests/contracts). Nothing survives the process.
"""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_log import outcome_body
from coalition.application.ports import Append, Appended, Claim, Entry, LedgerStats, Stored
from coalition.domain.errors import NotFound, VersionConflict
from coalition.domain.messages import Record, digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coalition.application.ports import Clock, Effect, Outcome


class MemoryStore:
    """What the twins share, as the Redis adapters share a server."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.logs: dict[tuple[str, str], list[bytes]] = {}
        self.states: dict[tuple[str, str], Stored] = {}
        self.commands: dict[str, Appended] = {}
        self.sequences: dict[str, int] = {}
        self.documents: dict[str, bytes] = {}
        self.timers: dict[tuple[str, str, str], datetime] = {}
        self.outbox: dict[str, Entry] = {}
        self.pending: dict[str, tuple[str, datetime]] = {}  # position -> (consumer, since)
        self.effects: dict[str, dict[str, Any]] = {}
        self.holders: dict[str, float] = {}
        self.born: dict[str, datetime] = {}
        self._position = itertools.count(1)

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def put_out(self, kind: Any, body: bytes) -> None:
        """Add an outbox entry."""
        position = f"{next(self._position)}-0"
        self.outbox[position] = Entry(position, kind, body)
        self.born[position] = self.clock.now()
        self.changed.notify_all()


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

    def ids(self, aggregate: str) -> list[str]:
        """Return the ids of all aggregates of a kind, in order of creation."""
        with self._store.changed:
            return [id for kind, id in self._store.states if kind == aggregate]

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


class MemoryLedger:
    """`Ledger` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def plan(self, effects: Sequence[Effect]) -> int:
        """Record intents; those already known are left alone (refresh: re-armed). Returns new."""
        store, new = self._store, 0
        with store.changed:
            for effect in effects:
                due = effect.due.timestamp() if effect.due else store.now()
                row = store.effects.get(effect.id)
                if row is None:
                    row = store.effects[effect.id] = {"status": "", "doubt": False, "error": ""}
                elif not effect.refresh or row["status"] == "planned":
                    continue
                elif row["status"] == "sending":
                    row["again"] = due
                    continue
                row |= {"kind": effect.kind, "payload": effect.payload, "attempts": 0}
                row |= {"status": "planned", "due": due, "detail": row.get("detail", {})}
                new += 1
            store.changed.notify_all()
        return new

    def claim(self, token: str, limit: int, lease_ms: int) -> list[Claim]:
        """Lease due effects to the holder `token`."""
        store = self._store
        with store.changed:
            now = store.now()
            store.holders[token] = now + lease_ms / 1000
            due = sorted(
                (row["due"], id)
                for id, row in store.effects.items()
                if row["status"] == "planned" and row["due"] <= now
            )[:limit]
            claims = []
            for _, id in due:
                row = store.effects[id]
                row |= {"status": "sending", "token": token, "handed": False}
                row["attempts"] += 1
                payload = json.loads(json.dumps(row["payload"]))
                claims.append(Claim(id, row["kind"], payload, row["attempts"], row["doubt"]))
            return claims

    def _held(self, token: str, effect: str) -> dict[str, Any] | None:
        row = self._store.effects.get(effect)
        return row if row and row["status"] == "sending" and row["token"] == token else None

    def hand_over(self, token: str, effect: str) -> bool:
        """Note that bytes leave now; False when the lease is lost (then do not send)."""
        with self._store.changed:
            row = self._held(token, effect)
            if row:
                row["handed"] = True
            return row is not None

    def finish(self, token: str, outcomes: Sequence[Outcome]) -> list[str]:
        """End effects and put outcomes in the outbox, in one call; returns those accepted."""
        store, accepted, reports = self._store, [], []
        with store.changed:
            for outcome in outcomes:
                claim = outcome.claim
                row = self._held(token, claim.id)
                if row is None:
                    continue
                again = row.pop("again", None)
                row |= {"status": outcome.status, "detail": outcome.detail, "doubt": False}
                if again is not None:
                    row |= {"status": "planned", "due": again, "attempts": 0}
                accepted.append(claim.id)
                if outcome.report:
                    reports.append(
                        outcome_body(
                            claim.id, claim.kind, claim.payload, outcome.status, outcome.detail
                        )
                    )
            if reports:
                store.put_out("outcomes", f"[{','.join(reports)}]".encode())
        return accepted

    def postpone(self, token: str, effect: str, due: datetime, error: str) -> bool:
        """Give an effect back, to be claimed again at `due`."""
        with self._store.changed:
            row = self._held(token, effect)
            if row:
                row |= {"status": "planned", "due": due.timestamp(), "error": error}
            return row is not None

    def heartbeat(self, token: str, lease_ms: int) -> bool:
        """Renew the lease of everything the holder has; False when it has been reaped."""
        store = self._store
        with store.changed:
            if token not in store.holders:
                return False
            store.holders[token] = store.now() + lease_ms / 1000
            return True

    def reap(self) -> int:
        """Give back what dead holders held (in doubt, if handed over); returns how many."""
        with self._store.changed:
            now = self._store.now()
            dead = [token for token, until in self._store.holders.items() if until <= now]
            return sum(self.release(token) for token in dead)

    def release(self, token: str) -> int:
        """End a holder at once, in order: the same as dying, without the wait."""
        store, back = self._store, 0
        with store.changed:
            store.holders.pop(token, None)
            for row in store.effects.values():
                if row["status"] == "sending" and row["token"] == token:
                    row |= {"status": "planned", "due": store.now()}
                    row["doubt"] = row["doubt"] or row["handed"]
                    back += 1
            store.changed.notify_all()
        return back

    def next_due(self) -> float | None:
        """Return seconds until the earliest planned effect (0 or less: now), None if none."""
        with self._store.changed:
            due = [r["due"] for r in self._store.effects.values() if r["status"] == "planned"]
            return min(due) - self._store.now() if due else None

    def wait(self, block_ms: int) -> None:
        """Sleep until something changes or `block_ms` has passed."""
        with self._store.changed:
            self._store.changed.wait(block_ms / 1000)

    def stats(self) -> LedgerStats:
        """Return how much is waiting and who is at work."""
        store = self._store
        with store.changed:
            now = store.now()
            rows = store.effects.values()
            due = [r["due"] for r in rows if r["status"] == "planned" and r["due"] <= now]
            held = sum(1 for row in rows if row["status"] == "sending")
            return LedgerStats(len(due), now - min(due) if due else 0.0, held, len(store.holders))

    def outcome(self, effect: str) -> dict[str, Any]:
        """Return what is known of one effect: `status`, `attempts`, `detail`, `error`."""
        row = self._store.effects.get(effect, {})
        return {
            "status": row.get("status"),
            "attempts": row.get("attempts", 0),
            "detail": row.get("detail", {}),
            "error": row.get("error", ""),
        }


class ManualClock:
    """`Clock` that tests set."""

    def __init__(self, now: datetime | None = None) -> None:
        self.time = now or datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time
