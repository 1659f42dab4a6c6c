"""Messages: posting, changing, limits, metadata, pins, reactions, files."""

import time
import urllib.request
from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import Json, Workspace, button, code_of, plain

METADATA = {"event_type": "tocsin_effect", "event_payload": {"id": "inc-1:4:room"}}


def test_timestamps_are_unique_and_rising_even_within_a_microsecond(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    now = time.time()
    workspace.world.clock = lambda: now
    posted = [str(client.chat_postMessage(channel=room, text="x")["ts"]) for _ in range(5)]
    assert posted == sorted(set(posted))
    assert all(len(ts.partition(".")[2]) == 6 for ts in posted)


def test_posting_needs_membership_unless_the_scope_for_public_channels_is_held(
    opened: Opener,
) -> None:
    workspace = opened(tokens=[{"token": "xoxb-narrow", "scopes": ["chat:write"]}])
    with pytest.raises(SlackApiError, match="not_in_channel"):
        workspace.client("xoxb-narrow").chat_postMessage(channel="C0GENERAL", text="x")
    assert workspace.client().chat_postMessage(channel="C0GENERAL", text="x")["ok"] is True


def test_a_post_to_a_person_becomes_a_direct_message(
    workspace: Workspace, client: WebClient
) -> None:
    client.chat_postMessage(channel="U01ALICE", text="the board is open")
    (conversation,) = workspace.get("inbox", user="alice")["dms"]
    assert conversation["channel"]["title"] == "tocsin"
    assert [m["text"] for m in conversation["messages"]] == ["the board is open"]
    assert workspace.get("inbox", user="bruno")["dms"] == []


def test_metadata_comes_back_only_when_asked_for(client: WebClient, room: str) -> None:
    client.chat_postMessage(channel=room, text="x", metadata=METADATA)
    plainly = client.conversations_history(channel=room)["messages"][0]
    assert "metadata" not in plainly
    fully = client.conversations_history(channel=room, include_all_metadata=True)["messages"][0]
    assert fully["metadata"] == METADATA


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ('"text"', "invalid_metadata_format"),
        ({"event_type": "Bad Name", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"a": "x" * 16_000}}, "metadata_too_large"),
    ],
)
def test_wrong_metadata_is_refused(
    client: WebClient, room: str, metadata: object, error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        client.api_call(
            "chat.postMessage", json={"channel": room, "text": "x", "metadata": metadata}
        )


def test_a_text_over_forty_thousand_characters_is_cut_with_a_warning(
    client: WebClient, room: str
) -> None:
    answer = client.chat_postMessage(channel=room, text="x" * 40_001)
    assert len(answer["message"]["text"]) == 40_000
    assert answer["warning"] == "message_truncated"
    longer: list[Callable[[], object]] = [
        lambda: client.chat_update(channel=room, ts=answer["ts"], text="x" * 40_001),
        lambda: client.chat_postEphemeral(channel=room, user="U01ALICE", text="x" * 40_001),
    ]
    for late in longer:
        with pytest.raises(SlackApiError, match="msg_too_long"):
            late()


def test_blocks_may_not_carry_too_much_text_in_all(client: WebClient, room: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    assert client.chat_postMessage(channel=room, text="t", blocks=[block] * 4)["ok"] is True
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        client.chat_postMessage(channel=room, text="t", blocks=[block] * 5)


def test_empty_conflicting_and_lost_posts_are_refused(client: WebClient, room: str) -> None:
    refusals: list[tuple[Json, str]] = [
        ({"text": ""}, "no_text"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"text": "x", "thread_ts": "1.000000"}, "cannot_reply_to_message"),
        ({"text": "x", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ]
    for given, error in refusals:
        with pytest.raises(SlackApiError) as caught:
            client.api_call("chat.postMessage", json={"channel": room, **given})
        assert code_of(caught.value) == error


def test_an_update_keeps_what_is_not_given_and_marks_only_text(
    client: WebClient, room: str
) -> None:
    ts = str(
        client.chat_postMessage(channel=room, text="one", blocks=[button("go")], metadata=METADATA)[
            "ts"
        ]
    )
    by_blocks = client.chat_update(channel=room, ts=ts, text="two", blocks=[button("stop")])
    assert "edited" not in by_blocks["message"]
    assert by_blocks["message"]["metadata"] == METADATA
    by_text = client.chat_update(channel=room, ts=ts, text="three")["message"]
    assert "blocks" not in by_text
    assert by_text["edited"]["user"] == "U0TOCSIN"
    assert by_text["ts"] == ts


def test_only_ones_own_messages_are_changed_and_deleted(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    theirs = workspace.post("message", user="alice", channel=room, text="mine")["message"]["ts"]
    joined = client.conversations_history(channel=room)["messages"][-1]["ts"]
    for ts in (theirs, joined):
        with pytest.raises(SlackApiError, match="cant_update_message"):
            client.chat_update(channel=room, ts=ts, text="x")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        client.chat_delete(channel=room, ts=theirs)
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_update(channel=room, ts="1.000000", text="x")
    own = str(client.chat_postMessage(channel=room, text="x")["ts"])
    client.chat_delete(channel=room, ts=own)
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_getPermalink(channel=room, message_ts=own)


def test_an_ephemeral_is_seen_by_one_and_is_in_no_history(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    client.chat_postEphemeral(channel=room, user="U01ALICE", text="only you")
    seen = workspace.get("messages", user="alice", channel=room)["messages"]
    assert (seen[-1]["text"], seen[-1]["ephemeral"]) == ("only you", True)
    workspace.post("channel/join", user="bruno", channel=room)
    others = workspace.get("messages", user="bruno", channel=room)["messages"]
    assert "only you" not in {m["text"] for m in others}
    history = client.conversations_history(channel=room)["messages"]
    assert "only you" not in {m["text"] for m in history}
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        client.chat_postEphemeral(channel=room, user="U03CARLA", text="x")


def test_a_scheduled_message_comes_later_or_is_taken_back(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    now = int(time.time())
    with pytest.raises(SlackApiError, match="time_in_past"):
        client.chat_scheduleMessage(channel=room, text="x", post_at=now - 1)
    with pytest.raises(SlackApiError, match="time_too_far"):
        client.chat_scheduleMessage(channel=room, text="x", post_at=now + 121 * 86_400)
    far = client.chat_scheduleMessage(channel=room, text="never", post_at=now + 3600)
    ident = str(far["scheduled_message_id"])
    client.chat_deleteScheduledMessage(channel=room, scheduled_message_id=ident)
    with pytest.raises(SlackApiError, match="invalid_scheduled_message_id"):
        client.chat_deleteScheduledMessage(channel=room, scheduled_message_id=ident)
    client.chat_scheduleMessage(channel=room, text="on time", post_at=now + 1)
    assert workspace.wait("message", channel=room, text="on time")["author_is_app"] is True


def test_pins(client: WebClient, room: str) -> None:
    ts = str(client.chat_postMessage(channel=room, text="headline")["ts"])
    client.pins_add(channel=room, timestamp=ts)
    with pytest.raises(SlackApiError, match="already_pinned"):
        client.pins_add(channel=room, timestamp=ts)
    (item,) = client.pins_list(channel=room)["items"]
    assert (item["message"]["text"], item["created_by"]) == ("headline", "U0TOCSIN")
    assert client.conversations_history(channel=room)["pin_count"] == 1
    client.pins_remove(channel=room, timestamp=ts)
    with pytest.raises(SlackApiError, match="no_pin"):
        client.pins_remove(channel=room, timestamp=ts)
    with pytest.raises(SlackApiError, match="no_item_specified"):
        client.api_call("pins.add", json={"channel": room})
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.pins_add(channel=room, timestamp="1.000000")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.pins_add(channel="C0GENERAL", timestamp="1.000000")


def test_reactions(workspace: Workspace, client: WebClient, room: str) -> None:
    ts = str(client.chat_postMessage(channel=room, text="x")["ts"])
    client.reactions_add(channel=room, timestamp=ts, name="eyes")
    workspace.post("reaction", user="alice", channel=room, ts=ts, name=":eyes:")
    (reaction,) = client.reactions_get(channel=room, timestamp=ts)["message"]["reactions"]
    assert reaction == {"name": "eyes", "users": ["U0TOCSIN", "U01ALICE"], "count": 2}
    with pytest.raises(SlackApiError, match="already_reacted"):
        client.reactions_add(channel=room, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="invalid_name"):
        client.reactions_add(channel=room, timestamp=ts, name="no such!")
    client.reactions_remove(channel=room, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="no_reaction"):
        client.reactions_remove(channel=room, timestamp=ts, name="eyes")


def test_bookmarks(client: WebClient, room: str) -> None:
    added = client.bookmarks_add(
        channel_id=room, title="Board", type="link", link="https://board.example"
    )["bookmark"]
    client.bookmarks_edit(channel_id=room, bookmark_id=added["id"], title="The board")
    assert [b["title"] for b in client.bookmarks_list(channel_id=room)["bookmarks"]] == [
        "The board"
    ]
    with pytest.raises(SlackApiError, match="invalid_link"):
        client.bookmarks_add(channel_id=room, title="x", type="link", link="nowhere")
    with pytest.raises(SlackApiError, match="invalid_bookmark_type"):
        client.bookmarks_add(channel_id=room, title="x", type="file", link="https://x.example")
    client.bookmarks_remove(channel_id=room, bookmark_id=added["id"])
    with pytest.raises(SlackApiError, match="not_found"):
        client.bookmarks_remove(channel_id=room, bookmark_id=added["id"])


def test_a_file_is_uploaded_in_two_steps_and_read_back(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    client.files_upload_v2(
        content="indicator,seen\n192.0.2.1,3\n",
        filename="sightings.csv",
        title="Sightings",
        channel=room,
        initial_comment="what we saw",
    )
    message = workspace.wait("message", channel=room, text="what we saw")
    (shared,) = message["files"]
    assert (shared["title"], shared["size"]) == ("Sightings", 27)
    assert client.files_info(file=shared["id"])["file"]["channels"] == [room]
    headers = {"authorization": "Bearer xoxb-sandbox"}
    request = urllib.request.Request(shared["url_private"], headers=headers)  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.read().startswith(b"indicator")


def test_an_upload_without_its_bytes_cannot_be_completed(client: WebClient) -> None:
    promised = client.files_getUploadURLExternal(filename="x.txt", length=3)
    with pytest.raises(SlackApiError, match="file_update_failed"):
        client.files_completeUploadExternal(files=[{"id": promised["file_id"]}])
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_completeUploadExternal(files=[{"id": "F0NONE"}])
    with pytest.raises(SlackApiError, match="file_upload_size_restricted"):
        client.files_getUploadURLExternal(filename="x.txt", length=10**9)


def test_attachments_are_kept_with_checked_blocks(client: WebClient, room: str) -> None:
    inside = {"color": "#c00", "blocks": [{"type": "header", "text": plain("Loud")}]}
    answer = client.chat_postMessage(channel=room, text="x", attachments=[inside])
    assert answer["message"]["attachments"][0]["blocks"][0]["text"]["text"] == "Loud"
    wrong = {"blocks": [{"type": "headline", "text": plain("Loud")}]}
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel=room, text="x", attachments=[wrong])
