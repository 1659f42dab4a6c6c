"""Calling the Web API: bodies, tokens, scopes, arguments, faults."""

import json
import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import Json, Workspace, code_of

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BEARER = "Bearer xoxb-sandbox"


def test_a_call_may_come_as_form_as_json_or_as_query(workspace: Workspace) -> None:
    form = b"token=xoxb-sandbox&user=U01ALICE"
    as_json = json.dumps({"user": "U01ALICE"}).encode()
    answers = [
        workspace.raw("users.info", form, content_type=FORM),
        workspace.raw("users.info", as_json, content_type=JSON, authorization=BEARER),
        workspace.raw("users.info?user=U01ALICE", authorization=BEARER),
    ]
    assert [(status, body["user"]["name"]) for status, body, _ in answers] == [(200, "alice")] * 3


def test_a_token_inside_a_json_body_does_not_count(workspace: Workspace) -> None:
    body = json.dumps({"token": "xoxb-sandbox"}).encode()
    _, answer, _ = workspace.raw("auth.test", body, content_type=JSON)
    assert answer == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("xoxb-other", "invalid_auth"),
        ("", "not_authed"),
        ("xapp-sandbox", "not_allowed_token_type"),
    ],
)
def test_a_wrong_token_is_refused(workspace: Workspace, token: str, error: str) -> None:
    _, answer, _ = workspace.raw("auth.test", f"token={token}".encode(), content_type=FORM)
    assert answer["error"] == error


def test_only_the_app_token_opens_a_socket(workspace: Workspace) -> None:
    answer = workspace.client().apps_connections_open(app_token="xapp-sandbox")
    assert str(answer["url"]).startswith(workspace.url.replace("http", "ws") + "/_socket")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        workspace.client().apps_connections_open(app_token="xoxb-sandbox")


def test_a_missing_scope_names_what_is_needed_and_what_there_is(opened: Opener) -> None:
    workspace = opened(tokens=[{"token": "xoxb-narrow", "scopes": ["chat:write"]}])
    with pytest.raises(SlackApiError) as caught:
        workspace.client("xoxb-narrow").users_list()
    assert caught.value.response.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "chat:write",
    }


def test_every_answer_tells_the_scopes_of_its_token(opened: Opener) -> None:
    workspace = opened(tokens=[{"token": "xoxb-narrow", "scopes": ["pins:read", "chat:write"]}])
    _, _, headers = workspace.raw("auth.test", authorization="Bearer xoxb-narrow")
    assert headers["x-oauth-scopes"] == "chat:write,pins:read"


def test_the_scope_needed_depends_on_the_kind_of_channel(opened: Opener) -> None:
    workspace = opened(tokens=[{"token": "xoxb-pub", "scopes": ["channels:manage"]}])
    narrow = workspace.client("xoxb-pub")
    narrow.conversations_create(name="open-room")
    with pytest.raises(SlackApiError) as caught:
        narrow.conversations_create(name="closed-room", is_private=True)
    assert caught.value.response["needed"] == "groups:write"


