"""STIX that others send, read leniently: everything is kept as it came, and labelled.

What goes out is strict and what comes in is not: the specification's own examples fail strict
checks. Only the label is never guessed downwards. A marking that is not known, an object without
any, and a known label under a foreign id all count as TLP:RED; somebody then looks and decides.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp, strictest
from coalition.rendering.notices.stix_ids import OTHER_TLP_IDS, TLP_IDS

Object = dict[str, Any]

_KNOWN: dict[str, Tlp] = {**OTHER_TLP_IDS, **{id: label for label, id in TLP_IDS.items()}}
_UNLABELLED = {"marking-definition", "extension-definition", "language-content", "identity"}
"""Kinds that say nothing of an incident; a name alone needs no label."""


class Labelled(NamedTuple):
    """One object as it came, and the label it counts as."""

    content: Object
    tlp: Tlp


class Inbound(NamedTuple):
    """A bundle. `tlp` is the strictest of its parts; `statements` are restrictions beyond it."""

    tlp: Tlp
    objects: tuple[Labelled, ...]
    statements: tuple[str, ...]


def read_stix(data: bytes | str) -> Inbound:
    """A bundle, or a single object, as somebody sent it.

    Raises:
        UserError: it is no JSON, or nothing that looks like STIX.
    """
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UserError("This is no JSON.", "Send a STIX 2.x bundle.") from error
    found = whole.get("objects", [whole]) if isinstance(whole, dict) else None
    objects = [one for one in found if _is_object(one)] if isinstance(found, list) else []
    if not objects:
        raise UserError("There are no STIX objects in this.", "Send a STIX 2.x bundle.")
    statements = {
        str(one["id"]): str(one["definition"].get("statement", ""))
        for one in objects
        if one.get("definition_type") == "statement"
        and isinstance(one.get("definition"), dict)
        and one["id"] not in _KNOWN  # a label stays one, whatever a sender calls it
    }
    labelled = tuple(Labelled(one, _label(one, statements)) for one in objects)
    return Inbound(
        tlp=strictest(*(one.tlp for one in labelled)),
        objects=labelled,
        statements=tuple(dict.fromkeys(text for text in statements.values() if text)),
    )


def _is_object(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("type", "id"))


def _label(one: Object, statements: dict[str, str]) -> Tlp:
    refs = _refs(one)
    labels = [_KNOWN.get(ref, Tlp.RED) for ref in refs if ref not in statements]
    if labels:
        return strictest(*labels)
    return Tlp.CLEAR if one["type"] in _UNLABELLED else Tlp.RED


def _refs(one: Object) -> list[str]:
    """All markings, those of single properties included: the strictest part counts."""
    granular = one.get("granular_markings")
    parts = granular if isinstance(granular, list) else []
    found = one.get("object_marking_refs")
    refs = list(found) if isinstance(found, list) else []
    refs += [part.get("marking_ref") for part in parts if isinstance(part, dict)]
    return [str(ref) for ref in refs if ref is not None]
