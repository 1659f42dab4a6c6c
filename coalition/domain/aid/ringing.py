"""What a human is told when a clock of mutual aid rings: who is late, and whom to phone.

Says nothing of the content: numbers of things, names of members, the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coalition.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.aid.state import Aid
    from coalition.domain.members import Coalition


class Told(TypedDict):
    """An alarm's two sentences: what is the matter, and what to do."""

    text: str
    fallback: str


def ring(state: Aid, kind: str, number: int, coalition: Coalition) -> Told:
    """The alarm of a clock; `number` is that of the offer or mission, where it has one."""
    return _ALARMS[kind](state, number, coalition)


def silent(state: Aid) -> list[str]:
    """Members that were asked and have neither offered nor declined, in the order asked."""
    asked = [id for wave in state.waves[: state.wave] for id in wave]
    answered = {offer.member for offer in state.offers.values()} | set(state.declined)
    return [id for id in asked if id not in answered and id not in state.refused]


def _approval(state: Aid, number: int, coalition: Coalition) -> Told:
    del number
    wrote = (state.drafted_by, state.submitted_by)
    able = [
        person.name
        for member in coalition.members
        for person in member.delegates
        if member.id == state.member and "approver" in person.roles and person.id not in wrote
    ]
    return Told(
        text=f"{state.aid} still waits for approval; nobody has been asked for help yet.",
        fallback=f"Approve it or send it back: {', '.join(able) or 'no approver is named'} "
        f"({_phones([state.member], coalition)}).",
    )


def _answer(state: Aid, number: int, coalition: Coalition) -> Told:
    del number
    quiet = silent(state)
    missing = sum(state.remaining(item) for item in range(1, len(state.needs) + 1))
    return Told(
        text=f"The time to answer {state.aid} is over and {missing} of what it needs is not "
        f"covered. {len(quiet)} of those asked have said nothing.",
        fallback=f"Phone them: {_phones(quiet, coalition)}."
        if quiet
        else "All have answered. Take what is offered (/aid match), or ask outside the coalition.",
    )


def _booking(state: Aid, number: int, coalition: Coalition) -> Told:
    del coalition
    return Told(
        text=f"Offer {number} of {state.aid} is signed, but its capability has not been reserved "
        "yet: it is not accepted.",
        fallback="Whoever runs this machine types `tocsin doctor`; the offer can be withdrawn.",
    )


def _paperwork(state: Aid, number: int, coalition: Coalition) -> Told:
    offer = state.offers[str(number)]
    return Told(
        text=f"The signature of {offer.member} under offer {number} of {state.aid} was to follow "
        "and has not come.",
        fallback=f"Sign it (/aid accept) or recall the mission: "
        f"{_phones([offer.member, state.member], coalition)}.",
    )


def _check_in(state: Aid, number: int, coalition: Coalition) -> Told:
    mission = state.missions[str(number)]
    return Told(
        text=f"Mission {number} of {state.aid} has not checked in ({mission.status}).",
        fallback=f"Phone {_phones([mission.member, state.member], coalition)}; then check in for "
        "it (/aid list).",
    )


def _report(state: Aid, number: int, coalition: Coalition) -> Told:
    return Told(
        text=f"The report on mission {number} of {state.aid} is due: two months have passed "
        "since it came home.",
        fallback=f"{_phones([state.member], coalition)} writes it: what was done, reached and "
        "learnt (/aid complete).",
    )


def _phones(members: Iterable[str], coalition: Coalition) -> str:
    found: list[str] = []
    for id in members:
        try:
            member = coalition.member(id)
        except NotFound:
            found.append(f"{id} (no longer in the coalition file)")
        else:
            found.append(f"{member.name}, {member.duty_phone}")
    return "; ".join(found)


_ALARMS = {
    "approval": _approval,
    "answer": _answer,
    "booking": _booking,
    "paperwork": _paperwork,
    "checkin": _check_in,
    "report": _report,
}
