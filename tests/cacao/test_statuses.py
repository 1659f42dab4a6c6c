"""Broken is a draft, odd is a warning, and what is no CACAO 2.0 or too large is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coalition.adapters.playbook_files import read_playbook
from coalition.adapters.yaml_nodes import MAX_CHARACTERS, MAX_NODES
from coalition.adapters.yaml_source import load_yaml
from coalition.cacao.exporting import unchanged
from coalition.cacao.importing import MAX_VALUES, MAX_YAML, Imported, import_
from coalition.cacao.reading import MAX_BYTES, MAX_DEPTH
from coalition.domain.errors import ConfigError
from coalition.domain.playbook import Playbook
from tests.cacao.samples import NOW, Json, raw, step

START, ACT, END, AGENT = step("start", 1), step("action", 2), step("end", 3), step("group", 9)


def taken(value: Any) -> Imported:
    return import_(raw(value), NOW)


def steps(found: Imported) -> list[Json]:
    assert found.data is not None
    Playbook.model_validate(found.data)
    made: list[Json] = found.data["steps"]
    return made


def act(**more: Any) -> Json:
    command = {"type": "manual", "command": "Do it"}
    return {"type": "action", "name": "More", "commands": [command], "agent": AGENT, **more}


BROKEN = {
    "dangling": lambda d: d["workflow"][ACT].update(on_completion=step("end", 77)),
    "no way on": lambda d: d["workflow"][ACT].pop("on_completion"),
    "no commands": lambda d: d["workflow"][ACT].pop("commands"),
    "no end": lambda d: d["workflow"].pop(END),
    "no workflow": lambda d: d.pop("workflow"),
    "no start": lambda d: d.pop("workflow_start"),
    "unknown start": lambda d: d.update(workflow_start=step("start", 78)),
    "unknown step": lambda d: d["workflow"][ACT].update(type="acton"),
    "withdrawn": lambda d: d.update(revoked=True),
    "wrong type": lambda d: d["workflow"].update({END: "end"}),
    "two ways": lambda d: d["workflow"][ACT].update(on_success=ACT),
    "no id": lambda d: d.pop("id"),
    "loop without condition": lambda d: d["workflow"].update(
        {step("while-condition", 5): {"type": "while-condition", "on_completion": END}}
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_playbook_is_a_draft_that_says_why_and_does_not_run(
    fault: str, small: Json
) -> None:
    BROKEN[fault](small)
    found = taken(small)
    assert found.status == "draft"
    (first, *_) = [one for one in found.findings if one.broken]
    with pytest.raises(ConfigError) as error:
        read_playbook(found.text, "x.yaml")
    assert any(first.what[:40] in one for one in error.value.findings)
    assert unchanged(load_yaml(found.text)[0]) == small


SOFT = {
    "misspelt": lambda d: d["workflow"][ACT].update(on_compeltion=END),
    "vendor property": lambda d: d.update(x_vendor=1),
    "no agent": lambda d: d["workflow"][ACT].pop("agent"),
    "undefined agent": lambda d: d.pop("agent_definitions"),
    "not version 4": lambda d: d["workflow"].update(
        {"end--0176c66e-9dad-5008-8b4c-bc2d52264557": {"type": "end"}}
    ),
    "microseconds": lambda d: d.update(created="2025-01-01T00:00:00.000000Z"),
    "old": lambda d: d.update(valid_until="2023-01-01T00:00:00.000Z"),
    "modified before created": lambda d: d.update(modified="2025-01-01T00:00:00.000Z"),
    "unreached": lambda d: d["workflow"].update({step("action", 5): act(on_completion=END)}),
    "unknown marking": lambda d: d.update(markings=[step("marking-tlp", 5)]),
}


@pytest.mark.parametrize("fault", SOFT)
def test_what_does_not_keep_it_from_running_is_a_warning(fault: str, small: Json) -> None:
    SOFT[fault](small)
    found = taken(small)
    assert found.status == "warnings"
    assert steps(found)


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"type": "playbook"}',
        b'{"type": "playbook", "spec_version": "cacao-1.0"}',
        b'{"type": "bundle", "spec_version": "cacao-2.0"}',
        b'{"type": "playbook", "spec_version": "cacao-2.0", "x": NaN}',
        b'{"type": "playbook", "spec_version": "cacao-2.0", "x": 1e999}',
        b'{"type": "playbook", "spec_version": "cacao-2.0", "x": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b" " * (MAX_BYTES + 1),
        b'{"type": "playbook", "spec_version": "cacao-2.0", "x": '
        + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
    ],
)  # fmt: skip
def test_what_is_no_cacao_at_all_is_refused_and_says_why(given: bytes) -> None:
    found = import_(given, NOW)
    assert found.status == "refused"
    assert found.data is None
    assert [one.keys() for one in found.as_json()["findings"]] == [{"where", "what", "hint"}]


def test_the_largest_document_that_is_read_makes_a_playbook_that_is_read(small: Json) -> None:
    assert MAX_YAML == MAX_CHARACTERS
    assert MAX_VALUES < MAX_NODES
    for letter in ("x", "щ", "\\", '"', "😀"):
        small.pop("labels", None)
        room = MAX_BYTES - len(raw(small)) - 50
        small["labels"] = [letter * (room // len(json.dumps(letter)[1:-1]))]
        found = import_(json.dumps(small).encode(), NOW)
        assert found.status == "ok", letter
        assert unchanged(load_yaml(found.text)[0]) == small


def test_what_would_make_a_playbook_too_large_is_refused(small: Json) -> None:
    command = {"type": "manual", "command": "x"}
    small["workflow"][ACT]["commands"] = [command] * 18_000
    assert taken(small).status == "refused"
    small["workflow"][ACT]["commands"] = [command]
    small["labels"] = ["щ" * 300_000]
    assert import_(json.dumps(small, ensure_ascii=False).encode(), NOW).status == "refused"


def test_a_key_that_is_there_twice_makes_a_draft(small: Json) -> None:
    text = json.dumps(small).replace('"name": "Small"', '"name": "Small", "name": "Other"')
    found = import_(text.encode(), NOW)
    assert found.status == "draft"
    assert "twice" in found.findings[0].what


@pytest.mark.parametrize("name", ["{{incident}}", "}}{{", "x" * 500, "", "\u202e\x00", "\ud800"])
def test_names_and_texts_of_any_kind_make_a_playbook_that_runs(name: str, small: Json) -> None:
    small["name"] = small["description"] = name
    small["workflow"][ACT]["name"] = name
    small["workflow"][ACT]["description"] = name
    small["workflow"][ACT]["commands"] = [{"type": "manual", "command": name or "Do it"}]
    small["agent_definitions"][AGENT]["name"] = name
    found = taken(small)
    assert found.status == "ok"
    playbook = read_playbook(found.text, "x.yaml")
    assert unchanged(load_yaml(found.text)[0]) == small
    (look,) = steps(found)
    assert "{{incident}}" not in look["text"]
    assert playbook.outline.first == "0"


def test_the_strictest_label_counts(small: Json) -> None:
    marks = {step("marking-tlp", 5): "TLP:GREEN", step("marking-tlp", 6): "TLP:RED"}
    small["data_marking_definitions"] = {
        id: {"type": "marking-tlp", "tlpv2_level": level} for id, level in marks.items()
    }
    assert (taken(small).data or {})["tlp"] == "TLP:RED"
    del small["data_marking_definitions"]
    assert (taken(small).data or {})["tlp"] == "TLP:AMBER"
