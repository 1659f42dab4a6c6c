"""Whatever two requesters and five providers do, in whatever order: what must hold, holds.

Effects are carried out one by one, out of turn: between a signature and the pool's answer anything
may happen. Longer: AID_EXAMPLES=2000 (see docs/maintainers.md).
"""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.application.verify import verify
from coalition.domain.aid.apply import CHANGES
from tests.aid.random_aid import FLOOR, HELPING, Play

EXAMPLES = int(os.environ.get("AID_EXAMPLES", "25"))
RINGING = ("ClockPassed", "RequestExpired", "OfferExpired")
NOT_PLAYED = {
    # Other tests tell these; here a request is approved from the start, and answers are offers.
    "RequestChanged", "RequestReturned", "RequestClosed", "AnswerUnclear", "RequestQuestioned",
    "OfferConfirmed", "TermsSent", "GuestsNamed", "RecallProposed",
}  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 120))
def test_no_team_is_booked_twice_reserves_stay_home_and_signatures_match(
    seed: int, length: int
) -> None:
    play = Play(seed)
    for _ in range(length):
        play.step()
        nobody_is_booked_twice_and_the_reserve_stays_home(play)
        signatures_match_the_terms(play)
        no_more_is_accepted_than_was_asked_for(play)
        missions_in_the_field_are_booked(play)
    play.end()
    nothing_is_left_half_done(play)
    every_clock_rang_once(play)
    assert verify(play.engine.tocsin.log) == []


def nobody_is_booked_twice_and_the_reserve_stays_home(play: Play) -> None:
    for id in HELPING:
        held = play.bookings(id)
        for at in {one.starts for one in held}:
            now = [one for one in held if one.starts <= at < one.ends]
            for which, most in (("scrub", 40), ("team", 6 - FLOOR)):
                taken = [one.size for one in now if one.capability == f"{id}-{which}"]
                assert sum(taken) <= most, (id, which, at)


def signatures_match_the_terms(play: Play) -> None:
    for aid, offer in play.offers():
        sides = {aid.member, offer.member}
        current = aid.agreement(offer).terms_hash
        assert all(one.terms_hash == current for one in offer.signatures)
        assert offer.signed <= sides
        if offer.status == "accepted":
            mission = aid.missions[str(offer.offer)]
            in_force = mission.agreement.terms_hash
            assert all(one.terms_hash == in_force for one in mission.signatures)
            signed = {one.member for one in mission.signatures}
            assert signed == sides or (offer.sign_by and signed == {aid.member})
            assert aid.agreement(offer).supply == mission.agreement.supply


def no_more_is_accepted_than_was_asked_for(play: Play) -> None:
    for aid in play.aids():
        for item, need in enumerate(aid.needs, start=1):
            assert aid.covered(item) <= need.quantity


def missions_in_the_field_are_booked(play: Play) -> None:
    for aid, mission in play.missions():
        held = [
            one.size
            for one in play.bookings(mission.member)
            if (one.aid, one.offer) == (aid.aid, mission.mission)
        ]
        if mission.in_the_field:
            assert held == [mission.agreement.supply.size]


def nothing_is_left_half_done(play: Play) -> None:
    assert all(offer.booking != "asked" for _, offer in play.offers())
    out = {(aid.aid, one.mission) for aid, one in play.missions() if one.in_the_field}
    booked = {(one.aid, one.offer) for id in HELPING for one in play.bookings(id)}
    assert booked == out


def every_clock_rang_once(play: Play) -> None:
    log = play.engine.tocsin.log
    for id in log.ids("aid"):
        rung = Counter(
            (record.type, *(str(record.data.get(one)) for one in ("clock", "due", "offer")))
            for record, _ in log.records("aid", id)
            if record.type in RINGING
        )
        assert set(rung.values()) <= {1}, rung


def test_the_plays_reach_every_event_that_they_are_about() -> None:
    reached: Counter[str] = Counter()
    for seed in range(20):
        play = Play(seed)
        for _ in range(120):
            play.step()
        play.end()
        log = play.engine.tocsin.log
        reached.update(one.type for id in log.ids("aid") for one, _ in log.records("aid", id))
    wanted = {event.__name__ for event in CHANGES} - NOT_PLAYED
    assert wanted - set(reached) == set()
