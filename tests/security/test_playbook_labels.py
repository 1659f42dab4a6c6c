"""A playbook stricter than its incident: what it writes must not take the incident's label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coalition.domain.run.state import Run
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, said, settle, stage
from workers.handlers import HANDLERS

MARK = "Call the minister about the implant"
STEPS = {
    "task": f'{{id: first, do: task, text: "{MARK}"}}',
    "escalate": f'{{id: first, do: escalate, to: [lead], text: "{MARK}"}}',
    "close": f'{{id: first, do: close, cause: "{MARK}", lessons: none}}',
}
PLAYBOOK = """
playbook: strict
title: Steps for few
tlp: TLP:AMBER
roles:
  lead: {{individual: Incident lead, holds: lead}}
steps:
  - {step}
"""


async def _nothing(*_: object) -> dict[str, Any]:
    return {}


def play(api: SlackApi, folder: Path, verb: str, label: str) -> Stage:
    """The playbook runs in an incident of that label, until nothing follows."""
    (folder / "strict.yaml").write_text(PLAYBOOK.format(step=STEPS[verb]), encoding="utf-8")
    slack = stage(api, playbooks=folder)
    assert not slack.tocsin.playbook_source.findings()
    slack.open_room(f"Flood --severity S2 --tlp {label} --invite lv")
    assert "runs as" in said(slack.command("/playbook run strict --incident INC-2026-0001"))
    outside = dict.fromkeys(HANDLERS, _nothing)
    ours = {name: HANDLERS[name] for name in ("command", "run.tell", "step.perform")}
    settle(slack.tocsin, handlers={**outside, **ours})
    return slack


@pytest.mark.parametrize("verb", STEPS)
def test_words_of_a_stricter_playbook_do_not_enter_the_incident(
    api: SlackApi, tmp_path: Path, verb: str
) -> None:
    slack = play(api, tmp_path, verb, "GREEN")
    assert MARK not in slack.incident().model_dump_json()
    run = slack.tocsin.dispatcher.read("run", "INC-2026-0001-r1")
    assert isinstance(run, Run)
    if verb == "escalate":  # the alarm rings, without the words
        (alarm,) = slack.incident().alarms.values()
        assert "TLP:AMBER" in alarm.text
    else:
        assert "TLP:AMBER" in run.stuck["first:1"].error


@pytest.mark.parametrize("verb", STEPS)
def test_they_do_where_the_label_is_as_strict(api: SlackApi, tmp_path: Path, verb: str) -> None:
    slack = play(api, tmp_path, verb, "AMBER")
    assert MARK in slack.incident().model_dump_json()
