"""`open_room`: the incident has a room, and the members invited are in it."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Verb
from coalition.domain.playbook.shapes import Members
from coalition.domain.playbook.values import Results, Variable


class OpenRoom(Verb):
    """Success: the room is there and those invited take part, be it before.

    A warning becomes an incident by it, and members are invited, in the name of whoever started
    the run; a run started by a rule can do neither. Failure: that, an invited member may not see
    the incident's label, or the room cannot be opened.
    """

    word = "open_room"
    outputs: ClassVar[Results] = {"room": (Variable("text"), "")}

    do: Literal["open_room"]
    invite: Members | None = None

    @property
    @override
    def sentence(self) -> str:
        who = f" and invite {', '.join(self.invite)}" if self.invite else ""
        return self.about or f"Open the room{who}"
