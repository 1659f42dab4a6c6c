"""What the application needs from outside, as Protocols. Each has an in-memory twin for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from coalition.domain.messages import Message, Utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from coalition.domain.messages import Record


class Stored(NamedTuple):
    """An aggregate as stored: `state` is JSON bytes, `version` 0 and empty where there is none."""

    version: int
    hash: str
    state: bytes


class Append(NamedTuple):
    """One atomic change. All of it happens, or none of it."""

    aggregate: str
    id: str
    expected: int  # version before
    records: Sequence[bytes]  # canonical bytes, in order
    types: Sequence[str]  # event type of each record, for the outbox
    hash: str  # digest of the last record
    state: bytes
    timers_set: Mapping[str, datetime]  # timer name -> due
    timers_clear: Sequence[str]
    command: str  # idempotency key


class Appended(NamedTuple):
    """What a command led to. `duplicate`: it had been carried out before, nothing was written."""

    aggregate: str
    id: str
    version: int
    duplicate: bool


class EventLog(Protocol):
    """The record of everything, and its outbox."""

    def load(self, aggregate: str, id: str) -> Stored:
        """Return the stored state; version 0 where the aggregate does not exist."""
        ...

    def append(self, change: Append) -> Appended:
        """Write all or nothing; raises `VersionConflict` when `expected` is not the version."""
        ...

    def records(self, aggregate: str, id: str, after: int = 0) -> Iterator[tuple[Record, bytes]]:
        """Yield records with their stored bytes, oldest first, from version `after` + 1."""
        ...

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record; raises `NotFound`."""
        ...

    def tail(self, aggregate: str, id: str, count: int) -> list[Record]:
        """Return the last `count` records, newest first."""
        ...

    def ids(self, aggregate: str, of: str = "") -> list[str]:
        """Return the ids of all aggregates of a kind, in order of creation.

        `of` an incident: those alone whose `owner_of` it is, without looking at any other.
        """
        ...

    def carried_out(self, command: str) -> Appended | None:
        """Return what a command led to, or None; remembered for 14 days."""
        ...

    def next_number(self, sequence: str) -> int:
        """Return 1, 2, 3 …; a number is never given twice."""
        ...


class Entry(NamedTuple):
    """One outbox entry: what one append, one flush of outcomes or one due timer left behind.

    `body` is JSON: records, an array of them as stored; outcomes, an array of
    `{"id", "kind", "payload", "status", "detail"}`; timer, `{"aggregate", "id", "name", "due"}`
    with `due` in milliseconds since 1970.
    """

    position: str
    kind: Literal["records", "outcomes", "timer"]
    body: bytes


class Outbox(Protocol):
    """Everything that has happened and has not been seen to yet; shared by any number of relays."""

    def read(self, consumer: str, limit: int, block_ms: int) -> list[Entry]:
        """Return entries for this consumer alone; waits up to `block_ms` for the first."""
        ...

    def reclaim(self, consumer: str, idle_ms: int, limit: int) -> list[Entry]:
        """Take over entries that another consumer has held for `idle_ms` without an ack."""
        ...

    def ack(self, positions: Sequence[str]) -> None:
        """Mark as seen to."""
        ...

    def lag(self) -> tuple[int, float]:
        """Return (entries not yet acked, age of the oldest in seconds)."""
        ...


class Effect(Message):
    """Work wanted outside. `payload` holds ids only: no content ever stands in a job argument."""

    id: str  # deterministic: aggregate, version, recipient
    kind: str  # names the handler
    payload: dict[str, Any]
    due: Utc | None = None  # None: at once
    refresh: bool = False  # asked again after it is done, it runs again (a view is redrawn)


class Claim(NamedTuple):
    """An effect leased to one worker. `in_doubt`: an earlier holder died after `handover`."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int  # 1, 2, 3 …
    in_doubt: bool


class Outcome(NamedTuple):
    """How an effect ended. `report`: policies want to hear of it, so it goes to the outbox."""

    claim: Claim
    status: Literal["done", "failed"]
    detail: dict[str, Any]
    report: bool = True


class LedgerStats(NamedTuple):
    """`due` effects wait, the oldest for `oldest_seconds`; `holders` drains are at work."""

    due: int
    oldest_seconds: float
    held: int
    holders: int


class Ledger(Protocol):
    """Who does which effect. planned → sending(token) → done | failed, fenced by the token."""

    def plan(self, effects: Sequence[Effect]) -> int:
        """Record intents; those already known are left alone (refresh: re-armed). Returns new."""
        ...

    def claim(self, token: str, limit: int, lease_ms: int) -> list[Claim]:
        """Lease due effects to the holder `token`."""
        ...

    def hand_over(self, token: str, effect: str) -> bool:
        """Note that bytes leave now; False when the lease is lost (then do not send)."""
        ...

    def finish(self, token: str, outcomes: Sequence[Outcome]) -> list[str]:
        """End effects and put outcomes in the outbox, in one call; returns those accepted."""
        ...

    def postpone(self, token: str, effect: str, due: datetime, error: str) -> bool:
        """Give an effect back, to be claimed again at `due`."""
        ...

    def heartbeat(self, token: str, lease_ms: int) -> bool:
        """Renew the lease of everything the holder has; False when it has been reaped."""
        ...

    def reap(self) -> int:
        """Give back what dead holders held (in doubt, if handed over); returns how many."""
        ...

    def release(self, token: str) -> int:
        """End a holder at once, in order: the same as dying, without the wait."""
        ...

    def next_due(self) -> float | None:
        """Return seconds until the earliest planned effect (0 or less: now), None if none."""
        ...

    def wait(self, block_ms: int) -> None:
        """Sleep until something is planned for at once, or `block_ms` has passed."""
        ...

    def outcome(self, effect: str) -> dict[str, Any]:
        """Return what is known of one effect: `status`, `attempts`, `detail`, `error`."""
        ...

    def stats(self) -> LedgerStats:
        """Return how much is waiting and who is at work."""
        ...


class Timers(Protocol):
    """Due times, kept with the log; a due timer moves to the outbox in one step."""

    def fire(self, limit: int) -> int:
        """Move what is due to the outbox; returns how many."""
        ...

    def wait(self, block_ms: int) -> None:
        """Sleep until the next is due, an earlier one is set, or `block_ms` has passed."""
        ...


class Documents(Protocol):
    """Content-addressed, unchangeable texts: playbooks and charters that runs are pinned to."""

    def put(self, body: bytes) -> str:
        """Store and return the SHA-256 (hex)."""
        ...

    def get(self, key: str) -> bytes:
        """Return the body; raises `NotFound`."""
        ...


class Clock(Protocol):
    """The time, aware and in UTC."""

    def now(self) -> datetime:
        """Return now."""
        ...
