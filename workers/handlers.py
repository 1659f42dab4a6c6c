"""One table: kind of effect → who carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers import aid, commands, comms, notices, runs, steps
from workers.rooms import headline, leaving, movers, notes, opening, posts

if TYPE_CHECKING:
    from workers.context import Handler

HANDLERS: dict[str, Handler] = {
    "aid.ask": aid.ask,
    "aid.booked": aid.booked,
    "aid.hear": aid.hear,
    "aid.terms": aid.terms,
    "aid.tell": movers.handle,
    "command": commands.handle,
    "comms.check": comms.check,
    "comms.keys": comms.keys,
    "notice.send": notices.handle,
    "run.start": runs.start,
    "run.tell": runs.tell,
    "step.perform": steps.handle,
    "room.leave": leaving.handle,
    "room.open": opening.handle,
    "room.headline": headline.handle,
    "room.post": posts.handle,
    "note.fetch": notes.handle,
}
