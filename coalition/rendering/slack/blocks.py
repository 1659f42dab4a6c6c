"""Block Kit's parts, each clipped to Slack's limits so that no input can make Slack refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from coalition.rendering.slack.rendered import Block
from coalition.rendering.slack.text import clip, one_line

# Limits published by Slack (docs.slack.dev, Block Kit reference).
HEADER, SECTION, BUTTON, VALUE, PLACEHOLDER, OPTION = 150, 3000, 75, 2000, 150, 75
MESSAGE_BLOCKS, VIEW_BLOCKS, VIEW_TITLE, OPTIONS = 50, 100, 24, 100
# Undocumented: over about 13,000 characters in all blocks Slack answers msg_blocks_too_long.
MESSAGE_CHARACTERS = 12_000

Style = Literal["primary", "danger"]


def plain(text: str, limit: int) -> Block:
    """A plain_text object; never empty, which Slack refuses."""
    return {"type": "plain_text", "text": clip(one_line(text), limit, "…") or "–", "emoji": False}


def markdown(text: str, limit: int = SECTION) -> Block:
    """A mrkdwn object of text that is already escaped."""
    return {"type": "mrkdwn", "text": clip(text, limit) or "–", "verbatim": True}


def header(text: str) -> Block:
    """The big line."""
    return {"type": "header", "text": plain(text, HEADER)}


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": markdown(text)}


def context(*texts: str) -> Block:
    """Small print; at most ten parts."""
    return {"type": "context", "elements": [markdown(text, 2000) for text in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def button(
    text: str, action: str, value: str = "", *, style: Style | None = None, url: str | None = None
) -> Block:
    """A button whose text says the whole act."""
    made: Block = {"type": "button", "text": plain(text, BUTTON), "action_id": action}
    if value:
        made["value"] = value[:VALUE]
    if style:
        made["style"] = style
    if url:
        made["url"] = url[:3000]
    return made


def actions(*buttons: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def options(choices: Iterable[tuple[str, str]]) -> list[Block]:
    """(value, shown) as options; at most a hundred."""
    return [
        {"text": plain(shown, OPTION), "value": value[:150]}
        for value, shown in list(choices)[:OPTIONS]
    ]


def fitted(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """At most 50 blocks and as many characters as Slack takes; the last says that more exists."""
    kept: list[Block] = []
    size = 0
    for block in blocks:
        size += _size(block)
        if size > MESSAGE_CHARACTERS or len(kept) == MESSAGE_BLOCKS - 1:
            kept.append(context("The rest is on the board."))
            break
        kept.append(block)
    return tuple(kept)


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(part) for part in value.values())
    return sum(_size(part) for part in value) if isinstance(value, list) else 0
