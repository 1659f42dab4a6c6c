"""What a builder of posts is given, what it returns, and the two shapes that posts have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.rendering.slack.blocks import context, fitted, section
from coalition.rendering.slack.names import EXERCISE, actor_name, label_line, label_text, title_of
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.text import clip

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Record

HEADLINE = "headline"
"""The anchor of the headline: details that belong to no milestone stand in its thread."""

ANSWER = "verb:playbook:answer"
"""action_id of buttons that answer a playbook: value `<incident>|<run>|<step>:<attempt>`."""


class Telling(NamedTuple):
    """A record, the incident as it stands now, and the strictest label of what is told."""

    coalition: Coalition
    incident: Incident
    record: Record
    tlp: Tlp
    aid: Aid | None = None  # the request that a record of mutual aid is about

    @property
    def line(self) -> str:
        """The label line of a post (mrkdwn)."""
        return label_line(self.incident, self.tlp)

    @property
    def prefix(self) -> str:
        """As `line`, at the head of the text fallback."""
        return label_text(self.incident, self.tlp)

    @property
    def by(self) -> str:
        """Who did it."""
        return actor_name(self.coalition, self.record.actor)


class Post(NamedTuple):
    """One message for the room.

    `anchor` names it, so that details can find it later; `thread` is the anchor of the message
    whose thread it belongs in, empty for the top level. `direct`: where there is no room, because
    it is about a warning, whoever would be called by an alarm is told directly.
    """

    kind: Literal["milestone", "detail", "alarm"]
    rendered: Rendered
    anchor: str = ""
    thread: str = ""
    direct: bool = False


def milestone(
    telling: Telling, said: str, *, anchor: str = "", extra: tuple[Block, ...] = ()
) -> Post:
    """A milestone: label, what happened, who did it."""
    blocks = (
        context(telling.line),
        section(said),
        *extra,
        context(f"By {telling.by}"),
    )
    return Post("milestone", Rendered(_text(telling, said), fitted(blocks)), anchor)


def detail(
    telling: Telling, said: str, *, thread: str = HEADLINE, extra: tuple[Block, ...] = ()
) -> Post:
    """A detail in a thread; the label stands on it too, because threads are read alone."""
    mark = f" · *{EXERCISE}*" if telling.incident.exercise else ""
    blocks = (section(f"*{telling.tlp.value}*{mark} · {said}"), *extra)
    return Post("detail", Rendered(_text(telling, said), blocks), thread=thread)


def alone(telling: Telling, post: Post) -> Rendered:
    """A detail as it is told directly, where no room around it says what it is about."""
    about = f"*{title_of(telling.incident)}*"
    more = f"It has no room yet. `/incident open {telling.incident.number}` makes one."
    blocks = (context(telling.line), section(about), *post.rendered.blocks, context(more))
    return Rendered(post.rendered.text, fitted(blocks))


def _text(telling: Telling, said: str) -> str:
    return clip(f"{telling.prefix}: {said.replace('*', '')}", 3000)
