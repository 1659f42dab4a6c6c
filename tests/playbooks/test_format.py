"""The format as a whole: templates, targets, pinning, the schema, the playbooks that come along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from coalition.adapters.playbook_files import (
    SCHEMA_NAME,
    PlaybookFolder,
    check_files,
    load_playbook,
    playbook_paths,
    playbook_schema_text,
    read_playbook,
)
from coalition.adapters.yaml_source import load_yaml
from coalition.domain.errors import NotFound
from coalition.domain.incident.words import Severity
from coalition.domain.playbook import Playbook, Role, Scene
from coalition.domain.playbook.step import REGISTRY
from coalition.domain.playbook.targets import resolve_members, resolve_people, selector
from coalition.domain.playbook.templates import fault_in, fill, names_in
from tests.domain.cast import COALITION, coalition

FOLDER = Path(__file__).resolve().parents[2] / "playbooks"
SCENE = Scene(COALITION, "ee", ("ee", "lv"), ("ee", "lv", "lt", "pl"), "ee-op", {"comms": "lt-ap"})
SHIPPED = playbook_paths(FOLDER)


def one(**role: Any) -> Role:
    return Role.model_validate({"group": "G", **role})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_playbooks_that_come_along_are_good_and_fit_the_schema(path: Path) -> None:
    playbook = load_playbook(path)
    assert playbook.playbook == path.stem
    schema = json.loads((FOLDER / SCHEMA_NAME).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(load_yaml(path)[0])


def test_three_playbooks_come_along() -> None:
    names = {path.stem for path in SHIPPED}
    assert {"cross-border-ddos", "early-warning", "ransomware"} <= names


def test_the_committed_schema_is_current() -> None:
    committed = (FOLDER / SCHEMA_NAME).read_text(encoding="utf-8")
    assert committed == playbook_schema_text(), "run: tocsin playbook schema --write playbooks"


@pytest.mark.parametrize(
    "change",
    [{"do": "notfy"}, {"txt": "x"}, {"to": []}, {"id": "A"}, {"answers": ["maybe"]}],
    ids=str,
)
def test_the_schema_refuses_what_the_checker_refuses(change: dict[str, Any]) -> None:
    step = {"id": "a", "do": "notify", "to": "all", "text": "x"}
    raw = {"playbook": "p", "title": "P", "tlp": "TLP:CLEAR", "steps": [step]}
    validator = Draft202012Validator(json.loads(playbook_schema_text()))
    assert list(validator.iter_errors(raw)) == []
    assert list(validator.iter_errors({**raw, "steps": [{**step, **change}]}))


def test_every_verb_and_control_word_stands_in_the_schema() -> None:
    text = playbook_schema_text()
    for word in REGISTRY:
        assert f'"{word}"' in text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_a_run_is_pinned_to_gives_the_same_playbook_again(path: Path) -> None:
    playbook = load_playbook(path)
    again = Playbook.from_document(playbook.document)
    assert again == playbook
    assert again.content_hash == playbook.content_hash


def test_layout_and_comments_do_not_change_the_hash_but_words_do() -> None:
    text = "playbook: p\ntitle: P\ntlp: clear\nsteps:\n  - {id: a, do: close}\n"
    same = "# note\ntlp: TLP:CLEAR\nplaybook: 'p'\ntitle: P\nsteps: [{do: close, id: a}]\n"
    other = text.replace("title: P", "title: Q")
    hashes = [read_playbook(one, "p").content_hash for one in (text, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_every_place_leads_on_as_the_file_reads() -> None:
    nodes = load_playbook(FOLDER / "cross-border-ddos.yaml").outline.nodes
    assert nodes["0"].branches == {"if_fails": "0.if_fails.0"}
    assert nodes["0.if_fails.0"].after == "1"
    assert nodes["1.then.0.if_late.0"].after == "2"
    assert nodes["6.else.0"].after is None


def test_a_trigger_fits_by_kind_and_from_its_severity_on() -> None:
    playbook = load_playbook(FOLDER / "ransomware.yaml")
    assert playbook.triggered_by("ransomware", Severity.S2)
    assert playbook.triggered_by("ransomware", Severity.S4)
    assert not playbook.triggered_by("ransomware", Severity.S1)
    assert not playbook.triggered_by("ddos", Severity.S4)


def test_replacement_happens_once() -> None:
    values = {"a": "{{b}}", "b": "{{a}}", "s.x": "1"}
    assert fill("{{a}} {{ b }} {{s.x}} { {a} }", values.__getitem__) == "{{b}} {{a}} 1 { {a} }"
    assert names_in("{{a}} {{ b }} {{a}} {{s.x}}") == ("a", "b", "s.x")


@given(st.text(alphabet="{}a. |", max_size=20))
def test_a_text_without_fault_has_no_braces_left_over(text: str) -> None:
    filled = fill(text, lambda name: "")
    assert (fault_in(text) is None) == ("{{" not in filled and "}}" not in filled) or "a" in text


def meant(name: str, role: Role | None = None) -> tuple[str, ...]:
    return resolve_members([selector(name, role)], SCENE)


def test_groups_leave_the_originator_out_and_ids_do_not() -> None:
    assert meant("affected") == ("lv",)
    assert meant("participants") == ("lv", "lt", "pl")
    assert meant("ee") == ("ee",)
    assert set(meant("all")) == {"lv", "lt", "pl", "mt", "ie"}


def test_only_active_members_are_meant() -> None:
    assert meant("no") == ()
    assert meant("x", one(members=["hu", "lv"])) == ("lv",)


def test_a_role_narrows_its_members_by_sector_and_dependency() -> None:
    raw = json.loads(coalition().model_dump_json())
    for member in raw["members"]:
        if member["id"] in {"lv", "lt"}:
            member["sectors"] = ["energy"]
        if member["id"] == "lt":
            member["dependencies"] = ["viasat-ka-sat"]
    scene = SCENE._replace(coalition=type(COALITION).model_validate_json(json.dumps(raw)))
    energy = selector("x", one(members="all", sector="energy"))
    both = selector("x", one(members="all", sector="energy", dependency="viasat-ka-sat"))
    assert resolve_members([energy], scene) == ("lv", "lt")
    assert resolve_members([both], scene) == ("lt",)


def test_an_unknown_member_is_an_error_with_a_hint() -> None:
    with pytest.raises(NotFound, match="No member is called 'lx'"):
        meant("lx")


@pytest.mark.parametrize(
    ("role", "people"),
    [
        ({"holds": "lead"}, ("ee-op",)),
        ({"holds": "comms"}, ("lt-ap",)),
        ({"holds": "press"}, ("ee-op",)),
        ({}, ("ee-op",)),
        ({"people": "approver"}, ("ee-ap", "ee-both")),
        ({"members": "affected"}, ("lv-op", "lv-both")),
        ({"members": "lv", "people": "voter"}, ("lv-vo",)),
    ],
)
def test_people_are_meant_by_role_and_the_lead_stands_in(
    role: dict[str, Any], people: tuple[str, ...]
) -> None:
    assert resolve_people([selector("x", one(**role))], SCENE) == people


def test_without_a_lead_the_operators_at_home_stand_in() -> None:
    scene = SCENE._replace(lead=None)
    found = resolve_people([selector("x", one(holds="lead"))], scene)
    assert found == ("ee-op", "ee-both")


GOOD = "playbook: {}\ntitle: T\ntlp: clear\nsteps:\n  - {{id: a, do: close}}\n"


def test_a_folder_gives_its_playbooks_and_notices_changes(tmp_path: Path) -> None:
    folder = PlaybookFolder(tmp_path)
    assert folder.playbooks() == []
    (tmp_path / "b.yaml").write_text(GOOD.format("b"))
    (tmp_path / "a.yml").write_text(GOOD.format("a"))
    (tmp_path / "a.test.yaml").write_text("not: a playbook")
    assert [one.playbook for one in folder.playbooks()] == ["a", "b"]
    (tmp_path / "b.yaml").unlink()
    assert [one.playbook for one in folder.playbooks()] == ["a"]


def test_a_file_that_became_invalid_leaves_the_last_valid_one_in_force(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD.format("a"))
    folder = PlaybookFolder(tmp_path)
    before = folder.playbooks()
    path.write_text(GOOD.format("a").replace("do: close", "do: clse"))
    assert folder.playbooks() == before
    (finding,) = folder.findings()
    assert finding.startswith(f"{path}:5: steps[a].do: 'clse' is not a verb")
    path.write_text(GOOD.format("a").replace("title: T", "title: New"))
    assert [one.title for one in folder.playbooks()] == ["New"]
    assert folder.findings() == ()


def test_a_name_used_by_two_files_is_refused_in_the_second(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.format("same"))
    first, second = check_files(playbook_paths(tmp_path))
    assert first.playbook is not None
    assert second.findings == (
        (
            f"{tmp_path / 'b.yaml'}:1: playbook: 'same' is the name of {tmp_path / 'a.yaml'} too; "
            "choose another"
        ),
    )
    assert len(PlaybookFolder(tmp_path).playbooks()) == 1


def test_what_rooms_show_of_a_run_has_the_strictest_label_of_its_steps() -> None:
    ask = {"id": "a", "do": "ask", "text": "x", "save": "y", "tlp": "amber"}
    tell = {"id": "b", "do": "notify", "to": "all", "text": "x", "tlp": "red"}
    raw = {"playbook": "p", "title": "P", "tlp": "green"}
    inside = {"id": "i", "if": "kind = 'ddos'", "then": [ask]}
    labels = [
        Playbook.model_validate({**raw, "steps": steps}).words_tlp
        for steps in ([tell], [tell, inside])
    ]
    assert labels == ["TLP:GREEN", "TLP:AMBER"]
