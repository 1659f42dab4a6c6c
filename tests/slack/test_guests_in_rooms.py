"""Guests of a mission come into the room and leave it when the mission ends."""

from __future__ import annotations

import json

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.incident.guest_messages import AddGuest, RemoveGuest
from coalition.domain.messages import SYSTEM
from tests.slack.workspace import Workspace

DAIVA = "U03DAIVA"
GUEST = {"delegate": "lt-daiva", "aid": "AID-2026-0001", "mission": 2}


def inside(workspace: Workspace, channel: str) -> set[str]:
    return set(workspace.world.channels[channel].members)


def come(workspace: Workspace) -> str:
    channel = workspace.open_room()
    assert DAIVA not in inside(workspace, channel)
    workspace.do(AddGuest, SYSTEM, **GUEST)
    workspace.settle()
    return channel


def told(workspace: Workspace, channel: str) -> str:
    (headline, *_) = workspace.ours(channel)
    return json.dumps(workspace.thread(channel, headline["ts"]))


def test_a_guest_is_in_the_room_for_the_mission_and_not_longer(workspace: Workspace) -> None:
    channel = come(workspace)
    assert DAIVA in inside(workspace, channel)
    assert "Daiva" in told(workspace, channel)
    assert "is here for mission AID-2026-0001/2" in told(workspace, channel)
    workspace.do(RemoveGuest, SYSTEM, **GUEST)
    workspace.settle()
    assert DAIVA not in inside(workspace, channel)
    assert "has left: mission AID-2026-0001/2 is over" in told(workspace, channel)


def test_a_guest_whose_member_has_joined_meanwhile_stays(workspace: Workspace) -> None:
    channel = come(workspace)
    workspace.do(c.AddMembers, invite=("lt",))
    workspace.do(RemoveGuest, SYSTEM, **GUEST)
    workspace.settle()
    assert DAIVA in inside(workspace, channel)


def test_a_guest_who_has_gone_by_themselves_is_no_trouble(workspace: Workspace) -> None:
    channel = come(workspace)
    workspace.client.conversations_kick(channel=channel, user=DAIVA)
    workspace.do(RemoveGuest, SYSTEM, **GUEST)
    workspace.settle()
    assert DAIVA not in inside(workspace, channel)
    assert workspace.incident().alarms == {}


@pytest.mark.parametrize("ending", [c.CloseIncident, c.ReopenIncident])
def test_a_guest_leaves_after_the_incident_too(
    workspace: Workspace, ending: type[c.IncidentCommand]
) -> None:
    channel = come(workspace)
    workspace.do(c.CloseIncident)
    if ending is c.ReopenIncident:
        workspace.do(c.ReopenIncident, reason="It is back.")
    workspace.do(RemoveGuest, SYSTEM, **GUEST)
    workspace.settle()
    assert DAIVA not in inside(workspace, channel)


def test_when_slack_does_not_let_us_a_human_takes_them_out(workspace: Workspace) -> None:
    come(workspace)
    workspace.fault("conversations.kick", error="restricted_action")
    workspace.do(RemoveGuest, SYSTEM, **GUEST)
    workspace.settle()
    (alarm,) = workspace.incident().alarms.values()
    assert "could not be taken out of the room" in alarm.text
