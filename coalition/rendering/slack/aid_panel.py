"""The aid panel of the headline: need, offers, who is recommended and why, who must still sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.aid.words import DONE
from coalition.rendering.slack.aid import (
    counts_line,
    head_line,
    move_lines,
    need_lines,
    offer_lines,
)
from coalition.rendering.slack.blocks import actions, button, section
from coalition.rendering.slack.text import clip, escape

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.members import Coalition
    from coalition.rendering.slack.rendered import Block

MOST = 2
"""Requests in one headline, the newest; the board shows all."""

LONGEST = 2400
"""Characters of one request: two of them fit beside everything else."""


class Panel(NamedTuple):
    """One request and what is recommended for it, a sentence each (plain text).

    `shown` is False where its label is above the room's: then only that it exists is said.
    """

    whole: Aid
    picks: Sequence[str]
    shown: bool


def wanted(aids: Sequence[Aid]) -> list[Aid]:
    """The requests that a room is shown: opened, and not over with everything settled."""
    going = [
        one
        for one in aids
        if one.opened_at is not None
        and (not one.ended or any(m.status not in DONE for m in one.missions.values()))
    ]
    return going[-MOST:]


def panel_blocks(coalition: Coalition, panels: Sequence[Panel], prefix: str) -> list[Block]:
    """A section for each request, and for the newest that looks for help its buttons."""
    blocks = [section(_text(coalition, one, prefix)) for one in panels]
    seeking = [one.whole for one in panels if one.shown and one.whole.seeking]
    if seeking:
        id = seeking[-1].aid
        offer = button("Offer help", "verb:panel:aid:offer", id)
        blocks.append(actions(offer, button("Who is recommended?", "verb:panel:aid:match", id)))
    return blocks


def panel_sentences(panels: Sequence[Panel]) -> list[str]:
    """The same for the text fallback."""
    return [
        f"Help asked: {one.whole.aid}, {one.whole.status.replace('_', ' ')}."
        for one in panels
        if one.shown
    ]


def _text(coalition: Coalition, one: Panel, prefix: str) -> str:
    whole = one.whole
    if not one.shown:
        return f"*{whole.aid}*: its label, {whole.tlp.value}, is above this room's; see the board."
    lines = [head_line(coalition, whole), *need_lines(whole)]
    lines.append(f"*Answers:* {counts_line(coalition, whole, None)}")
    lines += offer_lines(coalition, whole, None)
    if one.picks:
        lines.append("*Recommended, not assigned:*")
        lines += [f"• {escape(pick, 300)}" for pick in one.picks[:4]]
    if moves := move_lines(coalition, whole, prefix):
        lines += ["*Whose move it is:*", *moves]
    return clip("\n".join(lines), LONGEST)
