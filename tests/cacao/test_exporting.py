"""Our playbooks as CACAO documents: valid, clean, readable, and the same when they come back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coalition.adapters.playbook_files import playbook_paths
from coalition.adapters.yaml_source import load_yaml, validate
from coalition.cacao.exporting import export, first_lock
from coalition.cacao.importing import import_
from coalition.cacao.lint import lint
from coalition.cacao.lock import Lock, lock_of
from coalition.cacao.words import EXTENSION
from coalition.cacao.yaml_text import to_yaml
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.step import REGISTRY
from tests.cacao.samples import NOW, ROOT, Json, raw

EVERYTHING = Path(__file__).with_name("everything.yaml")
PLAYBOOKS = [EVERYTHING, *playbook_paths(ROOT / "playbooks")]
names = pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)


def exported(path: Path) -> tuple[Any, Json, Lock]:
    data, locator = load_yaml(path)
    return again(data, validate(Playbook, data, locator), first_lock(data, NOW))


def again(data: Any, playbook: Playbook, lock: Lock, at: datetime = NOW) -> tuple[Any, Json, Lock]:
    return data, export(data, playbook, lock, at, uuid.uuid4), lock


@names
def test_an_export_is_valid_by_the_official_schemas(
    path: Path, schema_errors: Callable[[Json], list[str]]
) -> None:
    assert schema_errors(exported(path)[1]) == []


@names
def test_an_export_passes_our_own_linter(path: Path) -> None:
    assert lint(exported(path)[1], NOW) == []


@names
def test_yaml_to_cacao_to_yaml_is_identical_as_data(path: Path) -> None:
    data, document, lock = exported(path)
    found = import_(raw(document), NOW)
    assert (found.status, found.findings) == ("ok", [])
    assert json.dumps(found.data) == json.dumps(data)  # the order of the keys, too
    assert found.lock == lock
    assert load_yaml(found.text)[0] == data


@names
def test_an_export_imported_elsewhere_exports_as_the_same_document(path: Path) -> None:
    document = exported(path)[1]
    found = import_(raw(document), NOW)
    assert found.data is not None
    assert found.lock is not None
    playbook = Playbook.model_validate(found.data)
    assert export(found.data, playbook, found.lock, NOW, uuid.uuid4) == document


@names
def test_the_ids_are_as_cacao_wants_them_and_no_uuid_is_used_twice(path: Path) -> None:
    document = exported(path)[1]
    versions = {uuid.UUID(id.split("--", 1)[1]).version for id in document["workflow"]}
    assert versions == {4}
    assert uuid.UUID(document["id"].removeprefix("playbook--")).version == 5
    bare = [id.split("--", 1)[1] for id in document["workflow"]]
    assert len(bare) == len(set(bare))


def test_the_sample_holds_every_control_word() -> None:
    controls = {word for word, kind in REGISTRY.items() if "do" not in kind.model_fields}
    missing = {word for word in controls if f"{word}:" not in EVERYTHING.read_text("utf-8")}
    assert missing == set(), "add the new control word to everything.yaml"


def test_control_words_become_the_control_steps_of_cacao() -> None:
    kinds = [one["type"] for one in exported(EVERYTHING)[1]["workflow"].values()]
    for kind in ("if-condition", "switch-condition", "while-condition", "parallel"):
        assert kind in kinds


def test_a_verb_is_a_readable_manual_command_and_carries_the_step_as_written() -> None:
    _, document, lock = exported(EVERYTHING)
    told = document["workflow"][lock.steps["tell"]]
    (command,) = told["commands"]
    assert command["type"] == "manual"
    assert "to: partners" in command["command"]
    assert "__title__:value: __service__:value" in command["command"]
    ours = told["step_extensions"][EXTENSION]["step"]
    assert ours["text"] == "{{title}}: {{service}}"
    assert ours["if_fails"] == [{"cacao": lock.steps["by_phone"]}]
    agents = {**document["agent_definitions"], **document["target_definitions"]}
    assert {agents[id]["name"] for id in told["targets"]} == {"Partner CERTs"}


def test_waiting_has_a_timeout_and_leads_on_by_outcome() -> None:
    _, document, lock = exported(EVERYTHING)
    acks = document["workflow"][lock.steps["acks"]]
    assert acks["timeout"] == 30 * 60 * 1000
    late = document["workflow"][acks["on_failure"]]
    assert late["condition"] == "__acks-outcome__:value = 'late'"
    assert late["on_true"] == lock.steps["chase"]
    assert late["on_false"] == lock.steps["sorry"]


def test_conditions_are_stix_comparisons_with_the_negation_inside() -> None:
    _, document, lock = exported(EVERYTHING)
    fork = document["workflow"][lock.steps["fork"]]
    assert fork["condition"] == (
        "((__done__:value != 'yes') AND (__count__:value <= 3)) AND (__severity__:value >= 'S2')"
    )


def test_a_second_export_has_the_same_ids_and_a_change_a_new_version() -> None:
    data, document, lock = exported(EVERYTHING)
    playbook = Playbook.model_validate(data)
    later = NOW + timedelta(days=1)
    kept = Lock.from_json(json.loads(json.dumps(lock.as_json())))
    assert again(data, playbook, kept, later)[1] == document
    changed = {**data, "about": "Something else."}
    newer = again(changed, Playbook.model_validate(changed), kept, later)[1]
    assert newer["workflow"].keys() == document["workflow"].keys()
    assert newer["created"] == document["created"]
    assert newer["modified"] == "2026-02-01T08:00:00.000Z"


def test_a_uuid_is_not_used_again_when_a_step_becomes_one_of_another_type() -> None:
    lock = Lock("playbook--x", "identity--x", "", "", "", {"a": step_id()})
    assert not lock.step("parallel", "a", uuid.uuid4).endswith(step_id().split("--")[1])


def step_id() -> str:
    return "action--6398eb05-3eb8-43f5-87d3-f24e07492a41"


def test_a_lock_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="not a lock file"):
        Lock.from_json({"id": 1})


def test_what_another_tool_changed_is_read_as_that_tools_with_a_warning() -> None:
    _, document, lock = exported(EVERYTHING)
    document["workflow"][lock.steps["tell"]]["commands"][0]["command"] = "Say nothing"
    found = import_(raw(document), NOW)
    assert found.status == "warnings"
    assert "changed by another tool" in found.findings[0].what
    assert "Say nothing" in found.text.split("cacao:")[0]


def test_an_edited_import_keeps_what_is_not_ours(
    small: Json, schema_errors: Callable[[Json], list[str]]
) -> None:
    small["x_vendor"] = {"kept": [1, 2.5, None]}
    found = import_(raw(small), NOW)
    assert found.data is not None
    assert found.lock is not None
    data = {**found.data, "about": "Edited here."}
    _, document, _ = again(data, Playbook.model_validate(data), found.lock)
    assert document["x_vendor"] == small["x_vendor"]
    assert document["id"] == small["id"]
    assert document["description"] == "Edited here."
    (look,) = (one for one in document["workflow"].values() if one["type"] == "action"
               and one["name"] == "Look")  # fmt: skip
    assert look["commands"] == [{"type": "manual", "command": "Look up __site__:value"}]
    assert schema_errors(document) == []
    assert import_(raw(document), NOW).data == data


def test_lock_of_a_document_names_the_steps_of_our_extension() -> None:
    _, document, lock = exported(EVERYTHING)
    assert lock_of(document) == lock


def test_yaml_text_is_read_back_the_same_whatever_is_in_it() -> None:
    nasty = [
        "", " x", "x ", "no", "NO", "1.10", "a: b", "a #b", "\u2028", "é\n\nb", "x\n ", "-", "\x85",
        "\ufeff", "{a}", "'", '"', "on", "~", "1e3", "a\tb", "😀", "x\n\ty",
    ]  # fmt: skip
    data = {one: one for one in nasty} | {"list": nasty, "deep": [[nasty], {"a": nasty}]}
    assert load_yaml(to_yaml(data))[0] == data
