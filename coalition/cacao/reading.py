"""Text to a CACAO document, or why it is none. Never raises, whatever the text."""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from coalition.cacao.findings import Finding
from coalition.cacao.words import SPEC_VERSION

MAX_BYTES = 750_000  # the document is kept inside our YAML, which may have a million characters
MAX_DEPTH = 60
MAX_STEPS = 2_000


class Source(NamedTuple):
    """A document with what was found while reading it; None: it is not CACAO 2.0 at all."""

    document: dict[str, Any] | None
    findings: list[Finding]


class _Unreadable(ValueError):
    """Carries what is wrong with the JSON, worded for people."""


def read(raw: bytes) -> Source:
    """The document in `raw`."""
    if len(raw) > MAX_BYTES:
        what = f"has {len(raw):,} bytes, and at most {MAX_BYTES:,} are read"
        return _refused("file", what, "split the playbook")
    doubles: list[str] = []
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: _object(pairs, doubles),
            parse_constant=_constant,
            parse_float=_float,
        )
    except UnicodeDecodeError:
        return _refused("file", "is not UTF-8", "save it as UTF-8")
    except RecursionError:
        return _refused("file", "is nested too deeply", f"use at most {MAX_DEPTH} levels")
    except json.JSONDecodeError as error:
        return _refused(f"line {error.lineno}", f"is not JSON ({error.msg})", "mend it there")
    except ValueError as error:
        return _refused("file", _said(error), "write plain JSON numbers")
    return _judged(value, doubles)


def _judged(value: Any, doubles: list[str]) -> Source:
    hint = 'a CACAO playbook is an object with "type": "playbook" and "spec_version": "cacao-2.0"'
    if not isinstance(value, dict):
        return _refused("file", "is not a JSON object", hint)
    if value.get("type") != "playbook":
        return _refused("type", f"is {_cut(value.get('type'))} and not 'playbook'", hint)
    if value.get("spec_version") != SPEC_VERSION:
        what = f"is {_cut(value.get('spec_version'))} and not '{SPEC_VERSION}'"
        return _refused("spec_version", what, "only CACAO 2.0 is read; convert the playbook")
    if _deeper_than(value, MAX_DEPTH):
        return _refused("file", "is nested too deeply", f"use at most {MAX_DEPTH} levels")
    workflow = value.get("workflow")
    if isinstance(workflow, dict) and len(workflow) > MAX_STEPS:
        what = f"has {len(workflow):,} steps, and at most {MAX_STEPS:,} are read"
        return _refused("workflow", what, "split the playbook")
    findings = [
        Finding(key[:80], "is there twice in one object", "keep one of the two", broken=True)
        for key in dict.fromkeys(doubles)
    ]
    return Source(value, findings)


def _object(pairs: list[tuple[str, Any]], doubles: list[str]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                doubles.append(key)
            seen.add(key)
    return found


def _constant(word: str) -> Any:
    raise _Unreadable(f"contains {word}, which JSON does not know")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Unreadable(f"contains a number that is too large ({text[:20]})")
    return value


def _said(error: ValueError) -> str:
    return (
        str(error) if isinstance(error, _Unreadable) else "contains a number with too many digits"
    )


def _deeper_than(value: Any, limit: int) -> bool:
    layer = [value]
    for _ in range(limit):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True


def _cut(value: Any) -> str:
    return "missing" if value is None else repr(value)[:60]


def _refused(where: str, what: str, hint: str) -> Source:
    return Source(None, [Finding(where, what, hint, broken=True)])
