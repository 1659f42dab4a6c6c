"""What Slack refuses: slack_sdk's own checks, and the rules that they miss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]

KNOWN_BLOCKS = {"actions", "context", "divider", "header", "input", "section"}
KNOWN_ELEMENTS = {
    "button",
    "multi_external_select",
    "multi_static_select",
    "mrkdwn",
    "plain_text",
    "plain_text_input",
    "static_select",
    "users_select",
}


def valid_message(text: str, blocks: Sequence[Json]) -> None:
    """Fail unless Slack would take it as a message."""
    assert text.strip()
    assert len(text) <= 40_000
    assert len(blocks) <= 50
    assert sum(len(part) for part in texts(list(blocks))) <= 13_000
    assert not [block for block in blocks if block["type"] == "input"]
    _valid(blocks)


def valid_view(view: Json) -> None:
    """Fail unless Slack would take it as a modal or a home."""
    View(**view).to_dict()
    assert len(view["blocks"]) <= 100
    assert len(view.get("private_metadata", "")) <= 3000
    if any(block["type"] == "input" for block in view["blocks"]):
        assert "submit" in view
    _valid(view["blocks"])


def _valid(blocks: Sequence[Json]) -> None:
    for block in blocks:
        assert block["type"] in KNOWN_BLOCKS
        parsed = Block.parse(block)
        assert parsed is not None
        assert _same(parsed.to_dict(), block), (parsed.to_dict(), block)
    for element in elements(list(blocks)):
        assert element["type"] in KNOWN_ELEMENTS
        assert element.get("text") != "" or element["type"] not in ("mrkdwn", "plain_text")
    for key in ("block_id", "action_id"):
        ids = [one for one in _ids(list(blocks), key) if one != "value"]
        assert len(ids) == len(set(ids)), ids
        assert all(len(one) <= 255 for one in ids)


def _same(parsed: Any, given: Any) -> bool:
    """Whether nothing was dropped: an unknown field vanishes when slack_sdk reads it."""
    if isinstance(given, dict):
        return all(key in parsed and _same(parsed[key], value) for key, value in given.items())
    if isinstance(given, list):
        return len(parsed) == len(given) and all(
            _same(one, other) for one, other in zip(parsed, given, strict=True)
        )
    return bool(parsed == given)


def elements(value: Any) -> Iterator[Json]:
    """Everything inside that has a type and is no block."""
    if isinstance(value, dict):
        if "type" in value and value["type"] not in KNOWN_BLOCKS:
            yield value
        for part in value.values():
            yield from elements(part)
    elif isinstance(value, list):
        for part in value:
            yield from elements(part)


def texts(value: Any) -> Iterator[str]:
    """Every text inside."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value["text"]
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def _ids(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        for part in value.values():
            yield from _ids(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _ids(part, key)
