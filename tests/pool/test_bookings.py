"""Reserving, deploying, giving back: promised once, and nobody who is to stay at home."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.pool import commands as c
from coalition.domain.pool import events as e
from coalition.domain.pool.availability import Span, free, lifecycle
from coalition.domain.pool.words import HIDDEN
from tests.pool.cast import DAY, NOON, Story, booking, capability, coalition, member

OFFER: dict[str, Any] = {"aid": "AID-2026-0001", "offer": 1}


def refusal(events: list[Any]) -> tuple[str, str]:
    """(code, what others are told) of the one refusal among these."""
    [found] = [one for one in events if isinstance(one, e.ReservationRefused | e.DeploymentRefused)]
    assert found.reason
    assert found.shown == ("not available" if found.code in HIDDEN else found.reason)
    return found.code, found.shown


def test_a_team_goes_through_its_whole_life() -> None:
    story = Story()
    stages = []
    for step in (c.ReserveCapability, c.DeployCapability, c.ReleaseCapability):
        fields: dict[type, dict[str, Any]] = {
            c.ReserveCapability: booking(),
            c.DeployCapability: OFFER,
            c.ReleaseCapability: {**OFFER, "capability": "lv-team", "rest_until": NOON + 3 * DAY},
        }
        story.tell(step, **fields[step])
        stages.append(lifecycle(story.now, "lv-team"))
    assert stages == ["reserved", "deployed", "resting"]
    [ended] = story.wait(5 * DAY)
    assert isinstance(ended, e.RestEnded)
    assert lifecycle(story.now, "lv-team") == "available"
    assert story.now.bookings == {}


def test_the_same_people_are_not_promised_twice() -> None:
    story = Story(coalition(member("lv", capability("lv-team"))))
    story.tell(c.ReserveCapability, **booking(1, size=3))
    overlapping = booking(2, size=2, starts=NOON + 10 * DAY, ends=NOON + 20 * DAY)
    assert refusal(story.tell(c.ReserveCapability, **overlapping)) == ("booked", "not available")
    assert story.tell(c.ReserveCapability, **{**overlapping, "size": 1})
    after = booking(3, size=4, starts=NOON + 20 * DAY, ends=NOON + 21 * DAY)
    [reserved] = story.tell(c.ReserveCapability, **after)
    assert isinstance(reserved, e.CapabilityReserved)


def test_the_reserve_floor_is_never_offered_and_counts_over_all_teams() -> None:
    two = (capability("lv-a", size=3), capability("lv-b", size=3, service="forensics"))
    story = Story(coalition(member("lv", *two, reserve_floor=2)))
    story.tell(c.ReserveCapability, **booking(1, capability="lv-a", size=3))
    wrong = booking(2, capability="lv-b", size=2)
    assert refusal(story.tell(c.ReserveCapability, **wrong)) == ("floor", "not available")
    assert free(story.now, "lv-b", 2, Span(NOON + DAY, NOON + 2 * DAY), NOON) == 1
    [reserved] = story.tell(c.ReserveCapability, **{**wrong, "size": 1})
    assert isinstance(reserved, e.CapabilityReserved)


def test_people_who_will_be_gone_by_then_do_not_count_as_at_home() -> None:
    teams = (capability("lv-a", size=3), capability("lv-b", size=3, valid_until="2026-03-05"))
    story = Story(coalition(member("lv", *teams, reserve_floor=3)))
    long = booking(capability="lv-a", size=1)
    assert refusal(story.tell(c.ReserveCapability, **long))[0] == "floor"
    short = booking(capability="lv-a", size=3, ends=NOON + 3 * DAY)
    assert isinstance(story.tell(c.ReserveCapability, **short)[-1], e.CapabilityReserved)


def test_what_is_no_people_has_no_floor() -> None:
    story = Story()
    events = story.tell(c.ReserveCapability, **booking(capability="lv-scrub", size=40))
    assert isinstance(events[-1], e.CapabilityReserved)


def test_what_is_promised_to_the_eu_or_nato_blocks_and_is_blocked() -> None:
    story = Story(coalition(member("lv", capability("lv-team"))))
    nato: dict[str, Any] = {"capability": "lv-team", "via": "NATO", "ref": "n1", "size": 3,
            "starts": NOON, "ends": NOON + 5 * DAY}  # fmt: skip
    story.tell(c.BookElsewhere, "lv-op", **nato)
    assert lifecycle(story.now, "lv-team") == "elsewhere"
    assert story.tell(c.BookElsewhere, "lv-op", **nato) == []
    assert refusal(story.tell(c.ReserveCapability, **booking()))[0] == "booked"
    [freed] = story.tell(c.FreeElsewhere, "lv-op", ref="n1")
    assert isinstance(freed, e.FreedElsewhere)
    story.tell(c.ReserveCapability, **booking(size=4))
    with pytest.raises(UserError, match="0 of 4 of lv-team are free"):
        story.tell(c.BookElsewhere, "lv-op", **{**nato, "ref": "n2"})
    with pytest.raises(UserError, match="Nothing is booked elsewhere"):
        story.tell(c.FreeElsewhere, "lv-op", ref="n1")


def test_a_booking_elsewhere_ends_by_itself() -> None:
    story = Story()
    story.tell(c.BookElsewhere, "lv-op", capability="lv-team", via="EU reserve", ref="eu",
               size=1, starts=NOON, ends=NOON + DAY)  # fmt: skip
    assert [type(one) for one in story.wait(2 * DAY)] == [e.FreedElsewhere]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"capability": "lv-nothing"}, "unknown"),
        ({"size": 5}, "too_large"),
        ({"ends": NOON + 16 * DAY}, "too_long"),
        ({"starts": NOON - 3 * DAY, "ends": NOON - DAY}, "over"),
        ({"ends": NOON + DAY}, "over"),
        ({"size": 3}, "floor"),
    ],
)
def test_a_refusal_is_an_event_for_the_system_and_an_error_for_a_person(
    wrong: dict[str, Any], code: str
) -> None:
    story = Story()
    assert refusal(story.tell(c.ReserveCapability, **booking(**wrong)))[0] == code
    assert story.now.bookings == {}
    with pytest.raises(UserError) as error:
        story.tell(c.ReserveCapability, "lv-op", **booking(2, **wrong))
    assert "/capability list" in error.value.hint


def test_a_capability_is_not_booked_beyond_its_last_day() -> None:
    file = coalition(member("lv", capability("lv-team", valid_until="2026-03-11")))
    story = Story(file)
    assert refusal(story.tell(c.ReserveCapability, **booking()))[0] == "expired"
    ends = booking(ends=NOON + 10 * DAY)
    assert isinstance(story.tell(c.ReserveCapability, **ends)[-1], e.CapabilityReserved)


@pytest.mark.parametrize("status", ["suspended", "left", "observer"])
def test_a_member_that_is_not_active_helps_nobody_but_may_take_its_people_home(status: str) -> None:
    story = Story()
    story.tell(c.ReserveCapability, **booking())
    story.world = type(story.world)(coalition(
        member("lv", capability("lv-team"), capability("lv-scrub", kind="infrastructure", size=40,
               unit="gbit-s"), status=status)))  # fmt: skip
    assert refusal(story.tell(c.ReserveCapability, **booking(2)))[0] == "not_active"
    assert refusal(story.tell(c.DeployCapability, **OFFER))[0] == "not_active"
    [released] = story.tell(c.ReleaseCapability, **OFFER, capability="lv-team")
    assert isinstance(released, e.CapabilityReleased)


def test_asking_again_changes_nothing_and_asking_otherwise_changes_the_booking() -> None:
    story = Story()
    story.tell(c.ReserveCapability, **booking())
    assert story.tell(c.ReserveCapability, **booking()) == []
    [changed] = story.tell(c.ReserveCapability, **booking(size=1, ends=NOON + 14 * DAY))
    assert isinstance(changed, e.CapabilityReserved)
    assert [one.size for one in story.now.bookings.values()] == [1]
    story.tell(c.DeployCapability, **OFFER)
    assert story.tell(c.DeployCapability, **OFFER) == []
    [longer] = story.tell(c.ReserveCapability, **booking(size=1, ends=NOON + 15 * DAY))
    assert isinstance(longer, e.CapabilityReserved)
    assert lifecycle(story.now, "lv-team") == "deployed"
    release: dict[str, Any] = {**OFFER, "capability": "lv-team"}
    story.tell(c.ReleaseCapability, **release)
    assert story.tell(c.ReleaseCapability, **release) == []


def test_given_back_before_it_was_reserved_it_is_not_reserved_any_more() -> None:
    """Two orders may arrive in either order; the later attempt of the same offer is a new one."""
    story = Story()
    [early] = [one for one in story.tell(c.ReleaseCapability, **OFFER, capability="lv-team")
               if isinstance(one, e.CapabilityReleased)]  # fmt: skip
    assert not early.known
    assert refusal(story.tell(c.ReserveCapability, **booking()))[0] == "released"
    [again] = story.tell(c.ReserveCapability, **booking(attempt=2))
    assert isinstance(again, e.CapabilityReserved)
    late = story.tell(c.ReleaseCapability, **OFFER, capability="lv-team")
    assert late == []
    assert len(story.now.bookings) == 1, "giving back the first attempt leaves the second"


def test_who_is_late_to_return_is_not_free() -> None:
    story = Story(coalition(member("lv", capability("lv-team"))))
    story.tell(c.ReserveCapability, **booking(1, size=4, starts=NOON, ends=NOON + 2 * DAY))
    story.tell(c.DeployCapability, **OFFER)
    next_ = booking(2, size=1, starts=NOON + 3 * DAY, ends=NOON + 5 * DAY)
    story.tell(c.ReserveCapability, **next_)
    story.wait(3 * DAY)
    second: dict[str, Any] = {"aid": "AID-2026-0001", "offer": 2}
    assert refusal(story.tell(c.DeployCapability, **second))[0] == "booked"
    third = booking(3, size=1, starts=NOON + 9 * DAY, ends=NOON + 10 * DAY)
    assert refusal(story.tell(c.ReserveCapability, **third))[0] == "booked"
    story.tell(c.ReleaseCapability, **OFFER, capability="lv-team")
    [deployed] = story.tell(c.DeployCapability, **second)
    assert isinstance(deployed, e.CapabilityDeployed)


def test_what_was_not_reserved_is_not_deployed() -> None:
    assert refusal(Story().tell(c.DeployCapability, **OFFER))[0] == "unreserved"


def test_another_member_and_a_stranger_may_not_touch_it() -> None:
    story = Story()
    for who in ("ee-both", "lv-ap", "xx-op"):
        with pytest.raises(NotAllowed):
            story.tell(c.ReserveCapability, who, **booking())
    with pytest.raises(NotAllowed, match="needs a named person"):
        story.tell(c.WithdrawCapability, capability="lv-team")
    with pytest.raises(NotAllowed, match="recorded by Tocsin itself"):
        story.tell(c.SeedPool, "lv-op")
    story.member = "zz"
    with pytest.raises(NotFound):
        story.tell(c.ReserveCapability, **booking())
    assert story.state is None
