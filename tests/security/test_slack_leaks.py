"""Ways around the gate in Slack: forms that a typed command opens, runs, rooms with strangers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coalition.domain.messages import SYSTEM
from coalition.domain.run.commands import ReportStep
from coalition.rendering.slack.rendered import Rendered
from tests.slack.api import SlackApi
from tests.slack.stage import Stage, said, stage
from workers.rooms.clearing import for_room

MARK = "Implant in the registry of births"
RUN = "INC-2026-0001-r1"
PLAYBOOK = """
playbook: {name}
title: {title}
tlp: {tlp}
steps:
  - {{id: ended, do: ask, text: "{text}", save: over}}
  - {{id: settle, do: wait, for: 30m}}
"""


def shown(slack: Stage) -> str:
    """Everything that has gone to Slack's Web API."""
    return json.dumps([asked for _, asked in slack.api.calls])


def run_asks(slack: Stage) -> None:
    """The question of the run has been asked."""
    slack.tocsin.dispatcher.execute(
        ReportStep(
            id="report", at=slack.clock.now(), actor=SYSTEM, run=RUN, step="ended", attempt=1,
            ok=True, output={"people": ()},
        )
    )  # fmt: skip


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    plain = PLAYBOOK.format(name="plain", title="Plain", tlp="TLP:CLEAR", text="About {{title}}?")
    strict = PLAYBOOK.format(name="strict", title="Strict", tlp="TLP:AMBER", text=MARK)
    (tmp_path / "plain.yaml").write_text(plain, encoding="utf-8")
    (tmp_path / "strict.yaml").write_text(strict, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "typed",
    [
        "/playbook answer",
        "/playbook answer INC-2026-0001",
        f"/playbook answer --run {RUN}",
        f"/playbook answer --step ended --run {RUN}",
    ],
)
def test_a_question_above_slacks_ceiling_is_not_shown_in_a_form(
    api: SlackApi, playbooks: Path, typed: str
) -> None:
    slack = stage(api, playbooks=playbooks)
    slack.open_room(f"{MARK} --severity S2 --tlp AMBER+STRICT --invite lv")
    slack.here("/playbook run plain")
    run_asks(slack)
    assert MARK not in slack.here(typed) + shown(slack)


def test_a_question_of_a_stricter_playbook_is_not_shown_to_a_viewer_below_it(
    api: SlackApi, playbooks: Path
) -> None:
    slack = stage(api, playbooks=playbooks)
    slack.open_room("Flood --severity S2 --tlp GREEN --invite fi")  # fi: TLP:GREEN at most
    slack.here("/playbook run strict")
    run_asks(slack)
    for typed in ("/playbook answer", f"/playbook answer --run {RUN}", "/playbook list"):
        assert MARK not in slack.here(typed, "U04EEROO") + shown(slack), typed
    slack.press("verb:playbook:answer", f"INC-2026-0001|{RUN}|ended:1", "U04EEROO", "C0ROOM")
    assert MARK not in shown(slack)
    slack.here("/playbook answer")  # who may see it is asked
    assert MARK in shown(slack)


def test_the_title_of_a_strict_warning_does_not_stand_in_the_form_that_opens_it(
    api: SlackApi,
) -> None:
    slack = stage(api)
    said(slack.command(f"/incident warn {MARK} --members lt,lv --tlp AMBER"))
    api.calls.clear()
    said(slack.command("/incident tlp AMBER+STRICT --incident INC-2026-0001"))
    for typed in (
        "/incident open INC-2026-0001",
        "/incident open INC-2026-0001 --kind ddos",
        "/incident open --incident INC-2026-0001 --tlp AMBER+STRICT",
    ):
        answer = said(slack.command(typed))
        assert MARK not in answer + shown(slack), typed


def test_a_form_tells_no_state_that_slack_may_not_show(api: SlackApi) -> None:
    slack = stage(api)
    slack.open_room("Flood --severity S2 --tlp AMBER+STRICT --invite lv")
    slack.here("/incident status contained")
    slack.here("/incident status")
    status = next(one for one in slack.opened["blocks"] if one.get("block_id") == "status")
    assert "initial_option" not in status["element"]


def joins(slack: Stage, user: str) -> None:
    """Somebody comes into the room."""
    event = {"type": "member_joined_channel", "user": user, "channel": "C0ROOM"}
    assert slack.event(event, f"Ev{user}").status == 200


def room_shows(slack: Stage) -> bool:
    """Whether the room still gets content."""
    incident = slack.incident()
    message = for_room(slack.tocsin, incident, Rendered(MARK, ()), incident.tlp)
    return MARK in message.content.text


@pytest.mark.parametrize("user", ["U0STRANGER", "U03DAIVA"])  # of nobody; of a member outside
def test_a_room_with_a_stranger_in_it_gets_pointers_until_a_human_has_seen_to_them(
    api: SlackApi, user: str
) -> None:
    slack = stage(api)
    slack.open_room()
    assert room_shows(slack)
    joins(slack, user)
    assert not room_shows(slack)
    slack.press("clear_alarm", f"INC-2026-0001|stranger-{user}", "U02BRUNO", "C0ROOM")
    assert room_shows(slack)
