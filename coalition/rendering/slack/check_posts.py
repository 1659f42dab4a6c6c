"""What a communications check has found, as a message and as a reply in Slack."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.comms import findings
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.telling import Post, Telling, milestone
from coalition.rendering.slack.text import clip, escape

if TYPE_CHECKING:
    from coalition.domain.incident.check_messages import CheckEnded
    from coalition.rendering.comms import Findings, Reached
    from coalition.rendering.slack.rendered import Block

IN_ONE_BLOCK = 12
MOST_KEYS = 20


def ended(telling: Telling, event: CheckEnded) -> Post | None:
    """The result, told directly to whoever started the check: it has no room."""
    found = findings(telling.incident, telling.coalition)
    if found is None:
        return None
    said = f"*Communications check {telling.incident.number} is over.* {escape(found.summary)}"
    return milestone(telling, said, extra=details(found))._replace(direct=True)


def details(found: Findings) -> tuple[Block, ...]:
    """A line for each member, those that were not reached first, then the keys."""
    members = sorted(found.members, key=lambda one: (not one.unreachable, not one.silent))
    lines = [_line(one) for one in members]
    blocks = [
        section(clip("\n".join(lines[at : at + IN_ONE_BLOCK]), 2900))
        for at in range(0, len(lines), IN_ONE_BLOCK)
    ]
    if found.keys:
        keys = [f"• {escape(key, 200)}" for key in found.keys[:MOST_KEYS]]
        blocks.append(section(clip("*Keys to see to:*\n" + "\n".join(keys), 2900)))
    return tuple(blocks)


def _line(one: Reached) -> str:
    mark = "*Not reached:* " if one.unreachable else "*In part:* " if one.silent else ""
    phone = f" Phone {escape(one.duty_phone, 60)}." if one.unreachable else ""
    return f"• {mark}{escape(one.line, 400)}{phone}"
