"""Which keys may stand at a place of a file, read from the model's JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coalition.adapters.yaml_plain import Path_

Schema = dict[str, Any]


def known_keys(schema: Schema, path: Path_, data: Any) -> list[str]:
    """The keys that the schema knows in the mapping at `path` of `data`, sorted.

    Where the schema is a union, a branch whose constant (its `kind`) contradicts the data does
    not count.
    """
    places = [place for place in _alternatives(schema, schema, 0) if _agrees(place, data)]
    for part in path:
        data = data[part]
        places = [
            found
            for place in places
            for below in _below(place, part)
            for found in _alternatives(schema, below, 0)
            if _agrees(found, data)
        ]
    return sorted({key for place in places for key in place.get("properties", {})})


def _agrees(place: Schema, data: Any) -> bool:
    if not isinstance(data, dict):
        return True
    return all(
        data.get(key, rule["const"]) == rule["const"]
        for key, rule in place.get("properties", {}).items()
        if isinstance(rule, dict) and "const" in rule
    )


def _alternatives(root: Schema, node: Any, depth: int) -> Iterator[Schema]:
    """The node with references followed and unions taken apart."""
    if not isinstance(node, dict) or depth > len(root.get("$defs", {})) + 8:
        return
    if "$ref" in node:
        name = str(node["$ref"]).rsplit("/", 1)[-1]
        yield from _alternatives(root, root.get("$defs", {}).get(name), depth + 1)
        return
    options = [*node.get("oneOf", ()), *node.get("anyOf", ()), *node.get("allOf", ())]
    for option in options:
        yield from _alternatives(root, option, depth + 1)
    if not options or "properties" in node:
        yield node


def _below(place: Schema, part: str | int) -> Iterator[Any]:
    if isinstance(part, int):
        yield place.get("items")
    else:
        yield place.get("properties", {}).get(part, place.get("additionalProperties"))
