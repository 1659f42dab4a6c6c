"""The event log, its outbox and its timers on Redis."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from redis.exceptions import ResponseError

from coalition.adapters.redis_owners import Owners
from coalition.adapters.redis_scripts import Scripts, redis_errors
from coalition.adapters.redis_wake import Wake
from coalition.application.ports import Append, Appended, Entry, Stored
from coalition.domain.errors import NotFound, VersionConflict
from coalition.domain.messages import Record, digest
from coalition.domain.owners import owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis import Redis

    from coalition.adapters.redis_keys import Keys

REMEMBER_COMMANDS_S = 14 * 24 * 3600
"""Longer than anything redelivers: Slack gives up after an hour, our relays after seconds."""

GROUP = "relay"
PAGE = 500


def milliseconds(at: datetime) -> int:
    """Return ms since 1970, rounded up, so that a timer is never early."""
    return -int(-at.timestamp() * 1000 // 1)


def _appended(value: bytes, *, duplicate: bool) -> Appended:
    aggregate, id, version = value.decode().split("|")
    return Appended(aggregate, id, int(version), duplicate)


class RedisLog:
    """`EventLog` on Redis ≥ 6.2 (see lua/append.lua for the one writing script)."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._scripts = Scripts(redis)
        self._owners = Owners(redis, keys)

    def load(self, aggregate: str, id: str) -> Stored:
        """Return the stored state; version 0 where the aggregate does not exist."""
        with redis_errors():
            found = self._redis.hmget(self._keys.state(aggregate, id), ["v", "h", "s"])
        version, hash_, state = cast("list[bytes | None]", found)
        return Stored(int(version or 0), (hash_ or b"").decode(), state or b"")

    def append(self, change: Append) -> Appended:
        """Write all or nothing; raises `VersionConflict` when `expected` is not the version."""
        aggregate, id = change.aggregate, change.id
        keys = self._keys
        args: list[Any] = [change.expected, change.hash, change.state, aggregate, id]
        args += [time.time_ns() // 1_000_000, REMEMBER_COMMANDS_S]
        args += [len(change.records), *change.records, len(change.timers_set)]
        for name, due in change.timers_set.items():
            args += [name, milliseconds(due)]
        args += [len(change.timers_clear), *change.timers_clear]
        code, value = self._scripts(
            "append",
            [
                keys.log(aggregate, id),
                keys.state(aggregate, id),
                keys.outbox,
                keys.timers,
                keys.timers_wake,
                keys.command(change.command),
                keys.ids(aggregate),
                keys.ids_of(aggregate, owner_of(id)),
            ],
            args,
        )
        if code < 0:
            msg = f"{aggregate} {id} is at version {value}, not {change.expected}"
            raise VersionConflict(msg)
        if code:
            return _appended(value, duplicate=True)
        return Appended(aggregate, id, value, duplicate=False)

    def records(self, aggregate: str, id: str, after: int = 0) -> Iterator[tuple[Record, bytes]]:
        """Yield records with their stored bytes, oldest first, from version `after` + 1."""
        key = self._keys.log(aggregate, id)
        while True:
            with redis_errors():
                page: Any = self._redis.xrange(key, f"({after}-0" if after else "-", "+", PAGE)
            for entry, fields in page:
                yield Record.model_validate_json(fields[b"e"]), fields[b"e"]
                after = int(entry.split(b"-")[0])
            if len(page) < PAGE:
                return

    def tail(self, aggregate: str, id: str, count: int) -> list[Record]:
        """Return the last `count` records, newest first."""
        with redis_errors():
            page: Any = self._redis.xrevrange(self._keys.log(aggregate, id), count=count)
        return [Record.model_validate_json(fields[b"e"]) for _, fields in page]

    def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record; raises `NotFound`."""
        with redis_errors():
            at = f"{version}-0"
            page: Any = self._redis.xrange(self._keys.log(aggregate, id), at, at)
        if not page:
            msg = f"{aggregate} {id} has no record {version}."
            raise NotFound(msg)
        return Record.model_validate_json(page[0][1][b"e"])

    def ids(self, aggregate: str, of: str = "") -> list[str]:
        """Return the ids of all aggregates of a kind, or of an incident, in order of creation."""
        return self._owners.ids(aggregate, of)

    def carried_out(self, command: str) -> Appended | None:
        """Return what a command led to, or None; remembered for 14 days."""
        with redis_errors():
            found: Any = self._redis.get(self._keys.command(command))
        return _appended(found, duplicate=True) if found else None

    def next_number(self, sequence: str) -> int:
        """Return 1, 2, 3 …; a number is never given twice."""
        with redis_errors():
            return self._redis.incr(self._keys.sequence(sequence))


class RedisOutbox:
    """`Outbox` as a consumer group; entries leave the stream when they are acknowledged."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.outbox
        self._scripts = Scripts(redis)
        self._has_group = False

    def _ensure_group(self) -> None:
        """Create the group, also again after somebody has emptied the database."""
        self._has_group = True
        try:
            self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def read(self, consumer: str, limit: int, block_ms: int) -> list[Entry]:
        """Return entries for this consumer alone; waits up to `block_ms` for the first."""
        with redis_errors():
            if not self._has_group:
                self._ensure_group()
            try:
                found: Any = self._redis.xreadgroup(
                    GROUP, consumer, {self._key: ">"}, count=limit, block=block_ms or None
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                self._ensure_group()
                return []
        return _entries(_pages(found))

    def reclaim(self, consumer: str, idle_ms: int, limit: int) -> list[Entry]:
        """Take over entries that another consumer has held for `idle_ms` without an ack."""
        with redis_errors():
            if not self._has_group:
                self._ensure_group()
            try:
                found: Any = self._redis.xautoclaim(
                    self._key, GROUP, consumer, idle_ms, count=limit
                )
            except ResponseError as error:
                if "NOGROUP" not in str(error):
                    raise
                return []
        return _entries(found[1])

    def ack(self, positions: Sequence[str]) -> None:
        """Mark as seen to."""
        if positions:
            self._scripts("ack", [self._key], [GROUP, *positions])

    def lag(self) -> tuple[int, float]:
        """Return (entries not yet acked, age of the oldest in seconds)."""
        with redis_errors():
            length = self._redis.xlen(self._key)
            oldest: Any = self._redis.xrange(self._key, count=1)
        if not oldest:
            return length, 0.0
        born = int(oldest[0][0].split(b"-")[0]) / 1000
        return length, max(0.0, time.time() - born)


def _pages(found: Any) -> Any:
    """Flatten XREADGROUP's answer, a list (RESP2) or a dict of lists of pages (RESP3)."""
    if not found:
        return []
    if isinstance(found, dict):
        return [entry for pages in found.values() for page in pages for entry in page]
    return found[0][1]


def _entries(page: Any) -> list[Entry]:
    return [
        Entry(at.decode(), fields[b"k"].decode(), fields[b"b"])
        for at, fields in page
        if fields  # a reclaimed entry whose content was deleted meanwhile
    ]


class RedisTimers:
    """`Timers`: a sorted set of due times; lua/fire.lua moves what is due to the outbox."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._scripts = Scripts(redis)
        self._wake = Wake(redis, keys.timers_wake)

    def fire(self, limit: int) -> int:
        """Move what is due to the outbox; returns how many."""
        return int(self._scripts("fire", [self._keys.timers, self._keys.outbox], [limit]))

    def wait(self, block_ms: int) -> None:
        """Sleep until the next is due, an earlier one is set, or `block_ms` has passed."""
        self._wake.listen()
        with redis_errors():
            left = seconds_to_first(self._redis, self._keys.timers)
        seconds = block_ms / 1000
        self._wake.wait(seconds if left is None else min(seconds, left))


def server_seconds(redis: Redis) -> float:
    """Return the server's time: it decides what is due, so it also says how long until then."""
    moment: Any = redis.time()
    return float(moment[0]) + float(moment[1]) / 1_000_000


def seconds_to_first(redis: Redis, key: str) -> float | None:
    """Return seconds until the lowest score (ms) of a sorted set; None when it is empty."""
    pipe = redis.pipeline(transaction=False)
    pipe.time()
    pipe.zrange(key, 0, 0, withscores=True)
    found: Any = pipe.execute()
    (seconds, micros), first = found
    if not first:
        return None
    return float(first[0][1]) / 1000 - float(seconds) - float(micros) / 1_000_000


class RedisDocuments:
    """`Documents`: SHA-256 (hex) of a text to the text."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def put(self, body: bytes) -> str:
        """Store and return the SHA-256 (hex)."""
        key = digest(body)
        with redis_errors():
            self._redis.set(self._keys.document(key), body, nx=True)
        return key

    def get(self, key: str) -> bytes:
        """Return the body; raises `NotFound`."""
        with redis_errors():
            found: Any = self._redis.get(self._keys.document(key))
        if found is None:
            msg = f"No document {key[:12]}…"
            raise NotFound(msg)
        return bytes(found)


class SystemClock:
    """`Clock` of the machine."""

    def now(self) -> datetime:
        """Return now, aware, in UTC."""
        return datetime.now(UTC)


def outcome_body(id: str, kind: str, payload: dict[str, Any], status: str, detail: Any) -> str:
    """Return one outcome as it stands in the outbox."""
    return json.dumps(
        {"id": id, "kind": kind, "payload": payload, "status": status, "detail": detail},
        separators=(",", ":"),
    )
