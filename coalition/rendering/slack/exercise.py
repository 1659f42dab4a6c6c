"""Every surface of an exercise says so: what does not say it by itself gets a line that does."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from coalition.rendering.slack.blocks import VIEW_BLOCKS, context
from coalition.rendering.slack.names import EXERCISE
from coalition.rendering.slack.rendered import Rendered

T = TypeVar("T")

MARK = f"{EXERCISE} {EXERCISE} {EXERCISE}"


def marked(content: T, *, exercise: bool) -> T:
    """A message (`Rendered`) or a view with the mark; unchanged where this is no exercise."""
    if not exercise:
        return content
    if isinstance(content, Rendered):
        text = content.text if EXERCISE in content.text else f"{MARK}. {content.text}"
        return cast("T", Rendered(text, tuple(_with_mark(list(content.blocks)))))
    view = cast("dict[str, Any]", content)
    return cast("T", {**view, "blocks": _with_mark(view["blocks"])[:VIEW_BLOCKS]})


def _with_mark(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return blocks if EXERCISE in json.dumps(blocks) else [context(f"*{MARK}*"), *blocks]
