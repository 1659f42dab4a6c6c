"""What the app is sent, beside published samples: no key that Slack does not send, none missing.

The samples hold every key that ever occurs, with blanked values; so the keys sent must be among
them, and those that a bot relies on must be there. The data is not part of the repository; where it
is absent these tests are skipped, visibly.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from slack_sdk import WebClient

from tests.sandbox.slack.harness import App, Json, Workspace, button, modal, text_input

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "slack-contract" / "payloads"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the contract data is not there: slack-contract beside the repository"
)

# The samples are of an older envelope; these are in Slack's present documentation of events.
NEWER = {"context_team_id", "context_enterprise_id", "channel_type", "event.channel_type"}
NEWER |= {"response_urls", "is_enterprise_install"}
# Left out of the samples because their type varies; shown in Slack's documentation.
NEWER |= {"view.blocks", "event.view.blocks", "message.reactions.users"}
# Free-form parts: what is inside is the app's or the person's own.
FREE = {"blocks", "state", "values", "metadata", "selected_option", "initial_option"}
ENVELOPE = {"token", "team_id", "api_app_id", "event", "type", "event_id", "event_time"}
ENVELOPE |= {"authorizations", "is_ext_shared_channel", "event_context"}
INTERACTION = {"type", "team", "user", "api_app_id", "token", "is_enterprise_install", "enterprise"}


def _sample(name: str) -> Json:
    return dict(json.loads((DATA / f"{name}.json").read_text()))


def _invented(sent: object, sample: object, path: str = "") -> set[str]:
    """Dotted paths of keys that are sent and in no sample."""
    found: set[str] = set()
    if isinstance(sent, dict) and isinstance(sample, dict):
        for key, value in sent.items():
            here = f"{path}.{key}" if path else key
            if key not in sample:
                found |= {here} - NEWER
            elif key not in FREE:
                found |= _invented(value, sample[key], here)
    elif isinstance(sent, list) and isinstance(sample, list) and sample:
        for item in sent:
            found |= _invented(item, sample[0], path)
    return found


def _command(workspace: Workspace, _: WebClient) -> None:
    workspace.post("command", user="alice", channel="general", text="/incident open")


def _message_with_button(client: WebClient) -> str:
    client.conversations_join(channel="C0GENERAL")
    posted = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[button("go")])
    return str(posted["ts"])


def _click(workspace: Workspace, client: WebClient) -> None:
    ts = _message_with_button(client)
    workspace.post("reaction", user="alice", channel="general", ts=ts, name="eyes")
    workspace.post("action", user="alice", channel="general", ts=ts, action_id="go")


def _shortcut(workspace: Workspace, client: WebClient) -> None:
    ts = _message_with_button(client)
    workspace.post("shortcut", user="alice", channel="general", ts=ts, callback_id="add")


def _modal(workspace: Workspace, client: WebClient) -> None:
    typed = workspace.post("command", user="alice", channel="general", text="/incident")
    view = modal(text_input("t"), notify_on_close=True)
    client.views_open(trigger_id=typed["trigger_id"], view=view)


def _submit(workspace: Workspace, client: WebClient) -> None:
    _modal(workspace, client)
    workspace.post("view/submit", user="alice", values={"t": "x"})


def _close(workspace: Workspace, client: WebClient) -> None:
    _modal(workspace, client)
    workspace.post("view/close", user="alice")


def _home(workspace: Workspace, client: WebClient) -> None:
    client.views_publish(user_id="U01ALICE", view={"type": "home", "blocks": [button("go")]})
    workspace.post("home", user="alice")


def _react(workspace: Workspace, client: WebClient) -> None:
    ts = _message_with_button(client)
    workspace.post("reaction", user="alice", channel="general", ts=ts, name="eyes")


def _mention(workspace: Workspace, client: WebClient) -> None:
    client.conversations_join(channel="C0GENERAL")
    workspace.post("message", user="alice", channel="general", text="<@U0TOCSIN> help")


def _direct(workspace: Workspace, _: WebClient) -> None:
    channel = workspace.post("dm", user="alice")["channel"]["id"]
    workspace.post("message", user="alice", channel=channel, text="help")


def _join(workspace: Workspace, client: WebClient) -> None:
    channel = client.conversations_create(name="inc-1")["channel"]["id"]
    client.conversations_invite(channel=channel, users="U01ALICE")


def _archive(workspace: Workspace, client: WebClient) -> None:
    client.conversations_archive(channel=client.conversations_create(name="x")["channel"]["id"])


def _revoke(workspace: Workspace, client: WebClient) -> None:
    client.auth_revoke()


Act = Callable[[Workspace, WebClient], None]
COMMAND = {"command", "text", "response_url", "trigger_id", "user_id", "user_name", "team_id"}
COMMAND |= {"channel_id", "channel_name", "api_app_id", "token", "team_domain"}
CASES: list[tuple[str, str, Act, set[str]]] = [
    ("SlashCommandPayload", "slash_commands", _command, COMMAND),
    (
        "BlockActionPayload",
        "block_actions",
        _click,
        INTERACTION
        | {"container", "trigger_id", "channel", "message", "response_url", "actions", "state"},
    ),
    (
        "MessageShortcutPayload",
        "message_action",
        _shortcut,
        (INTERACTION | {"callback_id", "trigger_id", "message_ts", "message", "response_url"})
        - {"api_app_id"},
    ),
    ("ViewSubmissionPayload", "view_submission", _submit, INTERACTION | {"trigger_id", "view"}),
    ("ViewClosedPayload", "view_closed", _close, INTERACTION | {"view", "is_cleared"}),
    ("AppHomeOpenedPayload", "app_home_opened", _home, ENVELOPE),
    ("AppMentionPayload", "app_mention", _mention, ENVELOPE),
    ("MessagePayload", "message", _direct, ENVELOPE),
    ("MemberJoinedChannelPayload", "member_joined_channel", _join, ENVELOPE),
    ("ReactionAddedPayload", "reaction_added", _react, ENVELOPE),
    ("ChannelArchivePayload", "channel_archive", _archive, ENVELOPE),
    ("TokensRevokedPayload", "tokens_revoked", _revoke, ENVELOPE),
]
EVENT_KEYS = {
    "app_home_opened": {"type", "user", "channel", "tab", "event_ts", "view"},
    "app_mention": {"type", "user", "text", "ts", "channel", "event_ts", "team"},
    "message": {"type", "ts", "channel", "event_ts", "channel_type", "text", "user"},
    "member_joined_channel": {"type", "user", "channel", "channel_type", "team", "event_ts"},
    "reaction_added": {"type", "user", "item", "reaction", "item_user", "event_ts"},
    "channel_archive": {"type", "channel", "user", "event_ts", "is_moved"},
    "tokens_revoked": {"type", "tokens"},
}


@pytest.mark.parametrize(("name", "kind", "act", "relied_on"), CASES, ids=[c[0] for c in CASES])
def test_a_payload_has_the_keys_that_slack_sends(
    workspace: Workspace, app: App, name: str, kind: str, act: Act, relied_on: set[str]
) -> None:
    act(workspace, workspace.client())
    payload = app.first(kind)
    assert relied_on - set(payload) == set()
    assert EVENT_KEYS.get(kind, set()) - set(payload.get("event", {})) == set()
    assert _invented(payload, _sample(name)) == set()


def test_a_view_in_a_payload_has_every_key_of_a_view(workspace: Workspace, app: App) -> None:
    _submit(workspace, workspace.client())
    sent = app.first("view_submission")["view"]
    assert set(_sample("ViewSubmissionPayload")["view"]) - set(sent) == set()


def test_a_socket_address_comes_as_published(workspace: Workspace) -> None:
    answer = workspace.client().apps_connections_open(app_token="xapp-sandbox").data
    assert isinstance(answer, dict)
    assert set(answer) <= set(_sample("apps.connections.open"))
