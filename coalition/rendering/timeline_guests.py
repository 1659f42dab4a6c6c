"""The timeline's sentences about guests: people of a mission, in for as long as it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.guest_messages import GuestAdmitted, GuestLeft

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.messages import Event
    from coalition.rendering.timeline import Names


def _admitted(event: GuestAdmitted, names: Names) -> str:
    whose = names.member(event.member)
    return f"let {event.delegate} of {whose} in as a guest, for mission {event.mission}"


def _left(event: GuestLeft, names: Names) -> str:
    whose = names.member(event.member)
    still = "" if event.out else "; another mission keeps them here"
    return f"ended the stay of {event.delegate} of {whose} for mission {event.mission}{still}"


GUESTS: dict[type[Event], Callable[[Any, Names], str]] = {
    GuestAdmitted: _admitted,
    GuestLeft: _left,
}
