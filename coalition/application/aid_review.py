"""Missions are looked at again when the coalition file says something new about who is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coalition.application.wanted import command_effect

if TYPE_CHECKING:
    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import Effect, EventLog
    from coalition.domain.aid.state import Aid
    from coalition.domain.members import Coalition


class Assembled(Protocol):
    """The part of the assembled application that is read here."""

    log: EventLog

    @property
    def coalition(self) -> Coalition:
        """The coalition file in force."""
        ...

    @property
    def dispatcher(self) -> Dispatcher:
        """Reads states."""
        ...


def reviews(tocsin: Assembled) -> list[Effect]:
    """One review of each request with a mission in the field, once for what the file says now."""
    says = tocsin.coalition.content_hash[:16]
    found: list[Effect] = []
    for id in tocsin.log.ids("aid"):
        aid: Aid = tocsin.dispatcher.read("aid", id)
        if any(mission.in_the_field for mission in aid.missions.values()):
            found.append(command_effect(f"aid-review-{id}-{says}", "ReviewStanding", aid=id))
    return found
