"""Slack says "too many", hangs up, answers late or not at all: nothing is lost or done twice."""

from __future__ import annotations

import pytest

from sandbox.story.workspace import StoryError
from tests.scenarios.acting import Stage
from tests.scenarios.coalition import ALICE, LOBBY


def test_too_many_requests_only_delay_the_headline(stage: Stage) -> None:
    stage.fault(kind="api", method="chat.postMessage", status=429, retry_after=1)
    incident = stage.opens()
    incident.headline_says(incident.number)
    ours = [one for one in incident.messages() if one.get("metadata")]
    headlines = [one for one in ours if "headline" in str(one["metadata"])]
    assert len(headlines) == 1


@pytest.mark.parametrize("method", ["conversations.create", "chat.postMessage"])
def test_a_lost_answer_opens_no_second_room_and_posts_no_second_headline(
    stage: Stage, method: str
) -> None:
    stage.fault(kind="lost_response", method=method)
    incident = stage.opens()
    incident.headline_says(incident.number)
    assert stage.rooms(incident) == [incident.number.lower()]
    headlines = [one for one in incident.messages() if "headline" in str(one.get("metadata"))]
    assert len(headlines) == 1


def test_a_command_whose_acknowledgement_is_late_is_recorded_once(stage: Stage) -> None:
    incident = stage.opens()
    stage.fault(kind="late_ack", of="slash_commands")
    with pytest.raises(StoryError, match="timeout"):
        incident.types(ALICE, "/incident note Written in doubt")
    assert stage.board(ALICE, incident).reads().count("Written in doubt") == 1


def test_an_event_whose_acknowledgement_is_lost_comes_again_and_is_noted_once(
    stage: Stage,
) -> None:
    incident = stage.opens()
    ts = stage.workspace.say(ALICE, incident.room, "Only once please")
    stage.fault(kind="late_ack", of="events_api")
    stage.workspace.react(ALICE, incident.room, ts, "memo")
    page = stage.board(ALICE, incident)
    stage.workspace.until(lambda: "Only once please" in page.reads(), "the note on the board")
    stage.workspace.wait("traffic", name="events_api:reaction_added", attempt=2)
    assert page.reads().count("Only once please") == 1


def test_the_bot_comes_back_after_slack_has_hung_up(stage: Stage) -> None:
    if stage.house.transport == "http":
        pytest.skip("signed HTTP has no connection that could be hung up")
    incident = stage.opens()
    for fault in ({"kind": "disconnect", "reason": "refresh_requested"}, {"kind": "cut"}):
        stage.fault(**fault)
        stage.workspace.until(lambda: _noted(stage, incident.room), f"an answer after {fault}")
    assert stage.board(ALICE, incident).reads().count("After the break") == 2


def _noted(stage: Stage, room: str) -> bool:
    """Type until the bot hears it."""
    try:
        return "in the timeline" in stage.types(ALICE, "/incident note After the break", room)
    except StoryError:
        return False


def test_an_optional_step_that_slack_refuses_is_shown_and_the_room_works(stage: Stage) -> None:
    stage.fault(kind="api", method="bookmarks.add", error="missing_scope")
    incident = stage.opens()
    incident.headline_says("Bookmark the board: left out", "missing_scope")
    assert "Not done" not in incident.types(ALICE, "/incident note All the same")


def test_a_room_that_could_not_be_made_is_retried_by_a_button(stage: Stage) -> None:
    stage.fault(kind="api", method="conversations.create", error="restricted_action")
    incident = stage.opens(room=False)
    stage.workspace.until(lambda: incident.number in stage.dms(ALICE), "the alarm to Alice")
    home = stage.workspace.act("home", ALICE)["view"]
    ids = [
        e["action_id"] for b in home["blocks"] for e in b.get("elements", []) if "action_id" in e
    ]
    assert any(one.startswith("retry_room") for one in ids), ids
    stage.types(ALICE, f"/incident note Still no room --incident {incident.number}", LOBBY)
    retry = next(
        (b, e)
        for b in home["blocks"]
        for e in b.get("elements", [])
        if e.get("action_id", "").startswith("retry_room") and e["value"] == incident.number
    )
    where = {"block_id": retry[0]["block_id"], "action_id": retry[1]["action_id"], "home": True}
    stage.workspace.act("action", ALICE, **where)
    stage.finds_room(incident)
