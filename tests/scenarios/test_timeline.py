"""What people say in a room enters the timeline once, and what Slack repeats is done once."""

from __future__ import annotations

from tests.scenarios.acting import Stage
from tests.scenarios.coalition import ALICE, INGA, LOBBY, MART, STRANGER


def test_a_message_enters_the_timeline_once_however_often_it_is_marked(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    stage.workspace.wait("channel", name=incident.number.lower(), user=INGA)
    ts = stage.workspace.say(INGA, incident.room, "Peak of 4 Gbit/s at 02:40")
    stage.workspace.react(INGA, incident.room, ts, "pushpin")
    stage.workspace.react(ALICE, incident.room, ts, "pushpin")
    stage.workspace.react(ALICE, incident.room, ts, "memo")
    page = stage.board(ALICE, incident)
    stage.workspace.until(lambda: "Peak of 4 Gbit/s" in page.reads(), "the note on the board")
    told = stage.workspace.act(
        "shortcut", ALICE, callback_id="add_to_timeline", channel=incident.room, ts=ts
    )
    assert "in the timeline already" in str(told["seen"]["views"])
    assert page.reads().count("Peak of 4 Gbit/s") == 1
    assert "Inga Ozola" in page.reads()


def test_other_reactions_and_strangers_add_nothing(stage: Stage) -> None:
    incident = stage.opens()
    stage.workspace.act("channel/invite", ALICE, channel=incident.room, users=[STRANGER])
    alarm = incident.says("may not see this incident")
    assert alarm["text"].startswith("ALARM")
    ts = stage.workspace.say(MART, incident.room, "Coffee?")
    stage.workspace.react(MART, incident.room, ts, "coffee")
    stage.workspace.react(STRANGER, incident.room, ts, "pushpin")
    marked = stage.workspace.say(MART, incident.room, "Uplink restored")
    stage.workspace.react(MART, incident.room, marked, "pushpin")
    page = stage.board(ALICE, incident)
    stage.workspace.until(lambda: "Uplink restored" in page.reads(), "the note on the board")
    assert "Coffee?" not in page.reads()


def test_a_command_that_slack_delivers_twice_is_done_once(stage: Stage) -> None:
    stage.fault(kind="duplicate", of="slash_commands")
    incident = stage.opens()
    listed = stage.types(ALICE, "/incident list")
    following = f"{incident.number[:-4]}{int(incident.number[-4:]) + 1:04d}"
    assert incident.number in listed
    assert following not in listed
    stage.fault(kind="duplicate", of="slash_commands")
    incident.types(ALICE, "/incident note Twice or once")
    assert stage.board(ALICE, incident).reads().count("Twice or once") == 1


def test_a_form_that_slack_delivers_twice_is_done_once(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    stage.form(ALICE, "/incident update", incident.room)
    stage.fault(kind="duplicate", of="interactive")
    stage.submits(ALICE, text="The peak is over", next="1h")
    incident.says("The peak is over")
    assert stage.board(ALICE, incident).reads().count("The peak is over") == 1


def test_a_reaction_that_slack_delivers_twice_is_noted_once(stage: Stage) -> None:
    incident = stage.opens()
    ts = stage.workspace.say(ALICE, incident.room, "Seen at 03:12")
    stage.fault(kind="duplicate", of="events_api")
    stage.workspace.react(ALICE, incident.room, ts, "pushpin")
    page = stage.board(ALICE, incident)
    stage.workspace.until(lambda: "Seen at 03:12" in page.reads(), "the note on the board")
    name = "events_api:reaction_added"
    stage.workspace.until(
        lambda: len(stage.house.control(f"traffic?name={name}&limit=200")["entries"]) >= 2,
        "both deliveries",
    )
    assert page.reads().count("Seen at 03:12") == 1


def test_what_is_said_in_the_lobby_stays_there(stage: Stage) -> None:
    ts = stage.workspace.say(ALICE, LOBBY, "Anybody awake?")
    stage.workspace.react(ALICE, LOBBY, ts, "pushpin")
    incident = stage.opens(room=False)
    assert "Anybody awake?" not in stage.board(ALICE, incident).reads()
