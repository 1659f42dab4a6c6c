"""YAML 1.2 text to plain data, with the line of everything in it.

Only what the 1.2 core schema means by itself is read: `NO` stays the country code, `4:30` stays
text, a date stays text, no tag constructs anything. Keys are always text. An ordinary file is read
by `yaml_plain`, in a thirtieth of the time; this module reads every other, and words what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coalition.adapters.yaml_plain import Path_, read_plain, scalar
from coalition.domain.errors import ConfigError

MAX_CHARACTERS = 1_000_000
# Aliases make a small file unfold into billions of nodes ("billion laughs"); people's files hold
# a few thousand.
MAX_NODES = 100_000

_CORE_TAG = "tag:yaml.org,2002:"
_STRUCTURES = frozenset(
    {"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"}
)


@dataclass(frozen=True)
class Locator:
    """Knows the line of each value of one file, and how to word a finding about it."""

    name: str
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line (from 1) of the value at `path`, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def finding_in(self, data: Any, path: Path_, what: str) -> str:
        """`file:line: field: what is wrong; what to do`, about the place `path` of `data`."""
        return f"{self.name}:{self.line(path)}: {name_of(path, data)}: {what}"


def name_of(path: Path_, data: Any) -> str:
    """How a finding calls a place: `members[ee].channels[0].url` (an item by its id if it has)."""
    name = ""
    for part in path:
        data = _step(data, part)
        if isinstance(part, int):
            ident = data.get("id") if isinstance(data, dict) else None
            name += f"[{ident}]" if isinstance(ident, str) else f"[{part}]"
        else:
            name += f".{part}" if name else str(part)
    return name or "file"


def _step(data: Any, part: str | int) -> Any:
    try:
        return data[part]
    except (KeyError, IndexError, TypeError):
        return None


def read_nodes(text: str, name: str) -> tuple[Any, Locator]:
    """Plain data (dict, list, str, int, float, bool, None) of the one document in `text`.

    Raises:
        ConfigError: with every finding, when it is not one well-formed document.
    """
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            [f"{name}:1: file: has more than {MAX_CHARACTERS:,} characters; split it"]
        )
    plain = read_plain(text, MAX_NODES)
    if plain is not None:
        return plain[0], Locator(name, plain[1])
    return read_carefully(text, name)


def read_carefully(text: str, name: str) -> tuple[Any, Locator]:
    """As `read_nodes`, for any text: every rule of YAML 1.2, and words for what breaks it."""
    root = _compose(text, name)
    reader = _Reader(Locator(name))
    data = None if root is None else reader.value(root, (), ())
    if reader.findings:
        raise ConfigError(reader.findings)
    return data, reader.locator


def _compose(text: str, name: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise ConfigError([f"{name}:{line}: YAML: {what}; mend it at or just above"]) from error
    except YAMLError as error:
        what = " ".join(str(error).split())
        raise ConfigError([f"{name}:1: YAML: {what}; save the file as plain UTF-8"]) from error
    except RecursionError as error:
        raise ConfigError([f"{name}:1: YAML: is nested too deeply; flatten it"]) from error
    return root


class _Reader:
    """Turns nodes into plain data and collects what is wrong on the way."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator
        self.findings: list[str] = []
        self._count = 0

    def value(self, node: Node, path: Path_, above: tuple[int, ...]) -> Any:
        self.locator.lines.setdefault(path, node.start_mark.line + 1)
        if not self._acceptable(node, path, above):
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, id(node)))
        if isinstance(node, SequenceNode):
            inside = (*above, id(node))
            return [self.value(item, (*path, i), inside) for i, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            quoted = bool(node.style) or str(node.tag) == _CORE_TAG + "str"
            return scalar(str(node.value), quoted=quoted)
        return None

    def _acceptable(self, node: Node, path: Path_, above: tuple[int, ...]) -> bool:
        self._count += 1
        if self._count == MAX_NODES:
            self._say(node, path, f"unfolds to more than {MAX_NODES:,} values; use fewer aliases")
        elif id(node) in above:
            self._say(node, path, "contains itself through an alias; write it out")
        elif not _is_core(node):
            self._say(node, path, f"has the tag {node.tag}, and tags are not read; remove it")
        else:
            return self._count < MAX_NODES
        return False

    def _mapping(self, node: MappingNode, path: Path_, above: tuple[int, ...]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._say(key_node, path, "has a key that is not a plain word; write it as text")
                continue
            key = str(key_node.value)
            below = (*path, key)
            if key in seen:
                first = self.locator.line(below)
                self._say(key_node, below, f"is here twice (first on line {first}); keep one")
                continue
            self.locator.lines[below] = key_node.start_mark.line + 1
            seen[key] = self.value(value_node, below, above)
        return seen

    def _say(self, node: Node, path: Path_, what: str) -> None:
        where = ".".join(str(part) for part in path) or "file"
        self.findings.append(
            f"{self.locator.name}:{node.start_mark.line + 1}: {where}: {what}",
        )


def _is_core(node: Node) -> bool:
    tag = str(node.tag)
    return tag.startswith(_CORE_TAG) and tag.removeprefix(_CORE_TAG) in _STRUCTURES
