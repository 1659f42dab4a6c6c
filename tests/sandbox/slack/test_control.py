"""Acting as a person: rooms, messages, clicks, shortcuts, response URLs."""

import json
import re
import time
import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.sandbox.slack.harness import App, Json, Refused, Workspace, button, plain


def test_people_make_fill_and_leave_rooms(workspace: Workspace, app: App) -> None:
    made = workspace.post("channel/create", user="@alice", name="crisis", is_private=True)
    ident = made["channel"]["id"]
    assert made["channel"]["title"] == "#crisis"
    workspace.post("channel/invite", user="alice", channel="#crisis", users=["bruno", "tocsin"])
    workspace.post("channel/topic", user="bruno", channel=ident, topic="now")
    workspace.post("channel/rename", user="alice", channel=ident, name="crisis-2")
    workspace.post("channel/kick", user="alice", channel=ident, users=["bruno"])
    left = workspace.post("channel/leave", user="alice", channel=ident)["channel"]
    assert left["members"] == ["U0TOCSIN"]
    assert "crisis-2" not in {
        c["name"] for c in workspace.get("channels", user="bruno")["channels"]
    }
    assert app.first("member_left_channel")["event"]["channel"] == ident
    assert app.first("group_rename")["event"]["channel"]["name"] == "crisis-2"


def test_archiving_is_told_to_the_app(workspace: Workspace, app: App, room: str) -> None:
    workspace.post("channel/archive", user="alice", channel=room)
    with pytest.raises(Refused, match="archived"):
        workspace.post("message", user="alice", channel=room, text="x")
    with pytest.raises(Refused, match="archived"):
        workspace.post("channel/join", user="bruno", channel=room)
    workspace.post("channel/unarchive", user="alice", channel=room)
    assert app.first("channel_archive")["event"]["user"] == "U01ALICE"
    assert app.first("channel_unarchive")["event"]["channel"] == room


