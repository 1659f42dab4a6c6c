"""What a member lists: by the file, at night by a person, and until its last day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from coalition.adapters.coalition_file import read_coalition
from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.errors import ConfigError, NotAllowed, NotFound, UserError
from coalition.domain.messages import SYSTEM
from coalition.domain.pool import commands as c
from coalition.domain.pool import events as e
from coalition.domain.pool.availability import lifecycle
from coalition.domain.pool.commands import PassPoolTimer
from coalition.domain.pool.seeding import current
from coalition.domain.services import EVERYDAY, SERVICES, service_of
from coalition.domain.world import World
from tests.pool.cast import DAY, NOON, Story, booking, capability, coalition, member


def record(id: str = "lv-night", **changes: Any) -> CapabilityRecord:
    return CapabilityRecord.model_validate(capability(id, **changes))


def kinds(events: list[Any]) -> list[str]:
    return [type(one).__name__ for one in events]


def test_the_framework_has_21_services_in_five_areas() -> None:
    assert len(SERVICES) == 21
    assert len({one.area for one in SERVICES.values()}) == 5
    sections = [one.section for one in SERVICES.values()]
    assert sections == sorted(set(sections))
    assert service_of(" Mitigation and Recovery ") == "mitigation-and-recovery"
    assert service_of("Scrubbing") == EVERYDAY["scrubbing"]
    with pytest.raises(ValueError, match="did you mean 'forensics'"):
        service_of("forensic")


def test_the_file_is_taken_over_with_the_first_decision_and_once() -> None:
    story = Story()
    assert kinds(story.tell(c.SeedPool)) == ["PoolOpened", "CapabilityListed", "CapabilityListed"]
    assert story.tell(c.SeedPool) == []
    assert current(story.now, "lv", story.world.coalition, NOON) == story.now
    unseen = current(None, "lv", story.world.coalition, NOON)
    assert unseen.listings == story.now.listings, "a view shows it before anything is recorded"


def test_a_change_of_the_file_is_followed_and_a_withdrawal_at_night_stands() -> None:
    story = Story()
    story.tell(c.WithdrawCapability, "lv-op", capability="lv-team", reason="all ill")
    assert lifecycle(story.now, "lv-team") == "withdrawn"
    assert story.tell(c.SeedPool) == []
    changed = coalition(member("lv", capability("lv-team", size=5)))
    story.world = World(changed)
    assert kinds(story.tell(c.SeedPool)) == ["CapabilityListed", "CapabilityWithdrawn"]
    assert lifecycle(story.now, "lv-team") == "available"
    assert lifecycle(story.now, "lv-scrub") == "withdrawn"


def test_an_operator_drafts_and_an_approver_confirms() -> None:
    story = Story()
    assert kinds(story.tell(c.AddCapability, "lv-op", capability=record()))[-1] == (
        "CapabilityDrafted"
    )
    assert story.tell(c.AddCapability, "lv-op", capability=record()) == []
    reserve = booking(capability="lv-night", size=1)
    [refused] = story.tell(c.ReserveCapability, **reserve)
    assert isinstance(refused, e.ReservationRefused)
    assert (refused.code, refused.shown) == ("draft", "not available")
    with pytest.raises(NotAllowed, match="role approver"):
        story.tell(c.ConfirmCapability, "lv-op", capability="lv-night")
    assert kinds(story.tell(c.ConfirmCapability, "lv-ap", capability="lv-night")) == [
        "CapabilityConfirmed"
    ]
    assert story.tell(c.ConfirmCapability, "lv-ap", capability="lv-night") == []
    [listed] = story.tell(c.AddCapability, "lv-both", capability=record("lv-day"))
    assert isinstance(listed, e.CapabilityListed)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (record("lv-team"), "stands in the coalition file"),
        (record("ee-team"), "already used at CERT-EE"),
        (record(cost={"per_day": 1, "currency": "USD"}), "settles in EUR, not in USD"),
        (record(valid_until="2026-02-28"), "last day of lv-night has passed"),
    ],
)
def test_what_cannot_be_listed_is_refused_with_the_way_out(
    wrong: CapabilityRecord, says: str
) -> None:
    story = Story(
        coalition(member("lv", capability("lv-team")), member("ee", capability("ee-team")))
    )
    with pytest.raises(UserError, match=says):
        story.tell(c.AddCapability, "lv-both", capability=wrong)
    assert story.state is None


def test_what_is_booked_is_neither_replaced_nor_withdrawn() -> None:
    story = Story()
    story.tell(c.AddCapability, "lv-both", capability=record())
    story.tell(c.ReserveCapability, **booking(capability="lv-night", size=1))
    with pytest.raises(UserError, match="is booked"):
        story.tell(c.AddCapability, "lv-both", capability=record(size=9))
    with pytest.raises(UserError, match="offer 1 of AID-2026-0001") as error:
        story.tell(c.WithdrawCapability, "lv-op", capability="lv-night")
    assert "/aid recall" in error.value.hint


def test_a_withdrawal_that_would_leave_too_few_at_home_is_refused() -> None:
    teams = (capability("lv-a", size=3), capability("lv-b", size=3))
    story = Story(coalition(member("lv", *teams, reserve_floor=3)))
    story.tell(c.ReserveCapability, **booking(capability="lv-a", size=3))
    with pytest.raises(UserError, match="reserve floor would stay at home"):
        story.tell(c.WithdrawCapability, "lv-op", capability="lv-b")
    story.tell(c.ReleaseCapability, capability="lv-a", aid="AID-2026-0001", offer=1)
    assert story.tell(c.WithdrawCapability, "lv-op", capability="lv-b")


def test_withdrawing_twice_or_the_unknown() -> None:
    story = Story()
    story.tell(c.WithdrawCapability, "lv-op", capability="lv-team")
    assert story.tell(c.WithdrawCapability, "lv-op", capability="lv-team") == []
    with pytest.raises(UserError, match="only a draft is confirmed"):
        story.tell(c.ConfirmCapability, "lv-ap", capability="lv-team")
    with pytest.raises(NotFound, match="Did you mean 'lv-team'"):
        story.tell(c.WithdrawCapability, "lv-op", capability="lv-tean")


def test_on_the_day_after_its_last_it_expires_once_and_can_be_listed_anew() -> None:
    story = Story()
    story.tell(c.AddCapability, "lv-both", capability=record(valid_until="2026-03-02"))
    assert story.wait(DAY) == []
    assert kinds(story.wait(DAY / 2)) == ["CapabilityExpired"]
    assert story.wait(400 * DAY) == []
    assert lifecycle(story.now, "lv-night") == "expired"
    with pytest.raises(UserError, match="is expired"):
        story.tell(c.ConfirmCapability, "lv-ap", capability="lv-night")
    later = record(valid_until="2030-01-01")
    assert kinds(story.tell(c.AddCapability, "lv-both", capability=later)) == ["CapabilityListed"]


def test_a_draft_past_its_day_is_not_confirmed_even_before_its_timer() -> None:
    story = Story()
    story.tell(c.AddCapability, "lv-op", capability=record(valid_until="2026-03-01"))
    story.at += DAY
    with pytest.raises(UserError, match="last day"):
        story.tell(c.ConfirmCapability, "lv-ap", capability="lv-night")


def test_everyday_words_and_days_are_read_and_faults_are_named(tmp_path: Any) -> None:
    def file(**changes: Any) -> str:
        one = member("lv", capability("lv-team", **changes), channels=[])
        return json.dumps({"coalition": {"name": "B"}, "members": [one]})

    read = read_coalition(file(service="scrubbing", valid_until="2027-01-31"), tmp_path)
    [team] = read.members[0].capabilities
    assert (team.service, team.valid_until) == ("mitigation-and-recovery", date(2027, 1, 31))
    for changes, says in (
        ({"service": "forensic"}, "did you mean 'forensics'"),
        ({"valid_until": "soon"}, "'soon' is not a day; write it like 2027-03-31"),
        ({"kind": "squad"}, "'squad' is not known"),
        ({"type": 5}, "less than or equal to 4"),
        ({"cost": {"per_day": 1, "currency": "SEK"}}, "settles in EUR; state the cost in it"),
    ):
        with pytest.raises(ConfigError) as error:
            read_coalition(file(**changes), tmp_path)
        assert says in str(error.value)


def test_references_to_nobody_and_empty_caveats_are_named(tmp_path: Any) -> None:
    bases = [{"id": "pact", "name": "Pact", "members": ["lv", "zz"]}]
    one = member("lv", caveats=[{"not_for": ["yy"]}], channels=[])
    raw: dict[str, Any] = {"coalition": {"name": "B"}, "members": [one],
                           "charter": {"aid": {"legal_bases": bases}}}  # fmt: skip
    with pytest.raises(ConfigError) as error:
        read_coalition(json.dumps(raw), tmp_path)
    assert "no member is called 'zz'" in str(error.value)
    assert "no member is called 'yy'" in str(error.value)
    one["caveats"] = [{"disclosed": True}]
    with pytest.raises(ConfigError, match="limits nothing; name not_in"):
        read_coalition(json.dumps({**raw, "charter": {}}), tmp_path)


def test_a_timer_that_rings_early_does_nothing() -> None:
    story = Story()
    story.tell(c.AddCapability, "lv-both", capability=record(valid_until="2026-03-02"))
    early = PassPoolTimer(id="t", at=NOON, actor=SYSTEM, pool="lv", timer="valid:lv-night")
    assert story.carry_out(early) == []
    assert story.carry_out(early.model_copy(update={"timer": "valid:lv-other"})) == []


def test_what_was_listed_at_night_and_then_filed_belongs_to_the_file() -> None:
    story = Story()
    story.tell(c.AddCapability, "lv-both", capability=record())
    story.world = World(coalition(member("lv", capability("lv-night"))))
    assert "CapabilityListed" in kinds(story.tell(c.SeedPool))
    assert story.now.listings["lv-night"].filed
    with pytest.raises(UserError, match="stands in the coalition file"):
        story.tell(c.AddCapability, "lv-both", capability=record(size=1))
