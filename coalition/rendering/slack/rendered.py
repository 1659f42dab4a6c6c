"""What a builder returns, and what the surfaces of Slack are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

Block = dict[str, Any]
"""One Block Kit block, as Slack reads it."""

View = dict[str, Any]
"""One modal or home view, as Slack reads it."""


class Rendered(NamedTuple):
    """A message: `text` says in sentences all that matters; notifications and readers use it."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of chat.postMessage, chat.update, ack() and respond()."""
        return {"text": self.text, "blocks": list(self.blocks)}
