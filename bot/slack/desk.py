"""What a listener has at hand: who asks, about which incident, and the one way to act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.slack.reading import incident_number
from coalition.application.signin import issue
from coalition.domain.errors import GateRefusal, NotAllowed, NotFound, UserError
from coalition.domain.gate import Cleared, ToAnyone, ToViewer, explain, release
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import Actor
from coalition.domain.sharing import part_for
from coalition.rendering.slack import pointers
from coalition.rendering.slack.exercise import marked
from coalition.rendering.slack.home import Line, incident_line, pointer_line, room_missing
from coalition.rendering.slack.rendered import Rendered

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.application.directory import Directory
    from coalition.application.ports import Appended
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Delegate, Member
    from coalition.domain.messages import Command

T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """A delegate of an active member, acting through Slack."""

    member: Member
    delegate: Delegate

    @property
    def actor(self) -> Actor:
        """As it stands in the record."""
        return Actor(kind="delegate", member=self.member.id, delegate=self.delegate.id, via="slack")


@dataclass(frozen=True)
class Reply:
    """What to tell the caller. About an incident: the gate is asked whether they may see it."""

    rendered: Rendered
    incident: Incident | None = None
    tlp: Tlp | None = None  # where it is stricter than the incident's


class Desk:
    """One for the process; holds no state of its own."""

    def __init__(self, tocsin: Tocsin) -> None:
        self.tocsin = tocsin

    @property
    def coalition(self) -> Coalition:
        """The coalition file in force."""
        return self.tocsin.coalition

    @property
    def directory(self) -> Directory:
        """Incidents by room and by viewer."""
        return self.tocsin.directory

    @property
    def prefix(self) -> str:
        """What stands before every command's name: `x-` for `/x-incident`; mostly nothing."""
        return self.tocsin.settings.slack_command_prefix

    def now(self) -> datetime:
        """The time, UTC."""
        return self.tocsin.clock.now()

    def caller(self, slack_id: str) -> Caller:
        """Who asks. Roles are checked where the decision is made.

        Raises:
            NotAllowed: for anybody who is not a delegate of an active member.
        """
        found = self.coalition.by_slack(slack_id)
        if found is None or not found[0].active:
            message = "Your Slack account is not a delegate of an active member of this coalition."
            raise NotAllowed(message, "Your CERT's delegates can act; the operator adds people.")
        return Caller(*found)

    def incident(self, caller: Caller, word: str, channel: str) -> Incident:
        """The incident that was named, else the one whose room this is.

        Raises:
            UserError: when none was named and this is no room.
            NotFound: where there is none, or none that this person may see.
        """
        number = incident_number(word, self.now().year) if word else None
        if word and number is None:
            message = f"{word[:40]!r} is not an incident."
            raise NotFound(message, "Write it like INC-2026-0007.", field="incident")
        number = number or self.directory.by_channel(channel)
        if number is None:
            message = "Which incident? This channel is not an incident's room."
            hint = "Add --incident INC-2026-0007, or type it in the room."
            raise UserError(message, hint, field="incident")
        return self.seen(caller, number)

    def seen(self, caller: Caller, id: str) -> Incident:
        """The incident of that id, if this person may see it; raises `NotFound`."""
        incident = self.directory.incident(id)
        if incident is None or not self.directory.sees(caller.delegate, incident):
            message = f"There is no incident {id} that you may see."
            raise NotFound(message, f"/{self.prefix}incident list shows yours.")
        return incident

    def shows(self, caller: Caller, incident: Incident, tlp: Tlp | None = None) -> bool:
        """Whether Slack may show this person the incident's content, or a part with its own label.

        `tlp` is the part's label where that may be stricter than the incident's.
        """
        audience = ToViewer(caller.delegate.id, incident)
        label = strictest(incident.tlp, tlp or incident.tlp)
        return explain(tlp=label, audience=audience, coalition=self.coalition) is None

    def lines(self, caller: Caller) -> list[tuple[Incident, Line]]:
        """The incidents this person may see, each as a line that the gate let through for them.

        Above Slack's ceiling a line says only that the incident exists.
        """
        found = []
        for incident in self.directory.visible_to(caller.delegate):
            shown = self.shows(caller, incident)
            audience = ToViewer(caller.delegate.id, incident)
            part = part_for(incident, audience, self.coalition)
            text = incident_line(self.coalition, part) if shown else pointer_line(incident)
            warning = incident.status == "warning"
            line = Line(incident.number, text, room_missing(incident), warning)
            found.append((incident, line))
        return found

    def execute(self, command: Command) -> Appended:
        """Carry out one command; raises `UserError` when it is refused."""
        return self.tocsin.dispatcher.execute(command)

    def link(self, caller: Caller, number: str = "") -> str:
        """A one-time way into the board for this person, to one incident's page where named."""
        page = f"/board/{number}" if number else "/board"
        base = str(self.tocsin.settings.public_url).rstrip("/")
        return base + issue(self.tocsin, caller.delegate.id, page=page)

    def release(self, reply: Reply, caller: Caller) -> Cleared[Rendered]:
        """The reply, past the gate; above Slack's ceiling a pointer to the board instead."""
        incident = reply.incident
        if incident is None:
            return self._release_alone(reply, caller)
        try:
            return self.clear(reply.rendered, caller, incident, reply.tlp)
        except GateRefusal:
            pointer = pointers.pointer(incident, self.link(caller, incident.number))
        seen = self.directory.sees(caller.delegate, incident)
        return self.clear(pointer if seen else pointers.done_unseen(incident.number), caller, None)

    def _release_alone(self, reply: Reply, caller: Caller) -> Cleared[Rendered]:
        """A reply about no incident that the caller takes part in; a pointer above the ceiling."""
        try:
            return self.clear(reply.rendered, caller, None, reply.tlp)
        except GateRefusal:
            link = self.link(caller)
            return self.clear(pointers.done_above(link), caller, None)

    def clear(
        self, content: T, caller: Caller, incident: Incident | None, tlp: Tlp | None = None
    ) -> Cleared[T]:
        """What is about `incident` (None: about none, or made of what was cleared line by line).

        Raises:
            GateRefusal: when Slack may not show it to this person.
        """
        return release(
            marked(content, exercise=self.coalition.exercise),
            tlp=tlp or (incident.tlp if incident else Tlp.CLEAR),
            audience=ToViewer(caller.delegate.id, incident),
            coalition=self.coalition,
        )


def public(content: T, coalition: Coalition) -> Cleared[T]:
    """What names no incident: help, refusals, replies to strangers."""
    shown = marked(content, exercise=coalition.exercise)
    return release(shown, tlp=Tlp.CLEAR, audience=ToAnyone(), coalition=coalition)
