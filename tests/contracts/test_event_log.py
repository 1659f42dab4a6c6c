"""What every event log must do."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_log import RedisLog
from coalition.application.ports import Append
from coalition.domain.errors import NotFound, VersionConflict
from coalition.domain.messages import GENESIS, SYSTEM, Record, digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from tests.contracts.conftest import Ports

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SHARED_BY_THREADS = pytest.mark.parametrize("ports", ["memory", "real_redis"], indirect=True)
"""Not fakeredis: there the one who waits holds up the one who writes."""


def change(
    id: str = "INC-1", expected: int = 0, count: int = 1, command: str = "", **more: Any
) -> Append:
    """Build an append of `count` records whose data say their version."""
    prev, bodies = more.pop("prev", GENESIS), []
    for version in range(expected + 1, expected + count + 1):
        record = Record(
            aggregate="incident",
            id=id,
            version=version,
            at=AT,
            actor=SYSTEM,
            cause=command or f"c-{id}-{expected}",
            type="NoteAdded",
            data={"text": f"line {version} ünïcode", "ref": "", "author": ""},
            prev=prev,
        )
        bodies.append(record.to_bytes())
        prev = digest(bodies[-1])
    values: dict[str, Any] = {
        "aggregate": "incident",
        "id": id,
        "expected": expected,
        "records": bodies,
        "types": ["NoteAdded"] * count,
        "hash": prev,
        "state": json.dumps({"version": expected + count}).encode(),
        "timers_set": {},
        "timers_clear": [],
        "command": command or f"c-{id}-{expected}",
    }
    return Append(**(values | more))


def test_what_was_appended_is_loaded_and_read_back_byte_for_byte(ports: Ports) -> None:
    """State, version, hash and every record."""
    wanted = change(count=3)
    done = ports.log.append(wanted)
    assert (done.version, done.duplicate) == (3, False)
    assert ports.log.load("incident", "INC-1") == (3, wanted.hash, wanted.state)
    assert [body for _, body in ports.log.records("incident", "INC-1")] == list(wanted.records)
    assert [r.version for r, _ in ports.log.records("incident", "INC-1", after=1)] == [2, 3]
    assert [r.version for r in ports.log.tail("incident", "INC-1", 2)] == [3, 2]
    assert ports.log.record("incident", "INC-1", 2).data["text"] == "line 2 ünïcode"


def test_an_aggregate_that_does_not_exist_has_version_zero(ports: Ports) -> None:
    """And no records."""
    assert ports.log.load("incident", "INC-9") == (0, "", b"")
    assert list(ports.log.records("incident", "INC-9")) == []
    with pytest.raises(NotFound):
        ports.log.record("incident", "INC-9", 1)


def test_a_stale_version_is_refused_and_nothing_at_all_is_written(ports: Ports) -> None:
    """Neither record nor state, outbox, timer nor command."""
    ports.log.append(change(count=2))
    before = ports.outbox.lag()[0]
    stale = change(expected=1, command="stale", timers_set={"t": AT})
    with pytest.raises(VersionConflict):
        ports.log.append(stale)
    assert ports.log.load("incident", "INC-1").version == 2
    assert len(list(ports.log.records("incident", "INC-1"))) == 2
    assert ports.outbox.lag()[0] == before
    assert ports.log.carried_out("stale") is None
    assert ports.timers.fire(10) == 0


def test_a_command_is_carried_out_once_whatever_version_it_comes_back_with(ports: Ports) -> None:
    """The second time tells what the first led to, even for another aggregate id."""
    ports.log.append(change(command="open-1"))
    again = ports.log.append(change(id="INC-2", command="open-1"))
    assert again == ("incident", "INC-1", 1, True)
    assert ports.log.load("incident", "INC-2").version == 0
    assert ports.log.carried_out("open-1") == ("incident", "INC-1", 1, True)


def test_ids_come_in_order_of_creation_and_numbers_never_twice(ports: Ports) -> None:
    """Each once, however many records."""
    for id in ("INC-1", "INC-2"):
        ports.log.append(change(id=id))
    ports.log.append(change(id="INC-1", expected=1))
    assert ports.log.ids("incident") == ["INC-1", "INC-2"]
    assert [ports.log.next_number("incident") for _ in range(3)] == [1, 2, 3]


def test_the_runs_of_one_incident_are_found_without_looking_at_any_other(ports: Ports) -> None:
    """With those that runs have started; the number of no incident begins another's."""
    runs = ["INC-2026-0001-r1", "INC-2026-0001-r1-dig-1", "INC-2026-0001-p3-1"]
    for id in (runs[0], "INC-2026-00011-r1", *runs[1:], "INC-2026-0002-r1"):
        ports.log.append(change(aggregate="run", id=id))
    assert sorted(ports.log.ids("run", of="INC-2026-0001")) == sorted(runs)
    assert ports.log.ids("run", of="INC-2026-0002") == ["INC-2026-0002-r1"]
    assert ports.log.ids("run", of="INC-2026-0003") == []
    assert len(ports.log.ids("run")) == 5


