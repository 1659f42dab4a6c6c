"""Sign-in links, presence and tallies: the same contract in memory, on fakeredis and on Redis."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from coalition.adapters.memory_presence import MemoryPresence
from coalition.adapters.memory_signin import MemorySigninLinks
from coalition.adapters.memory_tallies import MemoryTallies
from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_presence import RedisPresence
from coalition.adapters.redis_signin import RedisSigninLinks
from coalition.adapters.redis_tallies import RedisTallies
from coalition.application import presence as presences
from tests.web.stage import SetClock

if TYPE_CHECKING:
    from coalition.application.presence import Presence
    from coalition.application.signin import SigninLinks
    from coalition.application.tallies import Tallies


class Ports(NamedTuple):
    links: SigninLinks
    presence: Presence
    tallies: Tallies
    exercise_links: SigninLinks
    age: Callable[[str, float], None]  # let a link, or the beats of a role, grow older


def in_memory() -> Ports:
    clock = SetClock()

    def age(_: str, seconds: float) -> None:
        clock.wait(seconds=seconds)

    links = MemorySigninLinks(clock)
    return Ports(links, MemoryPresence(clock), MemoryTallies(), MemorySigninLinks(clock), age)


def over_redis(redis: Any) -> Ports:
    def age(what: str, seconds: float) -> None:
        for key in redis.keys(f"*{what}*"):
            if redis.type(key) == b"zset":
                for name in redis.zrange(key, 0, -1):
                    redis.zincrby(key, -seconds, name)
            else:
                redis.pexpire(key, max(1, redis.pttl(key) - int(seconds * 1000)))

    live, exercise = Keys(), Keys(exercise=True)
    return Ports(
        RedisSigninLinks(redis, live),
        RedisPresence(redis, live),
        RedisTallies(redis, live),
        RedisSigninLinks(redis, exercise),
        age,
    )


@pytest.fixture(params=["memory", "fake", "real"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        return in_memory()
    return over_redis(request.getfixturevalue(f"{request.param}_redis"))


def test_a_link_may_be_looked_at_often_and_taken_once(ports: Ports) -> None:
    ports.links.put("k", b"v", 600)
    assert [ports.links.peek("k"), ports.links.peek("k")] == [b"v", b"v"]
    assert [ports.links.take("k"), ports.links.take("k")] == [b"v", None]
    assert ports.links.peek("k") is None


def test_of_many_who_take_a_link_at_once_one_gets_it(ports: Ports) -> None:
    ports.links.put("k", b"v", 600)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: ports.links.take("k"), range(16)))
    assert sorted(taken, key=str) == [*[None] * 15, b"v"]


def test_a_link_is_forgotten_when_its_time_is_up(
    ports: Ports, eventually: Callable[..., None]
) -> None:
    ports.links.put("k", b"v", 600)
    ports.age("signin", 590)
    assert ports.links.peek("k") == b"v"
    ports.age("signin", 11)
    eventually(lambda: ports.links.peek("k") is None)
    assert ports.links.take("k") is None


def test_links_of_an_exercise_are_not_live_links(ports: Ports) -> None:
    ports.exercise_links.put("k", b"v", 600)
    assert ports.links.take("k") is None
    assert ports.exercise_links.take("k") == b"v"


def test_processes_are_alive_while_they_say_so(ports: Ports) -> None:
    assert ports.presence.alive() == {"relay": 0, "worker": 0}
    ports.presence.beat("worker", "a")
    ports.presence.beat("worker", "a")
    ports.presence.beat("worker", "b")
    ports.presence.beat("relay", "a")
    assert ports.presence.alive() == {"relay": 1, "worker": 2}
    ports.presence.leave("worker", "a")
    assert ports.presence.alive() == {"relay": 1, "worker": 1}


def test_a_process_that_is_silent_is_taken_for_dead(ports: Ports) -> None:
    ports.presence.beat("worker", "old")
    ports.age("presence", presences.FORGET_SECONDS - 2)
    assert ports.presence.alive()["worker"] == 1
    ports.age("presence", 3)
    ports.presence.beat("worker", "new")
    assert ports.presence.alive()["worker"] == 1


def test_a_beat_comes_often_enough_that_one_may_be_missed() -> None:
    assert presences.BEAT_SECONDS * 3 < presences.FORGET_SECONDS


def test_tallies_add_up(ports: Ports) -> None:
    assert set(ports.tallies.read().values()) == {0}
    ports.tallies.add("slack_failures")
    ports.tallies.add("slack_failures", 4)
    counted = {name: count for name, count in ports.tallies.read().items() if count}
    assert counted == {"slack_failures": 5}
