"""Imported commands run: http-api to allowed hosts, manual by a person, everything else by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coalition.adapters.playbook_files import read_playbook
from coalition.cacao.importing import import_
from coalition.cacao.words import TLP_IDS
from coalition.domain.playbook import Playbook
from coalition.rendering.notices.standard_webhooks import verify
from tests.cacao.samples import NOW, document, raw, step
from tests.domain.cast import NOW as NIGHT
from tests.domain_run.stage import RUN
from tests.verbs.stage import House
from tests.verbs.test_call import SECRET, Desk

TARGET = "http-api--1c3900b4-f86b-430d-b415-12312b9e31f4"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def imported(*commands: dict[str, Any], url: str = "") -> Playbook:
    """What `import` makes of a TLP:CLEAR document with these commands."""
    made = document(*commands)
    made["markings"] = [TLP_IDS["TLP:CLEAR"]]
    made["data_marking_definitions"] = {
        TLP_IDS["TLP:CLEAR"]: {"type": "marking-tlp", "tlpv2_level": "TLP:CLEAR"}
    }
    action = step("action", 2)
    if url:
        made["target_definitions"] = {
            TARGET: {"type": "http-api", "name": "Desk", "address": {"url": [url]}}
        }
        made["workflow"][action]["targets"] = [TARGET]
    found = import_(raw(made), NOW)
    assert found.text
    return read_playbook(found.text, "p")


def house(tmp_path: Path, **targets: Any) -> House:
    return House(tmp_path, call_secret=SECRET, private_targets="127.0.0.1/32", **targets)


def test_an_http_api_command_is_carried_out_as_it_was_published(desk: Desk, tmp_path: Path) -> None:
    command = {
        "type": "http-api",
        "command": "PUT /block/__site__:value HTTP/1.1",
        "headers": {"Content-Type": ["application/json"], "X-Why": ["ddos"]},
        "content": '{"site": "__site__:value", "hours": 3}',
    }
    allowed = house(tmp_path, call_targets=f"{desk.origin}=TLP:GREEN")
    allowed.start(imported(command, url=desk.origin)).settle()
    assert desk.lines == [("PUT", "/block/example.org")]
    ((headers, body),) = desk.asked
    assert (headers["x-why"], body) == ("ddos", b'{"site": "example.org", "hours": 3}')
    assert verify([SECRET], headers, body, now=NIGHT) == f"{RUN}-look-1"
    assert allowed.run.status == "completed"
    assert allowed.incident.tasks == {}


def test_a_host_that_is_not_allowed_is_never_called_and_a_person_gets_the_command(
    desk: Desk, tmp_path: Path
) -> None:
    command = {"type": "http-api", "command": "GET /list"}
    refused = house(tmp_path, call_targets="https://other.example")
    refused.start(imported(command, url=desk.origin)).settle()
    assert desk.asked == []
    (task,) = refused.incident.tasks.values()
    assert "GET /list" in task.text
    assert "Nothing runs this http-api command for you" in task.text


def test_nothing_is_ever_handed_to_a_shell(tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    for kind in ("bash", "ssh", "powershell", "openc2-http"):
        run = house(tmp_path / kind).start(imported({"type": kind, "command": f"touch {mark}"}))
        (task,) = run.settle().incident.tasks.values()
        assert f"touch {mark}" in task.text
        assert run.run.status == "running"  # until a person says that it is done
    assert not mark.exists()