def test_runs_from_before_there_was_an_index_are_found(fake_redis: Redis) -> None:
    """The first reading puts them in, once."""
    keys = Keys()
    RedisLog(fake_redis, keys).append(change(aggregate="run", id="INC-2026-0001-r1"))
    fake_redis.delete(keys.ids_of("run", "INC-2026-0001"))
    log = RedisLog(fake_redis, keys)
    assert log.ids("run", of="INC-2026-0001") == ["INC-2026-0001-r1"]
    log.append(change(aggregate="run", id="INC-2026-0001-r2"))
    assert log.ids("run", of="INC-2026-0001") == ["INC-2026-0001-r1", "INC-2026-0001-r2"]


@SHARED_BY_THREADS
def test_of_many_writers_at_one_version_exactly_one_wins(ports: Ports) -> None:
    """The others hear of the conflict."""
    outcomes: list[str] = []

    def write(number: int) -> None:
        try:
            ports.log.append(change(command=f"writer-{number}"))
            outcomes.append("won")
        except VersionConflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["won"]


def test_the_outbox_gives_each_append_to_one_reader_until_acknowledged(ports: Ports) -> None:
    """Then it is gone, and the lag is nothing."""
    ports.outbox.read("a", 10, 1)
    ports.log.append(change(count=2))
    [entry] = ports.outbox.read("a", 10, 1)
    assert entry.kind == "records"
    assert [r["version"] for r in json.loads(entry.body)] == [1, 2]
    assert ports.outbox.read("b", 10, 1) == []
    assert ports.outbox.lag()[0] == 1
    ports.outbox.ack([entry.position])
    assert ports.outbox.lag() == (0, 0.0)


def test_another_reader_takes_over_what_a_dead_one_held(ports: Ports) -> None:
    """Once it has been idle long enough, and not before."""
    ports.outbox.read("a", 10, 1)
    ports.log.append(change())
    [entry] = ports.outbox.read("a", 10, 1)
    assert ports.outbox.reclaim("b", 60_000, 10) == []
    assert [e.position for e in ports.outbox.reclaim("b", 0, 10)] == [entry.position]


def test_a_due_timer_moves_to_the_outbox_once_and_one_not_due_stays(
    ports: Ports, eventually: Callable[..., None]
) -> None:
    """Set with an append, cleared with an append."""
    ports.outbox.read("a", 10, 1)
    soon, later = ports.now() + timedelta(milliseconds=60), ports.now() + timedelta(hours=1)
    ports.log.append(change(timers_set={"soon": soon, "later": later, "gone": soon}))
    ports.log.append(change(expected=1, timers_clear=["gone"]))
    assert ports.timers.fire(10) == 0
    eventually(lambda: ports.now() >= soon, what="the timer's due time")
    assert ports.timers.fire(10) == 1
    assert ports.timers.fire(10) == 0
    timers = [json.loads(e.body) for e in ports.outbox.read("a", 10, 1) if e.kind == "timer"]
    assert [(t["id"], t["name"]) for t in timers] == [("INC-1", "soon")]
    assert abs(timers[0]["due"] - soon.timestamp() * 1000) <= 1


@SHARED_BY_THREADS
def test_an_earlier_timer_wakes_whoever_sleeps_until_a_later_one(ports: Ports) -> None:
    """Waiting ends long before the hour is over."""
    ports.log.append(change(timers_set={"later": ports.now() + timedelta(hours=1)}))
    ports.timers.wait(60)
    woken = threading.Event()

    def sleep() -> None:
        ports.timers.wait(5_000)
        woken.set()

    thread = threading.Thread(target=sleep, daemon=True)
    thread.start()
    ports.log.append(change(id="INC-2", timers_set={"now": ports.now()}))
    assert woken.wait(4)
    thread.join()


def test_a_document_is_found_by_its_content_hash(ports: Ports) -> None:
    """And one that is not there is said so."""
    key = ports.documents.put(b"playbook: x")
    assert key == digest(b"playbook: x")
    assert ports.documents.get(key) == b"playbook: x"
    with pytest.raises(NotFound):
        ports.documents.get("0" * 64)
