"""Mail about an incident that gives no answer which counts: shown to people, and nothing else.

Either nobody is proved to have written it, or it was proved and not understood. Anybody can send
mail, so what is unproved takes a bounded number of lines of the timeline.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident import checks
from coalition.domain.incident.commands import IncidentCommand
from coalition.domain.incident.events import NoteAdded

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World

UNPROVED_AT_MOST = 20
"""So many lines an incident gives to mail that nobody is proved to have written."""

_PROVED, _UNPROVED = "mail:proved:", "mail:unproved:"


class NoteMail(IncidentCommand):
    """System. A mail came that changes nothing; `digest` is of its bytes, so it is noted once."""

    digest: str
    text: str
    author: str
    proved: bool


def note_mail(state: Incident, command: NoteMail, world: World) -> list[Event]:
    """NoteAdded; nothing for the same mail again, nor for unproved mail beyond the limit."""
    ref = f"{_PROVED if command.proved else _UNPROVED}{command.digest}"
    unproved = sum(one.startswith(_UNPROVED) for one in state.note_refs)
    if ref in state.note_refs or (not command.proved and unproved >= UNPROVED_AT_MOST):
        return []
    text = checks.text_of(command.text, "note", checks.NOTE)
    if not command.proved and unproved == UNPROVED_AT_MOST - 1:
        text += "\nFurther mail of this kind is kept in the mailbox and not shown here."
    return [NoteAdded(text=text, ref=ref, author=command.author)]
