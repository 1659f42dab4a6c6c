"""Ways to the app: sockets, deadlines, redelivery, faults on the way."""

import json
from contextlib import ExitStack

import pytest
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import App, Refused, Workspace, button

SHORT = {"ack_deadline": 0.4, "redelivery_delays": [0, 0.05, 0.05]}


def _react(workspace: Workspace, client: WebClient, name: str = "eyes") -> None:
    client.conversations_join(channel="C0GENERAL")
    ts = client.chat_postMessage(channel="C0GENERAL", text="x")["ts"]
    workspace.post("reaction", user="alice", channel="general", ts=ts, name=name)


def test_a_command_shows_the_apps_words_to_the_one_who_typed(
    workspace: Workspace, app: App
) -> None:
    app.answer = lambda _envelope: {"text": "opening the room"}
    answer = workspace.post("command", user="alice", channel="general", text="/incident open DDoS")
    (shown,) = answer["seen"]["messages"]
    assert (shown["text"], shown["ephemeral"], shown["author"]) == (
        "opening the room",
        True,
        "tocsin",
    )
    payload = app.first("slash_commands")
    assert (payload["command"], payload["text"]) == ("/incident", "open DDoS")
    assert (payload["channel_name"], payload["user_name"]) == ("general", "alice")


def test_a_command_may_answer_the_whole_channel(workspace: Workspace, app: App) -> None:
    app.answer = lambda _envelope: {"text": "all of you", "response_type": "in_channel"}
    workspace.post("command", user="alice", channel="general", text="/incident")
    seen = workspace.get("messages", user="bruno", channel="general")["messages"]
    assert (seen[-1]["text"], seen[-1]["ephemeral"]) == ("all of you", False)


def test_a_private_channel_does_not_tell_a_command_its_name(workspace: Workspace, app: App) -> None:
    workspace.post("channel/create", user="alice", name="secret", is_private=True)
    workspace.post("command", user="alice", channel="secret", text="/incident")
    assert app.first("slash_commands")["channel_name"] == "privategroup"


def test_names_become_ids_for_a_command_that_asks_for_it(opened: Opener) -> None:
    declared = [{"command": "/incident", "should_escape": True}, {"command": "/aid"}]
    workspace = opened(app={"slash_commands": declared})
    workspace.post("channel/create", user="bruno", name="secret", is_private=True)
    text = "lead @bruno in #general, a@alice.example, #secret, @nobody."
    with App(workspace) as app:
        for command in ("/incident", "/aid"):
            workspace.post("command", user="alice", channel="general", text=f"{command} {text}")
        escaped, raw = (one.payload["text"] for one in app.some("slash_commands", 2))
    assert escaped == (
        "lead <@U02BRUNO|bruno> in <#C0GENERAL|general>, a@alice.example, #secret, @nobody."
    )
    assert raw == text


def test_an_app_that_is_silent_lets_a_command_time_out(opened: Opener) -> None:
    workspace = opened(timing=SHORT)
    with App(workspace) as app:
        app.answer = lambda _envelope: App.SILENT
        answer = workspace.post("command", user="alice", channel="general", text="/incident")
    assert answer["delivery"]["status"] == "timeout"
    assert answer["seen"]["notice"] == '/incident failed with the error "operation_timeout"'


def test_a_command_without_an_app_fails_at_once(workspace: Workspace) -> None:
    answer = workspace.post("command", user="alice", channel="general", text="/incident")
    assert answer["delivery"]["status"] == "no_connection"
    assert answer["seen"]["notice"] == '/incident failed with the error "dispatch_failed"'


def test_an_undeclared_command_is_not_delivered(workspace: Workspace, app: App) -> None:
    with pytest.raises(Refused, match="/dance is not a valid command"):
        workspace.post("command", user="alice", channel="general", text="/dance")
    assert app.received == []


def test_each_parcel_goes_to_one_socket_in_turn(workspace: Workspace) -> None:
    with App(workspace) as one, App(workspace) as other:
        workspace.wait("socket", count=2)
        for _ in range(4):
            workspace.post("command", user="alice", channel="general", text="/incident")
        assert len(one.some("slash_commands", 2)) + len(other.some("slash_commands", 2)) == 4
        assert len(one.received) == len(other.received) == 2


def test_an_eleventh_socket_is_turned_away(workspace: Workspace) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(App(workspace))
        late = App(workspace)
        stack.push(late)
        late.listen()
        assert late.hears("disconnect")["reason"] == "too_many_websockets"
        late.hears("closed")
        assert workspace.get("state")["sockets"] == 10


def test_a_socket_ticket_is_good_once(workspace: Workspace) -> None:
    url = str(workspace.client().apps_connections_open(app_token="xapp-sandbox")["url"])
    with connect(url) as first:
        assert json.loads(first.recv())["type"] == "hello"
        with pytest.raises(InvalidStatus), connect(url):
            pass


