"""Deciding and folding stay far below what an append costs; the best of several runs counts."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.incident.apply import apply
from coalition.domain.incident.decide import decide
from coalition.domain.incident.timers import timers
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, canonical
from coalition.domain.receipts import Receipt
from coalition.domain.world import World
from tests.domain.cast import NOW, NUMBER, Story, member, opened, partner, person

if TYPE_CHECKING:
    from coalition.domain.messages import Actor, Command


def house(size: int) -> World:
    people = [member("ee")]
    for number in range(size):
        one = member(f"m{number}", country="LV", channels=[])
        for delegate in one["delegates"]:
            del delegate["slack"]
        way: dict[str, Any] = {"kind": "webhook", "url": "https://x.example/t"}
        one["channels"] = [{**way, "secret": {"env": "S"}, "ceiling": Tlp.AMBER}]
        people.append(one)
    raw = {"coalition": {"name": "Many"}, "members": people}
    return World(Coalition.model_validate_json(canonical(raw)))


def told(size: int) -> tuple[Story, list[str]]:
    names = [f"m{number}" for number in range(size)]
    story = opened(house(size), tlp=Tlp.GREEN, invite=tuple(names))
    story.tell(c.IssueNotice, "ee-op", kind="alert", to=tuple(names), text="x")
    return story, names


def milliseconds(story: Story, kind: type[Command], actor: Actor, **fields: Any) -> float:
    """To decide one command and fold what follows: the best of ten, each from the same state."""
    about = {"id": "c", "at": NOW, "actor": actor, "incident": NUMBER}
    command = kind.model_validate({**about, **fields})
    records = [story.recorded(command, one) for one in decide(story.now, command, story.world)]
    best = float("inf")
    for _ in range(10):
        start = perf_counter()
        state = story.now
        for event, record in zip(decide(state, command, story.world), records, strict=True):
            state = apply(state, record, event)
        best = min(best, (perf_counter() - start) * 1000)
    return best


@pytest.mark.parametrize("size", [35, 1000])
def test_an_answer_a_note_and_the_timers_take_less_than_a_millisecond_each(size: int) -> None:
    story, _ = told(size)
    asked = {"notice": 1, "member": "m1", "answer": "acknowledge"}
    assert milliseconds(story, c.AnswerNotice, partner("m1"), **asked) < 1
    assert milliseconds(story, c.AddNote, person("ee-op"), text="seen") < 1
    start = perf_counter()
    for _ in range(10):
        timers(story.now)
    assert (perf_counter() - start) * 100 < 1


def test_two_hundred_receipts_of_a_thousand_take_less_than_fifty_milliseconds() -> None:
    story, names = told(1000)
    receipts = tuple(
        Receipt(notice=1, member=name, attempt=1, channel=0, stage="delivered", at=NOW)
        for name in names[:200]
    )
    assert milliseconds(story, c.RecordReceipts, SYSTEM, receipts=receipts) < 50
