"""A CACAO document of another tool as a playbook of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from coalition.cacao.build import Build, Raw
from coalition.cacao.findings import Finding
from coalition.cacao.flat import flat
from coalition.cacao.graph import steps_of
from coalition.cacao.naming import Names, one_line, readable, slug
from coalition.cacao.structured import Unstructured, structured
from coalition.cacao.usable import usable
from coalition.cacao.variables import variables_of
from coalition.domain.labels import Tlp, parse_tlp
from coalition.domain.messages import canonical
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.model import PlaybookKind
from coalition.domain.playbook.targets import WORDS
from coalition.domain.playbook.values import FACTS

LONG = 400_000  # characters

UNMARKED = Tlp.AMBER
"""The label of a playbook that says none: shared within the organizations, not further."""

_TAKEN = (*FACTS, *WORDS, "lead", "and", "or", "not")


class Converted(NamedTuple):
    """A playbook as YAML data, and what had to be decided on the way."""

    data: Raw
    slugs: dict[str, str]  # our steps -> the steps of the document they stand for
    notes: tuple[str, ...]


def convert(document: Mapping[str, Any], findings: list[Finding]) -> Converted:
    """The playbook; with `broken` findings, the draft of one. Adds what it finds itself."""
    build = _build(usable(document))
    steps = _steps(build)
    data = _header(document, build)
    data["steps"] = [*_start(build), *steps]
    if not any(one.broken for one in findings):
        findings += _faults(data)
    reasons = [one.line for one in findings if one.broken]
    data["cacao"] = _origin(document, data, reasons)
    return Converted(data, build.slugs, _notes(build))


def kept(document: Mapping[str, Any]) -> str:
    """The text of a document as it stands in a playbook: in lines, unless it is very long."""
    text = json.dumps(document, indent=1, allow_nan=False)
    return text if len(text) < LONG else json.dumps(document, separators=(",", ":"))


def digest(data: Mapping[str, Any]) -> str:
    """The digest of a playbook's data, without where it came from."""
    own = {key: value for key, value in data.items() if key != "cacao"}
    return hashlib.sha256(canonical(own)).hexdigest()


def _build(document: Mapping[str, Any]) -> Build:
    names = Names(_TAKEN)
    return Build(document, steps_of(document), names, variables_of(document, names))


def _steps(build: Build) -> list[Raw]:
    start = build.document["workflow_start"]
    if start is None:
        return []
    try:
        return structured(build, start)
    except Unstructured:
        again = _build(build.document)  # what was named on the way is forgotten
        build.__dict__.update(again.__dict__)
        return flat(build, start)


def _start(build: Build) -> list[Raw]:
    if not build.variables.start:
        return []
    name = build.new_name("start values")
    return [{"id": name, "about": "What the playbook starts with", "do": "set",
             "values": build.variables.start}]  # fmt: skip


def _header(document: Mapping[str, Any], build: Build) -> Raw:
    title = one_line(document.get("name"), "CACAO playbook")
    data: Raw = {"playbook": slug(title, "cacao-playbook"), "title": title}
    about = readable(document.get("description"))
    if about:
        data["about"] = about
    data["tlp"] = str(_label(document) or UNMARKED)
    kinds = document.get("playbook_types")
    known = PlaybookKind.__args__  # type: ignore[attr-defined]
    fitting = [one for one in known if isinstance(kinds, list) and one in kinds]
    if fitting:
        data["kinds"] = fitting
    if build.variables.inputs:
        data["inputs"] = build.variables.inputs
    if build.roles:
        data["roles"] = build.roles
    return data


def _label(document: Mapping[str, Any]) -> Tlp | None:
    """The strictest label that the document carries."""
    definitions = document.get("data_marking_definitions")
    found = [one.get("tlpv2_level") for one in definitions.values() if isinstance(one, dict)] if (
        isinstance(definitions, dict)
    ) else []  # fmt: skip
    labels = []
    for one in found:
        try:
            labels.append(parse_tlp(str(one)))
        except ValueError:
            continue
    return max(labels, key=lambda label: label.rank) if labels else None


def _faults(data: Raw) -> list[Finding]:
    """What our own checker says of the result, so that what is imported as good does run."""
    try:
        Playbook.model_validate(data)
    except ValidationError as error:
        hint = "simplify the playbook there, or import it and mend the steps"
        return [
            Finding(
                ".".join(str(part) for part in one["loc"]) or "workflow",
                f"cannot be said in our format ({one['msg']})",
                hint,
                broken=True,
            )
            for one in error.errors(include_url=False, include_input=False)[:20]
        ]
    return []


def _origin(document: Mapping[str, Any], data: Raw, reasons: list[str]) -> Raw:
    origin: Raw = {"imported": digest(data)}
    if reasons:
        origin["draft"] = [readable(one, limit=500) for one in reasons]
    return {**origin, "document": kept(document)}


def _notes(build: Build) -> tuple[str, ...]:
    notes = [
        f"{number} {kind} command{'s' if number > 1 else ''} became tasks for people; "
        "nothing is executed"
        for kind, number in sorted(build.handed_over.items())
    ]
    if _label(build.document) is None:
        notes.append(f"it carries no TLP label and is taken as {UNMARKED}; see `tlp`")
    if build.asked:
        notes.append(f"{len(build.asked)} conditions became questions for people")
    return tuple(notes)
