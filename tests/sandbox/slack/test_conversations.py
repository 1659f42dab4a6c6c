"""Rooms: names, members, visibility, archiving, history."""

from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import Json, Refused, Workspace, code_of


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Upper", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        ("a.b", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("general", "name_taken"),
    ],
)
def test_a_name_that_slack_would_refuse_is_refused(
    client: WebClient, name: str, error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_create(name=name)
    assert code_of(caught.value) == error


def test_the_creator_is_the_first_member_and_its_joining_is_in_the_history(
    client: WebClient,
) -> None:
    channel = client.conversations_create(name="x" * 80)["channel"]
    assert channel["is_member"] is True
    assert client.conversations_members(channel=channel["id"])["members"] == ["U0TOCSIN"]
    history = client.conversations_history(channel=channel["id"])["messages"]
    assert [message["subtype"] for message in history] == ["channel_join"]


def test_an_archived_channel_keeps_its_name_and_takes_no_writing(
    client: WebClient, room: str
) -> None:
    client.conversations_archive(channel=room)
    refusals: list[tuple[Callable[[], object], str]] = [
        (lambda: client.conversations_create(name="inc-room"), "name_taken"),
        (lambda: client.conversations_archive(channel=room), "already_archived"),
        (lambda: client.chat_postMessage(channel=room, text="x"), "is_archived"),
        (lambda: client.conversations_setTopic(channel=room, topic="x"), "is_archived"),
        (lambda: client.conversations_invite(channel=room, users="U02BRUNO"), "is_archived"),
        (lambda: client.conversations_join(channel=room), "is_archived"),
    ]
    for refused, error in refusals:
        with pytest.raises(SlackApiError) as caught:
            refused()
        assert code_of(caught.value) == error
    client.conversations_unarchive(channel=room)
    assert client.chat_postMessage(channel=room, text="x")["ok"] is True
    with pytest.raises(SlackApiError, match="not_archived"):
        client.conversations_unarchive(channel=room)


def test_general_can_be_neither_archived_nor_left(workspace: Workspace, client: WebClient) -> None:
    client.conversations_join(channel="C0GENERAL")
    with pytest.raises(SlackApiError, match="cant_archive_general"):
        client.conversations_archive(channel="C0GENERAL")
    with pytest.raises(SlackApiError, match="cant_leave_general"):
        client.conversations_leave(channel="C0GENERAL")
    with pytest.raises(SlackApiError, match="cant_kick_from_general"):
        client.conversations_kick(channel="C0GENERAL", user="U01ALICE")


def test_one_impossible_guest_refuses_all_unless_forced(client: WebClient, room: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.conversations_invite(channel=room, users="U02BRUNO,U0NOBODY,U01ALICE")
    assert caught.value.response["error"] == "user_not_found"
    assert {item["user"]: item["error"] for item in caught.value.response["errors"]} == {
        "U0NOBODY": "user_not_found",
        "U01ALICE": "already_in_channel",
    }
    assert "U02BRUNO" not in client.conversations_members(channel=room)["members"]
    answer = client.conversations_invite(channel=room, users="U02BRUNO,U0NOBODY", force=True)
    assert [item["error"] for item in answer["errors"]] == ["user_not_found"]
    assert "U02BRUNO" in client.conversations_members(channel=room)["members"]


def test_a_hundred_can_be_invited_at_once_and_not_one_more(opened: Opener) -> None:
    crowd = [{"id": f"U{n:08d}", "name": f"user{n}"} for n in range(101)]
    client = opened(users=crowd).client()
    channel = client.conversations_create(name="crowd")["channel"]["id"]
    everybody = [person["id"] for person in crowd]
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.conversations_invite(channel=channel, users=everybody)
    client.conversations_invite(channel=channel, users=everybody[:100])
    first = client.conversations_members(channel=channel, limit=60)
    rest = client.conversations_members(
        channel=channel, limit=60, cursor=first["response_metadata"]["next_cursor"]
    )
    assert len(first["members"]) + len(rest["members"]) == 101
    assert rest["response_metadata"]["next_cursor"] == ""


def test_the_bot_invites_only_from_inside_and_never_itself(client: WebClient, room: str) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.conversations_invite(channel="C0GENERAL", users="U01ALICE")
    with pytest.raises(SlackApiError, match="cant_invite_self"):
        client.conversations_invite(channel=room, users="U0TOCSIN")


def test_a_private_channel_does_not_exist_for_those_outside(
    workspace: Workspace, client: WebClient
) -> None:
    secret = workspace.post("channel/create", user="alice", name="secret", is_private=True)
    ident = secret["channel"]["id"]
    for look in (client.conversations_info, client.conversations_history, client.pins_list):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            look(channel=ident)
    everything = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert ident not in {channel["id"] for channel in everything}
    with pytest.raises(Refused, match="bruno sees no channel"):
        workspace.get("messages", user="bruno", channel="secret")
    workspace.post("channel/invite", user="alice", channel="secret", users=["tocsin"])
    assert client.conversations_info(channel=ident)["channel"]["is_private"] is True


def test_a_public_channel_is_seen_from_outside_but_not_read(client: WebClient) -> None:
    assert client.conversations_info(channel="C0GENERAL")["channel"]["is_member"] is False
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.conversations_history(channel="C0GENERAL")
    client.conversations_join(channel="C0GENERAL")
    assert client.conversations_history(channel="C0GENERAL")["ok"] is True
    again = client.conversations_join(channel="C0GENERAL")
    assert again["response_metadata"]["warnings"] == ["already_in_channel"]


def test_topic_purpose_and_name_change_and_say_so(client: WebClient, room: str) -> None:
    client.conversations_setTopic(channel=room, topic="S2 · TLP:AMBER")
    client.conversations_setPurpose(channel=room, purpose="DDoS on two banks")
    client.conversations_rename(channel=room, name="inc-closed")
    channel = client.conversations_info(channel=room, include_num_members=True)["channel"]
    assert channel["topic"]["value"] == "S2 · TLP:AMBER"
    assert channel["purpose"]["creator"] == "U0TOCSIN"
    assert (channel["name"], channel["previous_names"]) == ("inc-closed", ["inc-room"])
    assert channel["num_members"] == 2
    said = [m["subtype"] for m in client.conversations_history(channel=room)["messages"]]
    assert said[:3] == ["channel_name", "channel_purpose", "channel_topic"]
    with pytest.raises(SlackApiError, match="too_long"):
        client.conversations_setTopic(channel=room, topic="x" * 251)


def test_a_channel_that_another_made_is_not_renamed(client: WebClient) -> None:
    client.conversations_join(channel="C0GENERAL")
    with pytest.raises(SlackApiError, match="not_authorized"):
        client.conversations_rename(channel="C0GENERAL", name="mine")


def test_leaving_and_kicking(client: WebClient, room: str) -> None:
    client.conversations_kick(channel=room, user="U01ALICE")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.conversations_kick(channel=room, user="U01ALICE")
    with pytest.raises(SlackApiError, match="cant_kick_self"):
        client.conversations_kick(channel=room, user="U0TOCSIN")
    client.conversations_leave(channel=room)
    assert client.conversations_leave(channel=room)["not_in_channel"] is True
    closed = client.conversations_create(name="closed", is_private=True)["channel"]["id"]
    with pytest.raises(SlackApiError, match="last_member"):
        client.conversations_leave(channel=closed)


def test_a_direct_message_is_opened_once(client: WebClient) -> None:
    first = client.conversations_open(users="U01ALICE")
    again = client.conversations_open(users="U01ALICE", return_im=True)
    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["channel"]["is_im"] is True
    assert again["already_open"] is True
    group = client.conversations_open(users="U01ALICE,U02BRUNO")["channel"]["id"]
    assert group != first["channel"]["id"]
    with pytest.raises(SlackApiError, match="users_list_not_supplied"):
        client.api_call("conversations.open")
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.conversations_open(users="U0NOBODY")


def test_history_pages_backwards_and_between_times(client: WebClient, room: str) -> None:
    posted = [str(client.chat_postMessage(channel=room, text=str(n))["ts"]) for n in range(5)]
    page = client.conversations_history(channel=room, limit=2)
    assert [m["text"] for m in page["messages"]] == ["4", "3"]
    assert page["has_more"] is True
    older = client.conversations_history(
        channel=room, limit=2, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [m["text"] for m in older["messages"]] == ["2", "1"]
    between = client.conversations_history(channel=room, oldest=posted[1], latest=posted[3])
    assert [m["text"] for m in between["messages"]] == ["2"]
    within = client.conversations_history(
        channel=room, oldest=posted[1], latest=posted[3], inclusive=True
    )
    assert [m["text"] for m in within["messages"]] == ["3", "2", "1"]
    refusals: list[tuple[Json, str]] = [
        ({"cursor": "??"}, "invalid_cursor"),
        ({"oldest": "x"}, "invalid_ts_oldest"),
        ({"latest": "x"}, "invalid_ts_latest"),
    ]
    for wrong, error in refusals:
        with pytest.raises(SlackApiError, match=error):
            client.conversations_history(channel=room, **wrong)


def test_a_thread_is_apart_from_the_channel(client: WebClient, room: str) -> None:
    parent = str(client.chat_postMessage(channel=room, text="milestone")["ts"])
    reply = client.chat_postMessage(channel=room, text="detail", thread_ts=parent)
    client.chat_postMessage(channel=room, text="aloud", thread_ts=parent, reply_broadcast=True)
    deeper = client.chat_postMessage(channel=room, text="deeper", thread_ts=reply["ts"])
    assert deeper["message"]["thread_ts"] == parent
    top = [m["text"] for m in client.conversations_history(channel=room)["messages"]]
    assert top[:2] == ["aloud", "milestone"]
    assert "detail" not in top
    thread = client.conversations_replies(channel=room, ts=parent)["messages"]
    assert [m["text"] for m in thread] == ["milestone", "detail", "aloud", "deeper"]
    assert thread[0]["reply_count"] == 3
    assert thread[1]["parent_user_id"] == "U0TOCSIN"
    with pytest.raises(SlackApiError, match="thread_not_found"):
        client.conversations_replies(channel=room, ts="1.000000")


def test_user_groups_need_a_paid_plan(opened: Opener) -> None:
    free = opened(paid=False).client()
    with pytest.raises(SlackApiError, match="paid_teams_only"):
        free.usergroups_create(name="Responders")
    with pytest.raises(SlackApiError, match="plan_upgrade_required"):
        free.usergroups_list()


def test_a_user_group_has_a_handle_of_its_own_and_known_people(client: WebClient) -> None:
    group = client.usergroups_create(name="Responders EE", handle="responders-ee")["usergroup"]
    client.usergroups_users_update(usergroup=group["id"], users=["U01ALICE", "U03CARLA"])
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U01ALICE", "U03CARLA"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["user_count"] == 2
    refusals: list[tuple[Json, str]] = [
        ({"name": "Other", "handle": "responders-ee"}, "handle_already_exists"),
        ({"name": "Responders EE", "handle": "other"}, "name_already_exists"),
        ({"name": "Other", "handle": "No Spaces"}, "bad_handle"),
    ]
    for wrong, error in refusals:
        with pytest.raises(SlackApiError, match=error):
            client.usergroups_create(**wrong)
    with pytest.raises(SlackApiError, match="invalid_users"):
        client.usergroups_users_update(usergroup=group["id"], users=["U0NOBODY"])
