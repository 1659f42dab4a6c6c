"""What may stand in Slack of an incident whose label is above Slack's ceiling: that it exists.

Number, label, severity and the way to the board; never the title, a member or a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.slack.blocks import context, section
from coalition.rendering.slack.names import label_line, label_text
from coalition.rendering.slack.rendered import Rendered
from coalition.rendering.slack.replies import reply

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident


def pointer(incident: Incident, board_url: str, news: str = "") -> Rendered:
    """`news` is a fixed sentence of ours, such as "The severity changed."."""
    said = news or "What is known stands on the board."
    text = (
        f"{label_text(incident)}. {said} Slack may not carry content under "
        f"{incident.tlp.value}: read it on the board: {board_url}"
    )
    return Rendered(
        text,
        (
            context(label_line(incident)),
            section(f"{said} <{board_url}|Read {incident.number} on the board>."),
            context(f"Slack may not carry content under {incident.tlp.value} in this coalition."),
        ),
    )


def done_unseen(number: str) -> Rendered:
    """The act was recorded, and the person who acted may not see what it led to."""
    return reply(
        f"Recorded in {number}.",
        "You may not see more of it here: its label is above your ceiling.",
    )


def done_above(board_url: str) -> Rendered:
    """It was done; what there is to say of it carries a label that Slack may not show them."""
    return reply("Done.", f"Slack may not show you more of it: <{board_url}|read the board>.")


def called(incident: Incident, channel: str, *, leads: bool = False) -> Rendered:
    """To one person, directly: the way into the room. It shows no content."""
    if leads:
        said = f"The room of {incident.number} is open and you lead it: <#{channel}>."
    else:
        said = f"You are called to the room of {incident.number}: <#{channel}>."
    return Rendered(
        f"{label_text(incident)}. {said}", (context(label_line(incident)), section(said))
    )
