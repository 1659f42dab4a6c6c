"""The change feed and the long poll."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from slack_sdk import WebClient

from sandbox.slack.changes import KEPT, ChangeFeed
from tests.sandbox.slack.harness import PATIENCE, App, Json, Refused, Workspace, button, modal


@contextmanager
def following(workspace: Workspace, query: str, **headers: str) -> Iterator[Iterator[Json]]:
    """The events of a feed, from now on."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    address = f"{workspace.url}/_control/events?{query}"
    request = urllib.request.Request(address, headers=named)  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE) as stream:  # noqa: S310

        def events() -> Iterator[Json]:
            for line in stream:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

        assert stream.readline().startswith(b": following")
        yield events()


def test_the_feed_tells_what_happens_in_order(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    with following(workspace, "types=message,pin.added,reaction.added") as events:
        ts = client.chat_postMessage(channel=room, text="headline")["ts"]
        client.pins_add(channel=room, timestamp=ts)
        workspace.post("reaction", user="alice", channel=room, ts=ts, name="eyes")
        told = [next(events) for _ in range(3)]
    assert [change["type"] for change in told] == ["message", "pin.added", "reaction.added"]
    assert told[0]["message"]["text"] == "headline"
    assert [change["seq"] for change in told] == sorted(change["seq"] for change in told)


def test_a_reader_sees_only_what_that_person_would(workspace: Workspace, client: WebClient) -> None:
    workspace.post("channel/create", user="alice", name="secret", is_private=True)
    with following(workspace, "user=bruno&types=message,message.ephemeral") as events:
        workspace.post("message", user="alice", channel="secret", text="not for bruno")
        client.chat_postEphemeral(channel="C0GENERAL", user="U01ALICE", text="only alice")
        workspace.post("message", user="alice", channel="general", text="for all")
        assert next(events)["message"]["text"] == "for all"


def test_a_feed_that_was_cut_goes_on_without_a_gap(workspace: Workspace, room: str) -> None:
    first = workspace.post("message", user="alice", channel=room, text="one")["message"]
    seq = workspace.get("state")["seq"]
    workspace.post("message", user="alice", channel=room, text="two")
    with following(workspace, "types=message", last_event_id=str(seq)) as events:
        assert next(events)["message"]["text"] == "two"
    with following(workspace, "types=message&after=0") as events:
        texts = [next(events)["message"]["text"] for _ in range(4)]
    assert texts[-2:] == [first["text"], "two"]


def test_the_feed_forgets_the_oldest_changes_only() -> None:
    feed = ChangeFeed()
    for n in range(KEPT + 5):
        feed.add(0.0, "x", {"n": n}, None)
    assert next(feed.since(0)).seq == 6
    assert [change.data["n"] for change in feed.since(KEPT + 3)] == [KEPT + 3, KEPT + 4]
    assert list(feed.since(KEPT + 5)) == []


def test_waiting_finds_what_is_there_and_what_comes(workspace: Workspace, room: str) -> None:
    def later() -> None:
        workspace.post("message", user="alice", channel=room, text="Help is on its way")

    soon = threading.Thread(target=later)
    soon.start()
    found = workspace.wait("message", channel=room, text="HELP IS", author="alice")
    soon.join()
    assert found["author"] == "Alice Tamm"
    assert workspace.wait("message", pattern=r"way$", user="alice")["ts"] == found["ts"]


def test_waiting_after_a_change_does_not_match_older_things(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    ts = client.chat_postMessage(channel=room, text="state: open")["ts"]
    seq = workspace.get("state")["seq"]
    with pytest.raises(Refused) as caught:
        workspace.post("wait", **{"for": "message", "text": "state", "after": seq, "timeout": 0.1})
    assert caught.value.status == 408
    assert caught.value.body["near"][0] == "state: open"
    client.chat_update(channel=room, ts=ts, text="state: closed")
    assert workspace.wait("message", text="state", after=seq)["text"] == "state: closed"


def test_texts_inside_blocks_are_found(workspace: Workspace, client: WebClient, room: str) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Owed* by LV"}}]
    client.chat_postMessage(channel=room, text="headline", blocks=blocks)
    assert workspace.wait("message", channel="inc-room", text="owed")["text"] == "headline"


def test_waiting_for_rooms_modals_homes_reactions_and_calls(
    workspace: Workspace, client: WebClient, app: App, room: str
) -> None:
    assert workspace.wait("channel", prefix="inc-", user="alice")["id"] == room
    assert workspace.wait("channel", name="general", archived=False)["is_general"] is True
    trigger = workspace.post("command", user="alice", channel="general", text="/incident")
    view = modal(button("go"), callback_id="open")
    client.views_open(trigger_id=trigger["trigger_id"], view=view)
    assert workspace.wait("view", user="alice", callback_id="open")["type"] == "modal"
    client.views_publish(user_id="U01ALICE", view={"type": "home", "blocks": [button("mine")]})
    assert workspace.wait("home", user="alice", text="mine")["type"] == "home"
    ts = client.chat_postMessage(channel=room, text="x")["ts"]
    client.reactions_add(channel=room, timestamp=ts, name="eyes")
    assert workspace.wait("reaction", channel=room, ts=ts, name="eyes", user="tocsin")["ts"] == ts
    assert workspace.wait("traffic", name="views.publish", status=200)["ok"] is True
    for nothing in (
        {"for": "view", "user": "bruno"},
        {"for": "channel", "name": "nowhere"},
        {"for": "reaction", "channel": room, "ts": ts, "name": "tada"},
        {"for": "socket", "count": 2},
        {"for": "home", "user": "bruno"},
    ):
        with pytest.raises(Refused, match="nothing matched"):
            workspace.post("wait", **nothing, timeout=0.05)


def test_waiting_tells_when_the_pattern_is_wrong(workspace: Workspace) -> None:
    for kind in ("message", "channel"):
        with pytest.raises(Refused, match="not a regular expression"):
            workspace.post("wait", **{"for": kind, "pattern": "("})


def test_traffic_is_read_in_pages(workspace: Workspace, client: WebClient) -> None:
    for _ in range(3):
        client.auth_test()
    page = workspace.get("traffic", after=1, limit=1)
    assert [entry["id"] for entry in page["entries"]] == [2]
    assert page["last"] == 3
    with pytest.raises(Refused, match="must be numbers"):
        workspace.get("traffic", after="first")
