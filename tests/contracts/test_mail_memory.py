"""Which mails have been seen to, and who looks: on every back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coalition.adapters.memory_mail import MemoryMailMemory
from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_mail import RedisMailMemory
from coalition.application.mail_memory import MailMemory


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture(params=["memory", "fake_redis", "real_redis"])
def memory(request: pytest.FixtureRequest) -> MailMemory:
    if request.param == "memory":
        return MemoryMailMemory(Clock())
    return RedisMailMemory(request.getfixturevalue(request.param), Keys())


def test_a_mail_is_new_until_it_is_remembered(memory: MailMemory) -> None:
    assert not memory.seen("a")
    memory.remember("a")
    assert memory.seen("a")
    assert not memory.seen("b")


def test_every_beginning_with_a_mail_is_counted(memory: MailMemory) -> None:
    assert [memory.tried("a"), memory.tried("a"), memory.tried("b")] == [1, 2, 1]


def test_one_looks_for_mail_until_it_leaves(memory: MailMemory) -> None:
    assert memory.watch("first", 60)
    assert memory.watch("first", 60), "it may go on"
    assert not memory.watch("second", 60)
    memory.leave("second")
    assert not memory.watch("second", 60), "nobody leaves for another"
    memory.leave("first")
    assert memory.watch("second", 60)


def test_whoever_died_is_relieved_when_the_lease_is_over() -> None:
    clock = Clock()
    memory = MemoryMailMemory(clock)
    assert memory.watch("dead", 60)
    clock.at += timedelta(seconds=61)
    assert memory.watch("alive", 60)


def test_a_lease_in_redis_ends_by_itself(real_redis: object) -> None:
    memory = RedisMailMemory(real_redis, Keys())  # type: ignore[arg-type]
    assert memory.watch("dead", 60)
    left = real_redis.ttl("tocsin:live:mail:watch")  # type: ignore[attr-defined]
    assert 0 < left <= 60
