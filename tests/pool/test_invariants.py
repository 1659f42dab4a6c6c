"""Whatever is asked of a pool in whatever order: nothing twice, and the floor holds.

`POOL_EXAMPLES` sets how many random stories each property tries (long run: 3000).
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.messages import GENESIS, SYSTEM, Event, Record, digest
from coalition.domain.pool import commands as c
from coalition.domain.pool import events as e
from coalition.domain.pool.apply import apply
from coalition.domain.pool.availability import span_of
from coalition.domain.pool.decide import decide
from coalition.domain.pool.state import Pool
from tests.pool.cast import DAY, NOON, Story, capability, coalition, member, person

thorough = settings(max_examples=int(os.environ.get("POOL_EXAMPLES", "80")), deadline=None)
FLOOR = 2
TEAMS = ("lv-a", "lv-b", "lv-night")
FILE = coalition(
    member(
        "lv",
        capability("lv-a"),
        capability("lv-b", size=3, valid_until="2026-03-20"),
        reserve_floor=FLOOR,
    )
)


def play(seed: int, length: int) -> Story:
    """A random story; what is refused a person is passed over."""
    chance, story = random.Random(seed), Story(FILE)
    for _ in range(length):
        step(chance, story)
    return story


stories = st.builds(play, st.integers(0, 2**32), st.integers(2, 40))


def step(chance: random.Random, story: Story) -> None:
    team = chance.choice(TEAMS)
    offer: dict[str, Any] = {"aid": "AID-2026-0001", "offer": chance.randint(1, 5)}
    starts = NOON + chance.randint(0, 20) * DAY
    stay: dict[str, Any] = {"starts": starts, "ends": starts + chance.randint(1, 15) * DAY}
    size, attempt = chance.randint(1, 4), chance.randint(1, 2)
    rest = chance.choice((None, story.at + chance.randint(1, 4) * DAY))
    night = CapabilityRecord.model_validate(capability("lv-night", size=size))
    who = chance.choice(("lv-op", "lv-ap", "lv-both", "ee-both"))
    asked: list[tuple[type[Any], str | None, dict[str, Any]]] = [
        (c.ReserveCapability, None, {**offer, **stay, "capability": team, "size": size,
                                     "attempt": attempt}),
        (c.ReserveCapability, None, {**offer, **stay, "capability": team, "size": size}),
        (c.DeployCapability, None, offer),
        (c.ReleaseCapability, None, {**offer, "capability": team, "attempt": attempt,
                                     "rest_until": rest}),
        (c.BookElsewhere, who, {**stay, "capability": team, "size": size, "via": "NATO",
                                "ref": f"n{chance.randint(1, 2)}"}),
        (c.FreeElsewhere, who, {"ref": f"n{chance.randint(1, 2)}"}),
        (c.AddCapability, who, {"capability": night}),
        (c.ConfirmCapability, who, {"capability": team}),
        (c.WithdrawCapability, who, {"capability": team}),
    ]  # fmt: skip
    if chance.random() < 0.2:
        story.wait(chance.randint(1, 4) * DAY)
        return
    command, actor, fields = chance.choice(asked)
    before = story.state.model_dump_json() if story.state else None
    try:
        story.tell(command, actor, **fields)
    except UserError:
        assert (story.state.model_dump_json() if story.state else None) == before


def instants(pool: Pool, at: Any) -> list[Any]:
    return [at, *(span_of(one, at).starts for one in pool.bookings.values())]


def test_the_stories_reach_every_event() -> None:
    seen = Counter(record.type for seed in range(300) for record in play(seed, 40).records)
    ours = {name for name, one in Event.registry.items() if one.__module__ == e.__name__}
    assert {one for one in ours if seen[one] < 5} == set()


@thorough
@given(stories)
def test_no_part_of_a_team_is_ever_promised_twice(story: Story) -> None:
    if story.state is None:
        return
    pool = story.now
    for at in instants(pool, story.at):
        if at < story.at:
            continue
        for team, listing in pool.listings.items():
            taken = sum(
                one.size
                for one in pool.bookings.values()
                if one.capability == team
                and one.stage != "deployed"  # who is late to return was promised in good time
                and span_of(one, story.at).starts <= at < span_of(one, story.at).ends
            )
            assert taken <= listing.record.size, (team, at)


@thorough
@given(st.integers(0, 2**32))
def test_after_every_reservation_the_reserve_floor_is_at_home(seed: int) -> None:
    chance, story = random.Random(seed), Story(FILE)
    for _ in range(30):
        known = len(story.records)
        step(chance, story)
        for record in story.records[known:]:
            if record.type != "CapabilityReserved":
                continue
            event = record.event()
            assert isinstance(event, e.CapabilityReserved)
            pool = story.now
            for at in {event.starts, *(one for one in instants(pool, story.at)
                                       if event.starts <= one < event.ends)}:  # fmt: skip
                away = sum(
                    one.size
                    for one in pool.bookings.values()
                    if span_of(one, story.at).starts <= at < span_of(one, story.at).ends
                )
                whole = sum(
                    one.record.size for one in pool.listings.values() if one.standing == "available"
                )
                assert whole - away >= FLOOR


@thorough
@given(stories)
def test_the_log_is_a_chain_and_replays_to_the_same_bytes(story: Story) -> None:
    state, prev = None, GENESIS
    for version, record in enumerate(story.records, 1):
        assert (record.version, record.prev) == (version, prev)
        prev = digest(record.to_bytes())
        read = Record.model_validate(json.loads(record.to_bytes()))
        state = apply(state, read, read.event())
    if story.state is not None and state is not None:
        assert state.model_dump_json() == story.state.model_dump_json()
        again = Pool.model_validate_json(story.state.model_dump_json())
        assert again.model_dump_json() == story.state.model_dump_json()


@thorough
@given(stories, st.integers(1, 5))
def test_what_the_system_asks_is_answered_by_an_event_and_once(story: Story, offer: int) -> None:
    """The second of two equal commands of a saga finds nothing to do, or the same refusal."""
    command = c.ReserveCapability(
        id="again", at=story.at, actor=SYSTEM, member="lv", capability="lv-a",
        aid="AID-2026-0001", offer=offer, attempt=9, size=1, starts=story.at,
        ends=story.at + DAY,
    )  # fmt: skip
    first = story.carry_out(command)
    assert isinstance(first[-1], e.CapabilityReserved | e.ReservationRefused)
    second = decide(story.state, command, story.world)
    assert second == ([] if isinstance(first[-1], e.CapabilityReserved) else first[-1:])


@thorough
@given(stories)
def test_nobody_of_another_member_changes_anything(story: Story) -> None:
    for command in (
        c.WithdrawCapability(id="x", at=story.at, actor=person("ee-both"), member="lv",
                             capability="lv-a"),
        c.FreeElsewhere(id="x", at=story.at, actor=person("ee-both"), member="lv", ref="n1"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            decide(story.state, command, story.world)