def test_an_event_that_is_not_acknowledged_comes_three_times_more(opened: Opener) -> None:
    workspace = opened(timing=SHORT, app={"bot_events": ["reaction_added"]})
    with App(workspace) as app:
        app.answer = lambda _envelope: App.SILENT
        _react(workspace, workspace.client())
        got = app.some("reaction_added", 4)
        workspace.wait("traffic", name="events_api:reaction_added", status="timeout")
    assert [one.whole["retry_attempt"] for one in got] == [0, 1, 2, 3]
    assert [one.whole["retry_reason"] for one in got][1:] == ["timeout"] * 3
    assert len({one.payload["event_id"] for one in got}) == 1
    assert len({one.whole["envelope_id"] for one in got}) == 4


def test_an_event_that_finds_no_socket_is_delivered_when_one_is_back(opened: Opener) -> None:
    delays = {"redelivery_delays": [0.5, 0.5, 0.5]}
    workspace = opened(timing=delays, app={"bot_events": ["reaction_added"]})
    _react(workspace, workspace.client())
    workspace.wait("traffic", name="events_api:reaction_added", status="no_connection")
    with App(workspace) as app:
        assert app.first("reaction_added")["event"]["reaction"] == "eyes"


def test_only_subscribed_events_are_sent(opened: Opener) -> None:
    workspace = opened(app={"bot_events": ["reaction_removed", "message.im"]})
    with App(workspace) as app:
        client = workspace.client()
        _react(workspace, client)
        ts = client.conversations_history(channel="C0GENERAL")["messages"][0]["ts"]
        workspace.post("reaction", user="alice", channel="general", ts=ts, name="eyes", remove=True)
        app.first("reaction_removed")
        workspace.post("dm", user="alice")
        direct = workspace.get("inbox", user="alice")["dms"][0]["channel"]["id"]
        workspace.post("message", user="alice", channel=direct, text="hello")
        assert app.first("message")["event"]["channel_type"] == "im"
        told = [one.payload["event"]["type"] for one in app.received]
    assert told == ["reaction_removed", "message"]


def test_events_of_rooms_the_bot_is_not_in_are_not_sent(workspace: Workspace, app: App) -> None:
    workspace.post("message", user="alice", channel="general", text="not for the bot")
    workspace.client().conversations_join(channel="C0GENERAL")
    workspace.post("message", user="alice", channel="general", text="for the bot, <@U0TOCSIN>")
    assert app.first("app_mention")["event"]["text"] == "for the bot, <@U0TOCSIN>"
    texts = [one.payload["event"].get("text") for one in app.some("message", 2)]
    assert "not for the bot" not in texts


def test_a_duplicate_fault_delivers_the_same_event_twice(opened: Opener) -> None:
    workspace = opened(app={"bot_events": ["reaction_added"]})
    with App(workspace) as app:
        workspace.post("faults", kind="duplicate", of="events_api")
        _react(workspace, workspace.client())
        got = app.some("reaction_added", 2)
    assert got[0].payload["event_id"] == got[1].payload["event_id"]
    assert [one.whole["retry_attempt"] for one in got] == [0, 0]


def test_a_late_ack_shows_a_timeout_although_the_app_did_it(workspace: Workspace, app: App) -> None:
    workspace.post("faults", kind="late_ack", of="slash_commands")
    app.answer = lambda _envelope: {"text": "done"}
    answer = workspace.post("command", user="alice", channel="general", text="/incident")
    assert answer["delivery"]["status"] == "timeout"
    assert "operation_timeout" in answer["seen"]["notice"]
    assert answer["seen"]["messages"] == []
    assert len(app.received) == 1


def test_a_dropped_ack_makes_an_event_come_again(opened: Opener) -> None:
    workspace = opened(timing=SHORT, app={"bot_events": ["reaction_added"]})
    with App(workspace) as app:
        workspace.post("faults", kind="drop_ack", of="events_api")
        _react(workspace, workspace.client())
        assert [one.whole["retry_attempt"] for one in app.some("reaction_added", 2)] == [0, 1]
        workspace.wait("traffic", name="events_api:reaction_added", status="acked")


def test_a_disconnect_fault_asks_every_socket_to_go_and_closes_it(workspace: Workspace) -> None:
    with App(workspace) as one, App(workspace) as other:
        workspace.post("faults", kind="disconnect", reason="warning")
        for app in (one, other):
            assert app.hears("disconnect")["reason"] == "warning"
            assert app.hears("closed")["code"] == 1000
        assert workspace.get("state")["sockets"] == 0


def test_a_cut_fault_leaves_what_was_under_way_unanswered(opened: Opener) -> None:
    workspace = opened(app={"bot_events": ["reaction_added"]}, timing=SHORT)
    with App(workspace) as app:
        app.answer = lambda _envelope: App.SILENT
        _react(workspace, workspace.client())
        app.first("reaction_added")
        workspace.post("faults", kind="cut")
        failed = workspace.wait("traffic", name="events_api:reaction_added", status="failed")
    assert failed["error"] == "the socket closed"


def test_a_click_that_nobody_takes_is_told_to_the_person(workspace: Workspace) -> None:
    client = workspace.client()
    client.conversations_join(channel="C0GENERAL")
    ts = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[button("go")])["ts"]
    answer = workspace.post("action", user="alice", channel="general", ts=ts, action_id="go")
    assert answer["delivery"]["status"] == "no_connection"
    assert "did not respond" in answer["seen"]["notice"]
