"""The coverage map: what the whole has that no member has alone."""

from __future__ import annotations

from typing import Any

from coalition.domain.coverage import asked_for, coverage, listed
from coalition.domain.pool import commands as c
from coalition.domain.pool.seeding import current
from coalition.domain.services import SERVICES
from tests.pool.cast import DAY, NOON, Story, capability, coalition, member

FILE = coalition(
    member("lv", capability("lv-team", type=3), capability("lv-lab", service="forensics", size=1)),
    member("ee", capability("ee-team", size=6, type=2, languages=["et"]),
           capability("ee-feed", service="threat-intelligence", kind="feed", notice="1h")),
    member("fi", capability("fi-train", service="training", kind="training",
                            clearances=["eu-secret"], valid_until="2026-03-02")),
    member("gb", capability("gb-team", service="exercises"), status="left"),
)  # fmt: skip


def pools(**known: Any) -> Any:
    return {one.id: current(known.get(one.id), one.id, FILE, NOON) for one in FILE.members}


def test_the_map_has_every_service_once_in_its_area() -> None:
    found = coverage(pools(), FILE, NOON)
    assert [one.service for one in found.services] == list(SERVICES)
    assert [len(area.services) for area in found.areas] == [2, 6, 6, 3, 4]


def test_it_says_who_offers_what_and_how_much_together() -> None:
    by_service = {one.service: one for one in coverage(pools(), FILE, NOON).services}
    mitigation = by_service["mitigation-and-recovery"]
    assert mitigation.members == ("lv", "ee")
    assert (mitigation.people, mitigation.deepest, mitigation.best_type) == (10, 6, 2)
    assert not mitigation.hangs_on_one
    feed = by_service["analysis-and-synthesis"]
    assert (feed.members, feed.people, feed.others, feed.hangs_on_one) == (("ee",), 0, 1, True)
    assert by_service["exercises"].is_gap, "who has left offers nothing"


def test_what_the_whole_has_that_no_member_has_alone() -> None:
    found = coverage(pools(), FILE, NOON)
    assert (found.together, found.alone, found.gained) == (4, 2, 2)
    assert len(found.gaps) == 21 - 4
    later = coverage(pools(), FILE, NOON + 2 * DAY)
    assert (later.together, later.gained) == (3, 1), "what has expired no longer counts"


def test_what_was_withdrawn_is_off_the_map() -> None:
    story = Story(FILE)
    story.tell(c.WithdrawCapability, "lv-op", capability="lv-lab")
    found = coverage(pools(lv=story.now), FILE, NOON)
    assert found.together == 3


def test_a_filter_by_need_returns_the_exact_set() -> None:
    everything = {
        member: [one.id for one in listed(pool, NOON)] for member, pool in pools().items()
    }
    assert everything == {"lv": ["lv-team", "lv-lab"], "ee": ["ee-team", "ee-feed"],
                          "fi": ["fi-train"], "gb": ["gb-team"]}  # fmt: skip

    def ids(**need: Any) -> list[str]:
        fits = asked_for(**need)
        known = pools()
        return [
            one.id for member in FILE.active for one in listed(known[member.id], NOON) if fits(one)
        ]

    assert ids() == ["lv-team", "lv-lab", "ee-team", "ee-feed", "fi-train"]
    assert ids(service="mitigation-and-recovery") == ["lv-team", "ee-team"]
    assert ids(service="mitigation-and-recovery", type_at_most=2) == ["ee-team"]
    assert ids(kind="feed") == ["ee-feed"]
    assert ids(languages=("lv",), kind="team") == ["lv-team", "lv-lab"]
    assert ids(clearance="eu-secret") == ["fi-train"]
    assert ids(hours=2) == ["ee-feed"]
    narrowed = coverage(pools(), FILE, NOON, asked_for(kind="feed"))
    assert (narrowed.together, narrowed.alone) == (1, 1)