def test_a_person_edits_and_deletes_only_what_is_theirs(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    ts = workspace.post("message", user="alice", channel=room, text="frist")["message"]["ts"]
    edited = workspace.post("message/edit", user="alice", channel=room, ts=ts, text="first")
    assert edited["message"]["edited"]["user"] == "U01ALICE"
    workspace.post("channel/join", user="bruno", channel=room)
    with pytest.raises(Refused, match="did not write"):
        workspace.post("message/delete", user="bruno", channel=room, ts=ts)
    workspace.post("message/delete", user="alice", channel=room, ts=ts)
    subtypes = [one.payload["event"].get("subtype") for one in app.some("message", 6)]
    assert {"message_changed", "message_deleted"} <= set(subtypes)
    client.chat_postEphemeral(channel=room, user="U01ALICE", text="dismiss me")
    shown = workspace.wait("message", user="alice", channel=room, text="dismiss me")
    workspace.post("message/delete", user="alice", channel=room, ts=shown["ts"])
    assert workspace.get("inbox", user="alice")["ephemerals"] == []


def test_pins_and_reactions_of_people_are_told_to_the_app(
    workspace: Workspace, app: App, room: str
) -> None:
    ts = workspace.post("message", user="alice", channel=room, text="x")["message"]["ts"]
    workspace.post("pin", user="alice", channel=room, ts=ts)
    workspace.post("pin", user="alice", channel=room, ts=ts, remove=True)
    workspace.post("reaction", user="alice", channel=room, ts=ts, name="eyes")
    workspace.post("reaction", user="alice", channel=room, ts=ts, name="eyes", remove=True)
    assert app.first("pin_added")["event"]["pin_count"] == 1
    assert app.first("pin_removed")["event"]["has_pins"] is False
    assert app.first("reaction_removed")["event"]["item"]["ts"] == ts
    with pytest.raises(Refused, match="has not added"):
        workspace.post("reaction", user="alice", channel=room, ts=ts, name="eyes", remove=True)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("message", {"user": "nobody", "channel": "general", "text": "x"}, "no user 'nobody'"),
        ("message", {"channel": "general", "text": "x"}, "no user None"),
        ("message", {"user": "alice", "channel": "nowhere", "text": "x"}, "sees no channel"),
        ("message", {"user": "alice", "channel": "general"}, "'text' is needed"),
        ("message", {"user": "alice", "channel": "general", "text": "/aid"}, "is a command"),
        ("message", {"user": "tocsin", "channel": "general", "text": "x"}, "join or be invited"),
        ("channel/invite", {"user": "alice", "channel": "general"}, "'users' is needed"),
        ("channel/leave", {"user": "alice", "channel": "general"}, "cant_leave_general"),
        ("reaction", {"user": "alice", "channel": "general", "ts": "1.0", "name": "x"}, "no such"),
        (
            "shortcut",
            {"user": "alice", "callback_id": "warm"},
            "known: warn .global., add .message.",
        ),
        ("action", {"user": "alice", "action_id": "go"}, "say where"),
        ("wait", {"for": "godot"}, "'for' must be one of"),
        ("app", {"colour": "red"}, "not a setting"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    workspace: Workspace, path: str, body: Json, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        workspace.post(path, **body)
    assert 400 <= caught.value.status < 500
    assert re.search(said, caught.value.detail)


def test_a_click_carries_its_place_and_its_value(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    option = {"text": plain("High"), "value": "S3"}
    select = {"type": "static_select", "action_id": "level", "options": [option]}
    menu = {"type": "overflow", "action_id": "more", "options": [option]}
    actions = {"type": "actions", "block_id": "b", "elements": [select, menu]}
    blocks = [button("take", value="inc-1"), actions]
    ts = client.chat_postMessage(channel=room, text="x", blocks=blocks)["ts"]
    for more in (
        {"action_id": "take"},
        {"action_id": "level", "value": "S3"},
        {"action_id": "more", "value": "S3"},
    ):
        workspace.post("action", user="alice", channel=room, ts=ts, **more)
    taken, chosen, picked = (one.payload for one in app.some("block_actions", 3))
    assert taken["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": room,
        "is_ephemeral": False,
    }
    assert taken["actions"][0]["value"] == "inc-1"
    assert taken["message"]["text"] == "x"
    assert chosen["actions"][0]["selected_option"] == option
    assert picked["actions"][0]["selected_option"] == option
    with pytest.raises(Refused, match="there are: take, level, more"):
        workspace.post("action", user="alice", channel=room, ts=ts, action_id="leave")
    with pytest.raises(Refused, match="it offers: S3"):
        workspace.post("action", user="alice", channel=room, ts=ts, action_id="level", value="S9")


def test_an_ephemeral_is_clicked_and_replaced_through_its_response_url(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    client.chat_postEphemeral(channel=room, user="U01ALICE", text="sure?", blocks=[button("yes")])
    shown = workspace.wait("message", user="alice", channel=room, text="sure?", ephemeral=True)
    workspace.post("action", user="alice", channel=room, ts=shown["ts"], action_id="yes")
    payload = app.first("block_actions")
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    webhook = WebhookClient(payload["response_url"])
    assert webhook.send(text="done", replace_original=True).status_code == 200
    (now,) = workspace.get("inbox", user="alice")["ephemerals"]
    assert (now["text"], now["ts"]) == ("done", shown["ts"])
    webhook.send(delete_original=True)
    assert workspace.get("inbox", user="alice")["ephemerals"] == []


def test_a_response_url_is_good_five_times_and_half_an_hour(workspace: Workspace, app: App) -> None:
    url = workspace.post("command", user="alice", channel="general", text="/incident")
    webhook = WebhookClient(url["response_url"])
    answers = [webhook.send(text=str(n)) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert json.loads(answers[5].body)["error"] == "used_url"
    assert len(workspace.get("inbox", user="alice")["ephemerals"]) == 5
    late = workspace.post("command", user="alice", channel="general", text="/incident")
    workspace.world.clock = lambda: time.time() + 1801
    assert WebhookClient(late["response_url"]).send(text="x").status_code == 404


def test_a_response_url_takes_no_nonsense(workspace: Workspace, app: App) -> None:
    typed = workspace.post("command", user="alice", channel="general", text="/incident")
    webhook = WebhookClient(typed["response_url"])
    wrong = webhook.send_dict({"blocks": [{"type": "marquee"}]})
    assert json.loads(wrong.body)["error"] == "invalid_blocks"
    assert json.loads(webhook.send_dict({"replace_original": False}).body)["error"] == "no_text"
    gone = webhook.send(text="x", replace_original=True)
    assert json.loads(gone.body)["error"] == "message_not_found"


def test_shortcuts_from_a_message_and_from_the_composer(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    ts = workspace.post("message", user="alice", channel=room, text="seen at 03:12")["message"][
        "ts"
    ]
    workspace.post("shortcut", user="alice", callback_id="add", channel=room, ts=ts)
    payload = app.first("message_action")
    assert (payload["callback_id"], payload["message"]["text"]) == ("add", "seen at 03:12")
    WebhookClient(payload["response_url"]).send(text="added")
    assert workspace.wait("message", user="alice", channel=room, text="added")["ephemeral"] is True
    trigger = workspace.post("shortcut", user="alice", callback_id="warn")["trigger_id"]
    assert app.first("shortcut")["trigger_id"] == trigger
    with pytest.raises(Refused, match="no message shortcut warn"):
        workspace.post("shortcut", user="alice", callback_id="warn", channel=room, ts=ts)


def test_an_external_select_asks_the_app_and_offers_its_options(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    options = [{"text": plain("CERT-LV"), "value": "lv"}]
    select = {"type": "external_select", "action_id": "member", "min_query_length": 0}
    actions = {"type": "actions", "elements": [select]}
    ts = client.chat_postMessage(channel=room, text="x", blocks=[actions])["ts"]
    where = {"user": "alice", "channel": room, "ts": ts, "action_id": "member"}
    app.answer = lambda _envelope: {"options": options}
    assert workspace.post("suggestions", query="lat", **where)["options"] == options
    assert app.first("block_suggestion")["value"] == "lat"
    app.answer = lambda _envelope: None
    workspace.post("action", value="lv", **where)
    assert app.first("block_actions")["actions"][0]["selected_option"] == options[0]
    with pytest.raises(Refused, match="it offers: lv"):
        workspace.post("action", value="xx", **where)


def test_an_app_cannot_read_a_file_with_a_token_that_is_wrong(workspace: Workspace) -> None:
    request = urllib.request.Request(f"{workspace.url}/_files/F0NONE/x")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)  # noqa: S310
    with caught.value as error:
        assert error.code == 403


def test_the_state_shows_everything_at_once(workspace: Workspace, app: App) -> None:
    state = workspace.get("state")
    assert (state["workspace"]["name"], state["sockets"]) == ("Sandbox", 1)
    assert {user["name"] for user in state["users"]} >= {"alice", "bruno", "tocsin"}
    assert [c["command"] for c in workspace.get("commands")["commands"]] == ["/incident", "/aid"]
    assert workspace.get("users")["users"][0]["member"] == "ee"


def test_a_token_that_reads_no_email_sees_none(workspace: Workspace, client: WebClient) -> None:
    assert client.users_lookupByEmail(email="ALICE@cert-ee.example")["user"]["id"] == "U01ALICE"
    with pytest.raises(SlackApiError, match="users_not_found"):
        client.users_lookupByEmail(email="nobody@cert-ee.example")
