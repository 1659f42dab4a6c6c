"""What a rehearsal does where workers carry out the effects of mutual aid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.aid_commands import answer_heard, asking, booking_heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.application.ports import Effect
    from coalition.domain.messages import Command
    from coalition.rehearsal.house import House


def ask(house: House, effect: Effect) -> Command:
    """The notice that asks a wave of members for help."""
    payload = effect.payload
    aid, incident = house.aid(payload["aid"]), house.incident(payload["incident"])
    return asking(aid, payload["wave"], incident, house.coalition, id=effect.id, at=house.at)


def hear(house: House, effect: Effect) -> Command:
    """What a request is told of an answer."""
    payload = effect.payload
    record = house.record("incident", payload["incident"], payload["version"])
    return answer_heard(payload["aid"], record, id=effect.id, at=house.at)


def booked(house: House, effect: Effect) -> Command:
    """What a request is told of a pool's decision."""
    record = house.record("pool", effect.payload["member"], effect.payload["version"])
    return booking_heard(record, id=effect.id, at=house.at)


AIDING: dict[str, Callable[[House, Effect], Command]] = {
    "aid.ask": ask,
    "aid.booked": booked,
    "aid.hear": hear,
}
"""Kind of effect -> the command it comes to."""
