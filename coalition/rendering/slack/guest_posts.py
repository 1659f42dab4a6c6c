"""What a room is told of guests: people of a mission who come in and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.slack.names import member_name, person
from coalition.rendering.slack.telling import HEADLINE, Post, Telling, detail
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from coalition.domain.incident.guest_messages import GuestAdmitted, GuestLeft


def admitted(telling: Telling, event: GuestAdmitted) -> Post:
    """Who reads along from now on, and what they are here for."""
    who = person(telling.coalition, event.delegate)
    said = (
        f"*Guest:* {who} of {member_name(telling.coalition, event.member)} is here for mission "
        f"{escape(event.mission, 40)}, and leaves when it ends."
    )
    return detail(telling, said, thread=HEADLINE)


def left(telling: Telling, event: GuestLeft) -> Post | None:
    """Who reads along no more; nothing while another mission keeps them here."""
    if not event.out:
        return None
    who = person(telling.coalition, event.delegate)
    said = f"*Guest:* {who} has left: mission {escape(event.mission, 40)} is over."
    return detail(telling, said, thread=HEADLINE)
