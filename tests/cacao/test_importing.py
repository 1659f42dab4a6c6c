"""What people publish, taken in: kept verbatim, arranged as our steps, or told why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coalition.adapters.playbook_files import read_playbook
from coalition.adapters.yaml_source import load_yaml
from coalition.cacao.exporting import unchanged
from coalition.cacao.importing import Imported, import_
from coalition.domain.errors import ConfigError
from coalition.domain.playbook import Playbook
from tests.cacao.samples import NOW, Json, document, example, examples, raw, step

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


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_import_then_export_gives_the_same_document(path: Path) -> None:
    given = example(path)
    found = import_(given, NOW)
    assert found.status in {"ok", "warnings", "draft"}
    data, _ = load_yaml(found.text)
    assert data == found.data
    assert unchanged(data) == json.loads(given)


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_what_is_not_a_draft_is_a_playbook_that_runs(path: Path) -> None:
    found = import_(example(path), NOW)
    if found.status == "draft":
        with pytest.raises(ConfigError, match="this is a draft"):
            read_playbook(found.text, "x.yaml")
    else:
        assert read_playbook(found.text, "x.yaml").cacao is not None


def test_a_clean_document_is_ok_and_its_manual_command_a_task(small: Json) -> None:
    found = taken(small)
    assert (found.status, found.findings) == ("ok", [])
    (look,) = steps(found)
    assert found.data is not None
    assert look == {"id": "look", "about": "Look", "do": "task", "to": "ir_team",
                    "text": "Look up {{site}}"}  # fmt: skip
    assert found.data["roles"] == {"ir_team": {"group": "IR team"}}
    assert found.data["inputs"]["site"]["default"] == "example.org"
    assert found.lock is not None
    assert found.lock.steps["look"] == ACT


def test_what_comes_back_from_a_command_is_asked_for() -> None:
    value = document()
    value["workflow"][ACT]["out_args"] = ["__verdict__"]
    start, look = steps(taken(value))
    assert start["values"] == {"verdict": ""}
    assert look["do"] == "ask"
    assert list(look["fields"]) == ["verdict"]


@pytest.mark.parametrize("kind", ["bash", "ssh", "powershell", "sigma", "caldera-cmd", "ftp"])
def test_a_command_of_any_other_type_is_a_task_that_shows_it(kind: str) -> None:
    found = taken(document({"type": kind, "command": "rm -rf /"}))
    (look,) = steps(found)
    assert look["do"] == "task"
    assert f"Nothing runs this {kind} command for you." in look["text"]
    assert "rm -rf /" in look["text"]
    assert found.notes[0] == f"1 {kind} command became tasks for people; nothing is executed"


def test_base64_is_shown_as_the_text_it_is() -> None:
    (look,) = steps(taken(document({"type": "sigma", "command_b64": "dGl0bGU6IHg="})))
    assert "title: x" in look["text"]


def test_an_http_api_command_is_a_call_with_a_person_behind_it() -> None:
    content = json.dumps({"ip": "__site__:value", "days": 3})
    command = {"type": "http-api", "command": "POST https://fw.example/block", "content": content}
    (look,) = steps(taken(document(command)))
    assert (look["do"], look["url"]) == ("call", "https://fw.example/block")
    assert look["headers"] == {"Content-Type": "application/json"}
    assert look["body"] == '{"ip": "{{site}}", "days": 3}'
    (instead,) = look["if_fails"]
    assert instead["do"] == "task"
    assert "POST https://fw.example/block" in instead["text"]


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ({"command": "GET https://fw.example/a?q=__site__:value HTTP/1.1"},
         {"method": "GET", "url": "https://fw.example/a?q={{site}}"}),
        ({"command": "DELETE https://fw.example/a"}, {"method": "DELETE"}),
        ({"command": "POST https://fw.example/x"}, {"body": ""}),
        ({"command": "PUT https://fw.example/x", "content": "plain words"},
         {"method": "PUT", "body": "plain words"}),
        ({"command": "POST https://fw.example/x", "content_b64": "YT0x",
          "headers": {"Content-Type": ["application/x-www-form-urlencoded"], "X-A": ["1", "2"]}},
         {"body": "a=1", "headers": {"Content-Type": "application/x-www-form-urlencoded",
                                     "X-A": "1, 2"}}),
    ],
)  # fmt: skip
def test_method_address_headers_and_body_are_kept(more: Json, made: Json) -> None:
    (look,) = steps(taken(document({"type": "http-api", **more})))
    assert look["do"] == "call"
    assert {name: look[name] for name in made} == made


@pytest.mark.parametrize(
    "more",
    [
        {"command": "POST https://__site__:value/x"},
        {"command": "TRACE https://fw.example/x"},
        {"command": "GET https://fw.example/x", "content": "a body"},
        {"command": "POST https://fw.example/x", "headers": {"Authorization": ["Basic abc"]}},
        {"command": "POST https://fw.example/x", "headers": {"X-Api-Key": ["1"]}},
        {"command": "POST https://fw.example/x", "headers": {"X-A": ["a\nHost: b"]}},
        {"command": "POST https://fw.example/x", "content_b64": "/////w=="},
        {"command": "POST https://fw.example/x", "content": "x" * 3000},
        {"command": "POST /x"},
    ],
)
def test_an_http_api_command_that_call_cannot_say_is_a_task(more: Json) -> None:
    (look,) = steps(taken(document({"type": "http-api", **more})))
    assert look["do"] == "task"
    assert more["command"].split()[1].replace("__site__:value", "{{site}}") in look["text"]


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ({"address": {"url": ["https://fw.example/api/"]}}, "https://fw.example/api/x"),
        ({"address": {"dname": ["fw.example"]}, "port": "443"}, "https://fw.example/x"),
        ({"address": {"ipv6": ["2001:db8::1"]}, "port": "8443"}, "http://[2001:db8::1]:8443/x"),
        ({"address": {"ipv4": ["192.0.2.1"]}}, "http://192.0.2.1/x"),
        ({"address": {"dname": ["__host__:value"]}}, None),
        ({"address": {"dname": ["fw.example"]}, "authentication_info": "http-basic--1"}, None),
    ],
)
def test_an_address_is_that_of_the_target(target: Json, url: str | None) -> None:
    made = document({"type": "http-api", "command": "GET x"})
    id = "http-api--1c3900b4-f86b-430d-b415-12312b9e31f4"
    made["workflow"][ACT]["targets"] = [id]
    made["target_definitions"] = {id: {"type": "http-api", "name": "Firewall", **target}}
    (look,) = steps(taken(made))
    assert (look["do"], look.get("url")) == ("call" if url else "task", url)


def test_what_a_call_answers_and_whether_it_worked_is_kept() -> None:
    made = document({"type": "http-api", "command": "GET https://fw.example/list"})
    more = step("action", 5)
    made["workflow"][ACT] |= {"out_args": ["__answer__"], "on_success": END, "on_failure": more}
    del made["workflow"][ACT]["on_completion"]
    made["workflow"] |= {more: act(on_completion=step("end", 6)), step("end", 6): {"type": "end"}}
    by_id = {one["id"]: one for one in steps(taken(made))}
    look = by_id["look"]
    assert look["keep"] == {"answer": "*"}
    done = next(one for one in by_id.values() if "done" in one.get("values", {}).values())
    (result,) = done["values"]
    assert list(by_id).index(done["id"]) < list(by_id).index("look")
    (instead,) = look["if_fails"]
    assert set(instead["fields"]) == {result, "answer"}


def test_a_condition_becomes_ours(small: Json) -> None:
    fork, more = step("if-condition", 4), step("action", 5)
    small["workflow"][ACT]["on_completion"] = fork
    small["workflow"] |= {
        fork: {"type": "if-condition", "condition": "__site__:value IN ('a', 'b')",
               "on_true": more, "on_completion": END},
        more: act(on_completion=step("end", 6)),
        step("end", 6): {"type": "end"},
    }  # fmt: skip
    _, branch = steps(taken(small))
    assert branch["if"] == "( site = 'a' OR site = 'b' )"
    assert [one["id"] for one in branch["then"]] == ["more"]


def test_a_condition_that_nobody_can_parse_is_a_question_for_a_human(small: Json) -> None:
    fork, more = step("if-condition", 4), step("action", 5)
    small["workflow"][ACT]["on_completion"] = fork
    small["workflow"] |= {
        fork: {"type": "if-condition", "condition": "the site looks odd", "on_true": more,
               "on_completion": END},
        more: act(on_completion=step("end", 6)),
        step("end", 6): {"type": "end"},
    }  # fmt: skip
    found = taken(small)
    assert found.status == "warnings"
    _, asked, branch = steps(found)
    assert asked["do"] == "ask"
    assert "the site looks odd" in asked["text"]
    assert branch["if"] == f"{asked['save']} = 'yes'"


def test_branches_that_run_on_into_a_common_step_are_nested_without_goto(small: Json) -> None:
    fork, more, last = step("if-condition", 4), step("action", 5), step("action", 6)
    small["workflow"][ACT]["on_completion"] = fork
    small["workflow"] |= {
        fork: {"type": "if-condition", "condition": "__site__:value = 'a'", "on_true": more,
               "on_false": last},
        more: act(on_completion=last),
        last: act(name="Last", on_completion=END),
    }  # fmt: skip
    _, branch, final = steps(taken(small))
    assert [one["id"] for one in branch["then"]] == ["more"]
    assert "else" not in branch
    assert final["id"] == "last"


def test_a_graph_that_jumps_back_is_arranged_with_goto(small: Json) -> None:
    fork, more = step("if-condition", 4), step("action", 5)
    small["workflow"][ACT]["on_completion"] = fork
    small["workflow"] |= {
        fork: {"type": "if-condition", "condition": "__site__:value = 'a'", "on_true": ACT,
               "on_false": more},
        more: act(on_completion=END),
    }  # fmt: skip
    found = taken(small)
    assert found.status == "warnings"
    made = {one["id"]: one for one in steps(found)}
    gotos = [one["goto"] for one in _gotos(made.values())]
    assert "look" in gotos


def _gotos(value: Any) -> Any:
    if isinstance(value, dict) and "goto" in value:
        yield value
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from _gotos(one)


def test_what_comes_after_a_failure_is_asked_for(small: Json) -> None:
    more = step("action", 5)
    del small["workflow"][ACT]["on_completion"]
    small["workflow"][ACT] |= {"on_success": END, "on_failure": more}
    small["workflow"][more] = act(on_completion=step("end", 6))
    small["workflow"][step("end", 6)] = {"type": "end"}
    look, branch = steps(taken(small))
    assert look["fields"]["look_result"]["choices"] == ["done", "failed"]
    assert branch["if"] == "look_result = 'done'"
    assert branch["else"][0]["id"] == "more"


def test_parallel_switch_and_while_become_ours(small: Json) -> None:
    ids = [step(kind, 20 + number) for number, kind in enumerate(
        ["parallel", "switch-condition", "while-condition", "action", "action", "action", "action"]
    )]  # fmt: skip
    both, switch, loop, one, two, three, four = ids
    ends = [step("end", 40 + number) for number in range(4)]
    small["workflow"][ACT]["on_completion"] = both
    small["workflow"] |= {
        both: {"type": "parallel", "next_steps": [one, two], "on_completion": switch},
        one: act(on_completion=ends[0]),
        two: act(on_completion=ends[1]),
        switch: {"type": "switch-condition", "switch": "__site__:value", "on_completion": loop,
                 "cases": {"a": three, "default": ends[2]}},
        three: act(on_completion=ends[2]),
        loop: {"type": "while-condition", "condition": "__site__:value != 'x'", "on_true": four,
               "on_completion": END},
        four: act(on_completion=ends[3]),
        **{id: {"type": "end"} for id in ends},
    }  # fmt: skip
    _, parallel, choose, repeat = steps(taken(small))
    assert [len(block) for block in parallel["parallel"]] == [1, 1]
    assert (choose["on"], choose["choose"][0]["is"]) == ("site", ["a"])
    assert (repeat["repeat"], repeat["test"]) == ("site != 'x'", "before")


def test_delays_and_timeouts_become_durations(small: Json) -> None:
    small["workflow"][ACT] |= {"delay": 1500, "timeout": 90_000}
    pause, look = steps(taken(small))
    assert (pause["do"], pause["for"]) == ("wait", "2s")
    assert look["within"] == "1m30s"
