"""Files that people write, checked: YAML with line numbers to a pydantic model.

Used for coalition.yaml and for playbooks. Every finding of a file is reported at once, as
`file:line: field: what is wrong; what to do`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from coalition.adapters.schema_keys import known_keys
from coalition.adapters.yaml_nodes import Locator, read_nodes
from coalition.adapters.yaml_plain import Path_
from coalition.domain.errors import ConfigError
from coalition.domain.findings import CrossCheckError, Problem

__all__ = ["ConfigError", "Locator", "load_yaml", "validate"]

Model = TypeVar("Model")


def load_yaml(source: Path | str, name: str | None = None) -> tuple[Any, Locator]:
    """Read YAML 1.2 from a path, or from text when `source` is a str.

    Returns the plain data (dict, list, str, int, float, bool, None) and the locator that
    `validate` needs. `name` is how findings call the file; a path is called as it was given.

    Raises:
        ConfigError: unreadable, not UTF-8, not well-formed, duplicate keys, tags, alias bombs.
    """
    if isinstance(source, str):
        return read_nodes(source, name or "<text>")
    shown = name or str(source)
    try:
        text = source.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError([f"{shown}:1: file: is not UTF-8; save it as UTF-8"]) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        what = f"{shown}:1: file: cannot be read ({reason}); check the path and its permissions"
        raise ConfigError([what]) from error
    return read_nodes(text, shown)


def validate(
    model: type[Model] | Any, data: Any, locator: Locator, *, also: Iterable[Problem] = ()
) -> Model:
    """Build `model` (a pydantic model or any type a TypeAdapter takes) from loaded data.

    A validator of the model may raise `CrossCheckError` to report several places at once. `also`
    are problems that the caller has found by other means; they are errors like the model's own.

    Raises:
        ConfigError: with one finding for everything wrong, in the order of the lines.
    """
    if data is None:
        raise ConfigError([f"{locator.name}:1: file: is empty; start from the example in docs"])
    adapter: TypeAdapter[Model] = TypeAdapter(model)
    explainer = _Explainer(adapter, data, locator)
    found = [explainer.place(path, what) for path, what in also]
    try:
        # JSON mode: a strict model then takes what YAML can say (text for an enum, a list for a
        # tuple) and nothing looser.
        built = adapter.validate_json(json.dumps(data))
    except ValidationError as error:
        found += explainer.explain(error.errors(include_url=False))
    else:
        if not found:
            return built
    found.sort(key=lambda item: item[0])
    raise ConfigError(list(dict.fromkeys(text for _, text in found)))


class _Explainer:
    """Words pydantic's errors for the person who wrote the file."""

    def __init__(self, adapter: TypeAdapter[Any], data: Any, locator: Locator) -> None:
        self._adapter = adapter
        self._data = data
        self._locator = locator

    def explain(self, errors: Iterable[ErrorDetails]) -> Iterator[tuple[int, str]]:
        """(line, finding) for each thing that pydantic or a cross-check objects to."""
        for error in errors:
            cause = error.get("ctx", {}).get("error")
            if isinstance(cause, CrossCheckError):
                around = resolve(error["loc"], self._data)
                for inner, what in cause.problems:
                    yield self.place((*around, *inner), what)
            else:
                path = resolve(error["loc"], self._data, missing=error["type"] == "missing")
                yield self.place(*self._word(error, path))

    def place(self, path: Path_, what: str) -> tuple[int, str]:
        """(line, finding) about a place."""
        return self._locator.line(path), self._locator.finding_in(self._data, path, what)

    def _word(self, error: ErrorDetails, path: Path_) -> tuple[Path_, str]:
        kind, context = error["type"], error.get("ctx", {})
        if kind.startswith("union_tag"):
            key = context["discriminator"].strip("'")
            return (*path, key), self._word_of_tag(context)
        return path, self._word_of_value(kind, error, path)

    def _word_of_tag(self, context: dict[str, Any]) -> str:
        if "tag" not in context:
            return "is missing; add it to say which kind this is"
        return _not_one_of(str(context["tag"]), str(context["expected_tags"]))

    def _word_of_value(self, kind: str, error: ErrorDetails, path: Path_) -> str:
        given = error["input"]
        if kind == "missing":
            return "is missing; add it"
        if kind == "extra_forbidden":
            return "is not known here; " + self._instead(path)
        if kind in {"enum", "literal_error"} and isinstance(given, str):
            return _not_one_of(given, str(error["ctx"]["expected"]))
        if kind == "string_type" and isinstance(given, int | float | bool):
            return "is read as a number or a yes/no; put it in quotes"
        message = error["msg"].removeprefix("Value error, ")
        return message if ";" in message else f"{_lower_first(message)}; change it"

    def _instead(self, path: Path_) -> str:
        known = known_keys(self._adapter.json_schema(), path[:-1], self._data)
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        return "known here: " + ", ".join(known) if known else "remove it"


def _not_one_of(given: str, expected: str) -> str:
    choices = re.findall(r"'([^']*)'", expected)
    near = difflib.get_close_matches(given.casefold(), choices, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{given!r} is not known; {hint}choose one of {', '.join(choices)}"


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def resolve(loc: tuple[int | str, ...], data: Any, *, missing: bool = False) -> Path_:
    """The place in `data` that a pydantic error location means.

    Pydantic puts the chosen branch of a union into the location (`channels.0.webhook.url`) and
    marks a key as `[key]`; those parts name nothing in the file and are left out. `missing` says
    that the last part is a field which is not there.
    """
    for exact in (True, False):
        found = _resolve(tuple(loc), data, missing=missing, exact=exact)
        if found is not None:
            return found
    return ()


def _resolve(loc: Path_, data: Any, *, missing: bool, exact: bool) -> Path_ | None:
    if not loc:
        return ()
    head, rest = loc[0], loc[1:]
    if _holds(data, head):
        below = _resolve(rest, data[head], missing=missing, exact=exact)
        if below is not None:
            return (head, *below)
    if rest:
        return _resolve(rest, data, missing=missing, exact=exact)
    if missing and isinstance(data, dict):
        return (head,)
    return None if exact else ()


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)
