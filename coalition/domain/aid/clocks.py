"""The clocks of a request: which are running, and what follows when one is due.

A clock rings once for its due time. Whatever rings late, early or for a wait that is over does
nothing. What follows is an end (an offer, the request), the next wave, or a human who is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid import events as e
from coalition.domain.aid.deploying import review_standing
from coalition.domain.aid.ending import lapse_all, pending
from coalition.domain.aid.ringing import ring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from coalition.domain.aid.commands import PassAidTimer
    from coalition.domain.aid.state import Aid
    from coalition.domain.messages import Event
    from coalition.domain.world import World

APPROVAL, ANSWER, WAVE, EXPIRY = "approval", "answer", "wave", "expiry"
OFFER, BOOKING, PAPERWORK = "offer", "booking", "paperwork"
CHECK_IN, REPORT = "checkin", "report"


def timers(state: Aid) -> dict[str, datetime]:
    """Every open wait by name (`approval`, `offer:2`, `checkin:2` …) -> due."""
    return {name: due for name, due in _running(state) if state.passed.get(name) != due}


def pass_timer(state: Aid, command: PassAidTimer, world: World) -> list[Event]:
    """What follows when a clock is due; nothing unless exactly that wait is open and due.

    A check-in that is late also looks whether both sides are still active members.
    """
    due = timers(state).get(command.timer)
    if due is None or command.at < due:
        return []
    kind, _, number = command.timer.partition(":")
    if kind == WAVE:
        return [e.WaveAsked(wave=state.wave + 1, members=state.waves[state.wave], next_at=None)]
    if kind == OFFER:
        return [e.OfferExpired(offer=int(number), why="Its time ran out.")]
    if kind == EXPIRY:
        return _expired(state)
    rung = e.ClockPassed(
        clock=command.timer, due=due, **ring(state, kind, int(number or 0), world.coalition)
    )
    return [rung, *(review_standing(state, command, world) if kind == CHECK_IN else ())]


def _running(state: Aid) -> Iterator[tuple[str, datetime]]:
    if state.status == "submitted" and state.approve_by is not None:
        yield APPROVAL, state.approve_by
    if state.seeking:
        yield EXPIRY, state.expires_at
        if state.answer_by is not None:
            yield ANSWER, state.answer_by
        if state.next_wave_at is not None:
            yield WAVE, state.next_wave_at
    yield from _of_offers(state)
    yield from _of_missions(state)


def _of_offers(state: Aid) -> Iterator[tuple[str, datetime]]:
    for offer in state.offers.values():
        if offer.live and offer.booking == "asked" and offer.booking_by is not None:
            yield f"{BOOKING}:{offer.offer}", offer.booking_by
        elif pending(offer):
            yield f"{OFFER}:{offer.offer}", offer.valid_until
        elif offer.status == "accepted" and offer.sign_by is not None:
            yield f"{PAPERWORK}:{offer.offer}", offer.sign_by


def _of_missions(state: Aid) -> Iterator[tuple[str, datetime]]:
    for mission in state.missions.values():
        if mission.in_the_field and mission.check_in_by is not None:
            yield f"{CHECK_IN}:{mission.mission}", mission.check_in_by
        if mission.status == "demobilised" and mission.report_by is not None:
            yield f"{REPORT}:{mission.mission}", mission.report_by


def _expired(state: Aid) -> list[Event]:
    items = range(1, len(state.needs) + 1)
    missing = {str(item): state.remaining(item) for item in items if state.remaining(item)}
    said = ", ".join(f"item {item}: {number}" for item, number in missing.items())
    expired = e.RequestExpired(
        uncovered=missing,
        text=f"{state.aid} has expired with help still missing ({said}).",
        fallback=f"An operator of {state.member} asks again (/aid request), or phones around.",
    )
    return [expired, *lapse_all(state, "The request expired.")]