def test_an_unknown_method_is_said_to_be_unknown(client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        client.api_call("chat.shout")


def test_missing_and_malformed_arguments_are_named(workspace: Workspace, client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call("conversations.invite", params={"channel": "C0GENERAL"})
    assert code_of(caught.value) == "invalid_arguments"
    messages = caught.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: users"]
    _, answer, _ = workspace.raw("users.list?limit=many", authorization=BEARER)
    assert "json-pointer:/limit" in answer["response_metadata"]["messages"][0]


def test_a_body_that_is_not_json_is_refused(workspace: Workspace) -> None:
    for body in (b"{", b"[1]"):
        _, answer, _ = workspace.raw("auth.test", body, content_type=JSON, authorization=BEARER)
        assert answer["error"] == "invalid_json"


def test_a_revoked_token_is_worthless(client: WebClient) -> None:
    assert client.auth_revoke(test=True)["revoked"] is False
    assert client.auth_revoke()["revoked"] is True
    with pytest.raises(SlackApiError, match="invalid_auth"):
        client.auth_test()


def test_an_oauth_code_is_good_once(workspace: Workspace, client: WebClient) -> None:
    code = workspace.post("oauth", user="alice")["code"]
    asked = {"client_id": "1.2", "client_secret": "sandbox-client-secret", "code": code}
    granted = client.oauth_v2_access(**asked)
    assert (granted["access_token"], granted["authed_user"]["id"]) == ("xoxb-sandbox", "U01ALICE")
    with pytest.raises(SlackApiError, match="invalid_code"):
        client.oauth_v2_access(**asked)


# ------------------------------------------------------------------------------------- faults


def test_a_429_fault_carries_retry_after_and_passes(workspace: Workspace) -> None:
    workspace.post("faults", kind="api", method="auth.test", status=429, retry_after=7)
    status, body, headers = workspace.raw("auth.test", authorization=BEARER)
    assert (status, body["error"], headers["retry-after"]) == (429, "ratelimited", "7")
    assert workspace.raw("auth.test", authorization=BEARER)[0] == 200
    assert workspace.get("faults")["faults"] == []


def test_the_sdk_rides_out_a_429(workspace: Workspace) -> None:
    workspace.post("faults", kind="api", method="auth.test", status=429, retry_after=1, times=2)
    client = workspace.client()
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    assert client.auth_test()["ok"] is True
    statuses = [entry["status"] for entry in workspace.get("traffic", name="auth.test")["entries"]]
    assert statuses == [429, 429, 200]


def test_an_error_fault_does_nothing_but_refuse(workspace: Workspace, client: WebClient) -> None:
    workspace.post("faults", kind="api", method="conversations.create", error="restricted_action")
    with pytest.raises(SlackApiError, match="restricted_action"):
        client.conversations_create(name="never-made")
    assert client.conversations_create(name="never-made")["ok"] is True


def test_a_500_fault_does_nothing(workspace: Workspace, client: WebClient) -> None:
    workspace.post("faults", kind="api", method="*", status=500)
    with pytest.raises(SlackApiError) as caught:
        client.conversations_create(name="later")
    assert caught.value.response.status_code == 500
    assert "later" not in {c["name"] for c in client.conversations_list()["channels"]}


def test_a_lost_response_fault_carries_the_call_out(
    workspace: Workspace, client: WebClient
) -> None:
    workspace.post("faults", kind="lost_response", method="conversations.create")
    with pytest.raises(SlackApiError):
        client.conversations_create(name="made-after-all")
    with pytest.raises(SlackApiError, match="name_taken"):
        client.conversations_create(name="made-after-all")


def test_a_latency_fault_delays_the_answer(workspace: Workspace, client: WebClient) -> None:
    workspace.post("faults", kind="latency", method="auth.test", seconds=0.3)
    started = time.monotonic()
    client.auth_test()
    assert time.monotonic() - started >= 0.3


def test_rate_limits_when_switched_on_allow_one_post_a_second_and_channel(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    now = time.time()
    workspace.world.clock = lambda: now
    workspace.post("faults", kind="rate_limits")
    client.chat_postMessage(channel=room, text="one")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=room, text="two")
    assert caught.value.response.headers["Retry-After"] == "1"
    workspace.world.clock = lambda: now + 1.01
    client.chat_postMessage(channel=room, text="two")
    for _ in range(20):
        client.users_list()
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.users_list()
    workspace.delete("faults")
    assert client.users_list()["ok"] is True


def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(workspace: Workspace) -> None:
    wrong: list[tuple[Json, str]] = [
        ({"kind": "earthquake"}, "kind must be one of"),
        ({"kind": "api", "method": "auth.test"}, "either status or error"),
        ({"kind": "api", "status": 418}, "status must be"),
        ({"kind": "late_ack", "times": 0}, "at least 1"),
        ({"kind": "late_ack", "sometimes": 3}, "unknown field"),
    ]
    for body, said in wrong:
        with pytest.raises(Exception, match=said):
            workspace.post("faults", **body)


def test_the_traffic_log_masks_tokens_and_remarks_on_missing_text(
    workspace: Workspace, client: WebClient, room: str
) -> None:
    with pytest.warns(UserWarning, match="text"):
        client.chat_postMessage(channel=room, blocks=[{"type": "divider"}])
    entry = workspace.get("traffic", name="chat.postMessage")["entries"][-1]
    assert "without text" in entry["notes"][0]
    assert "xoxb-sandbox" not in json.dumps(workspace.get("traffic"))
