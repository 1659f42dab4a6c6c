"""What a room may be shown: the whole, or a pointer where the label is above its ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import GateRefusal, PermanentError
from coalition.domain.gate import ToRoom, ToViewer, release
from coalition.domain.labels import Tlp
from coalition.rendering.slack.exercise import marked
from coalition.rendering.slack.pointers import pointer

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.gate import Audience, Cleared
    from coalition.domain.incident.state import Incident
    from coalition.rendering.slack.rendered import Rendered


def for_room(
    tocsin: Tocsin, incident: Incident, rendered: Rendered, tlp: Tlp, news: str = ""
) -> Cleared[Rendered]:
    """`rendered` under `tlp`, or the pointer; `news` is what the pointer may say.

    Raises:
        PermanentError: not even that such an incident exists may be shown there.
    """
    return _cleared(tocsin, incident, rendered, tlp, ToRoom(incident), news)


def for_person(
    tocsin: Tocsin,
    incident: Incident,
    delegate: str,
    rendered: Rendered,
    tlp: Tlp,
    news: str = "",
) -> Cleared[Rendered]:
    """As `for_room`, for a direct message to one delegate."""
    return _cleared(tocsin, incident, rendered, tlp, ToViewer(delegate, incident), news)


def board_url(tocsin: Tocsin, number: str) -> str:
    """Address of an incident on the board."""
    return f"{str(tocsin.settings.public_url).rstrip('/')}/board/{number}"


def _cleared(
    tocsin: Tocsin,
    incident: Incident,
    rendered: Rendered,
    tlp: Tlp,
    audience: Audience,
    news: str,
) -> Cleared[Rendered]:
    coalition = tocsin.coalition
    rendered = marked(rendered, exercise=incident.exercise)
    try:
        return release(rendered, tlp=tlp, audience=audience, coalition=coalition)
    except GateRefusal:
        shown = pointer(incident, board_url(tocsin, incident.number), news)
    try:
        return release(shown, tlp=Tlp.CLEAR, audience=audience, coalition=coalition)
    except GateRefusal as error:
        raise PermanentError(error.message, fallback="Use the board") from error
