"""Rooms are opened once, completely or visibly not, whatever Slack does meanwhile."""

from __future__ import annotations

import json

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.incident.words import ROOM_STEPS
from coalition.domain.labels import Tlp
from tests.slack.workspace import BRUNO, Workspace

BELONGING = {"U0TOCSIN", "U01ALICE", "U0VOTEREE", "U02BRUNO", "U0VOTERLV"}


def rooms(workspace: Workspace) -> list[str]:
    return [one.name for one in workspace.world.channels.values() if one.kind == "private"]


def states(workspace: Workspace) -> dict[str, str]:
    return {step: line.state for step, line in workspace.incident().room.steps.items()}


def test_a_room_is_opened_with_everything_in_it(workspace: Workspace) -> None:
    channel = workspace.open_room()
    room = workspace.world.channels[channel]
    assert (room.name, room.kind) == ("inc-2026-0001", "private")
    assert set(room.members) == BELONGING
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done")
    (headline,) = workspace.ours(channel)
    assert headline["ts"] == workspace.incident().room.headline_ts
    assert headline["text"].startswith("TLP:AMBER · INC-2026-0001")
    assert [one.ts for one in room.pins] == [headline["ts"]]
    assert [one["link"] for one in room.bookmarks] == ["https://tocsin.example/board/INC-2026-0001"]
    assert "Room checklist" not in json.dumps(headline["blocks"])


def test_those_who_are_called_are_told_directly_and_once(workspace: Workspace) -> None:
    workspace.open_room()
    workspace.plan("room.open", incident="INC-2026-0001", attempt=1)
    workspace.settle()
    told = {
        member: workspace.ours(one.id)
        for one in workspace.world.channels.values()
        if one.kind == "im"
        for member in one.members
        if member != "U0TOCSIN"
    }
    assert set(told) == BELONGING - {"U0TOCSIN"}
    assert {len(messages) for messages in told.values()} == {1}
    assert "DDoS" not in json.dumps(told)
    room = workspace.incident().room.channel
    assert f"is open and you lead it: <#{room}>" in told["U01ALICE"][0]["text"]
    assert f"You are called to the room of INC-2026-0001: <#{room}>" in told["U02BRUNO"][0]["text"]


def test_the_room_and_its_topic_are_named_without_content(workspace: Workspace) -> None:
    channel = workspace.open_room(title="Implant in the registry")
    room = workspace.world.channels[channel]
    shown = f"{room.name} {room.topic.value} {room.purpose.value} {json.dumps(room.bookmarks)}"
    assert "Implant" not in shown


@pytest.mark.parametrize(
    "method",
    [
        "conversations.create",
        "conversations.setTopic",
        "conversations.invite",
        "chat.postMessage",
        "pins.add",
        "bookmarks.add",
        "conversations.open",
    ],
)
def test_a_lost_answer_repeats_nothing(workspace: Workspace, method: str) -> None:
    workspace.post("faults", kind="lost_response", method=method)
    channel = workspace.open_room()
    room = workspace.world.channels[channel]
    assert rooms(workspace) == ["inc-2026-0001"]
    assert len(workspace.ours(channel)) == 1
    assert len(room.pins) == 1
    assert len(room.bookmarks) == 1
    assert set(room.members) == BELONGING
    directly = [one.id for one in workspace.world.channels.values() if one.kind == "im"]
    assert [len(workspace.ours(one)) for one in directly] == [1] * (len(BELONGING) - 1)
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done")


@pytest.mark.parametrize("method", ["conversations.create", "chat.postMessage", "pins.add"])
def test_when_slack_wants_us_to_wait_we_wait(workspace: Workspace, method: str) -> None:
    workspace.fault(method, status=429, retry_after=2)
    workspace.open_room()
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done")


def test_a_name_that_somebody_else_has_taken_gets_a_suffix(workspace: Workspace) -> None:
    workspace.post("channel/create", user="U03DAIVA", name="inc-2026-0001", is_private=True)
    channel = workspace.open_room()
    assert workspace.world.channels[channel].name == "inc-2026-0001-2"


def test_an_old_room_of_ours_is_not_shown_a_new_incident(workspace: Workspace) -> None:
    old = workspace.client.conversations_create(name="inc-2026-0001", is_private=True)
    workspace.world.channels[old["channel"]["id"]].created -= 3600
    channel = workspace.open_room()
    assert workspace.world.channels[channel].name == "inc-2026-0001-2"


@pytest.mark.parametrize(
    ("step", "method"),
    [
        ("topic", "conversations.setTopic"),
        ("pin", "pins.add"),
        ("bookmark", "bookmarks.add"),
    ],
)
def test_what_is_optional_is_left_out_and_said(
    workspace: Workspace, step: str, method: str
) -> None:
    workspace.fault(method, error="missing_scope")
    channel = workspace.open_room()
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done") | {step: "degraded"}
    headline = json.dumps(workspace.ours(channel)[0]["blocks"])
    assert "left out, the room works without (Slack answered missing_scope)" in headline


def test_somebody_without_slack_is_named_on_the_checklist(workspace: Workspace) -> None:
    del workspace.world.users["U0VOTERLV"]
    workspace.open_room()
    line = workspace.incident().room.steps["invite"]
    assert (line.state, line.detail) == ("degraded", "not in Slack: Voter of CERT.LV")


def test_a_room_that_cannot_be_opened_is_an_alarm_and_can_be_tried_again(
    workspace: Workspace,
) -> None:
    workspace.fault("conversations.create", error="restricted_action")
    workspace.begin()
    workspace.settle()
    incident = workspace.incident()
    assert incident.room.channel is None
    assert incident.room.steps["create"].detail == "Slack answered restricted_action"
    assert "effect:room.open" in incident.alarms
    (direct,) = [one for one in workspace.world.channels.values() if one.kind == "im"]
    assert set(direct.members) == {"U0TOCSIN", "U01ALICE"}
    (told,) = workspace.ours(direct.id)
    assert told["text"].startswith("ALARM, TLP:AMBER")
    assert "Try the room again" in told["text"]
    workspace.do(c.RetryRoom)
    workspace.settle()
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done")


def test_a_headline_that_cannot_be_posted_has_failed_visibly(workspace: Workspace) -> None:
    workspace.fault("chat.postMessage", error="restricted_action", times=1)
    workspace.begin()
    workspace.settle(2)
    assert states(workspace)["headline"] == "failed"
    workspace.do(c.RetryRoom)
    workspace.settle()
    channel = workspace.incident().room.channel or ""
    assert states(workspace) == dict.fromkeys(ROOM_STEPS, "done")
    headlines = [m for m in workspace.ours(channel) if "headline" in json.dumps(m["metadata"])]
    assert len(headlines) == 1


def test_members_that_join_later_come_into_the_room(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.do(c.AddMembers, affected=("lt",))
    workspace.settle()
    assert {"U03DAIVA", "U0VOTERLT"} <= set(workspace.world.channels[channel].members)
    assert len(workspace.world.channels[channel].pins) == 1


def test_above_slacks_ceiling_the_room_holds_pointers_only(workspace: Workspace) -> None:
    channel = workspace.open_room(title="Implant in the registry", tlp=Tlp.AMBER_STRICT)
    workspace.do(c.PostUpdate, text="The implant calls home")
    workspace.do(c.AddNote, actor=BRUNO, text="Implant again")
    workspace.settle()
    shown = json.dumps(workspace.history(channel))
    assert "mplant" not in shown
    assert "TLP:AMBER+STRICT" in shown
    assert "https://tocsin.example/board/INC-2026-0001" in shown
