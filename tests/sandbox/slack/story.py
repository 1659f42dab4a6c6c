"""One story in which every method of the workspace is called and succeeds."""

import time
import urllib.request

from sandbox.slack import World
from tests.sandbox.slack.harness import App, Json, Workspace, button, modal, text_input

BOT = "xoxb-sandbox"


class Story:
    """Plays itself on a workspace and keeps the first answer of each method."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._world: World = workspace.world
        self._client = workspace.client()
        self._answers: dict[str, Json] = {}

    def answers(self) -> dict[str, Json]:
        """Method name to its first answer."""
        with App(self._workspace):
            self._people()
            channel = self._room()
            self._messages(channel)
            self._extras(channel)
            self._files(channel)
            self._views()
            self._end(channel)
        return self._answers

    def _call(self, method: str, /, **arguments: object) -> Json:
        answer = self._client.api_call(method, json=arguments).data
        assert isinstance(answer, dict)
        self._answers.setdefault(method, answer)
        return answer

    def _people(self) -> None:
        self._call("api.test")
        self._call("auth.test")
        self._call("team.info")
        self._call("bots.info", bot="B0TOCSIN")
        self._call("users.info", user="U01ALICE")
        self._call("users.list")
        self._call("users.lookupByEmail", email="alice@cert-ee.example")
        self._call("users.profile.get", user="U01ALICE")
        answer = self._workspace.client().apps_connections_open(app_token="xapp-sandbox").data
        assert isinstance(answer, dict)
        self._answers["apps.connections.open"] = answer
        code = self._workspace.post("oauth", user="alice")["code"]
        self._call(
            "oauth.v2.access", code=code, client_id="1.2", client_secret="sandbox-client-secret"
        )

    def _room(self) -> str:
        channel = str(self._call("conversations.create", name="story")["channel"]["id"])
        self._call("conversations.invite", channel=channel, users="U01ALICE,U02BRUNO")
        self._call("conversations.kick", channel=channel, user="U02BRUNO")
        self._call("conversations.join", channel=channel)
        self._call("conversations.setTopic", channel=channel, topic="S2")
        self._call("conversations.setPurpose", channel=channel, purpose="DDoS")
        self._call("conversations.rename", channel=channel, name="story-2")
        self._call("conversations.info", channel=channel)
        self._call("conversations.list", limit=1)
        self._call("conversations.members", channel=channel)
        self._call("conversations.open", users="U01ALICE")
        self._call("conversations.inviteShared", channel=channel, emails=["x@cert.example"])
        self._call("users.conversations")
        return channel

    def _messages(self, channel: str) -> None:
        answer = self._call(
            "chat.postMessage",
            channel=channel,
            text="headline",
            attachments=[{"text": "more", "fallback": "more"}],
        )
        ts = answer["ts"]
        self._call("chat.postMessage", channel=channel, text="detail", thread_ts=ts)
        self._call("chat.update", channel=channel, ts=ts, text="headline, changed")
        self._call("chat.postEphemeral", channel=channel, user="U01ALICE", text="psst")
        self._call("chat.getPermalink", channel=channel, message_ts=ts)
        later = self._call(
            "chat.scheduleMessage",
            channel=channel,
            text="later",
            attachments=[{"text": "more", "fallback": "more"}],
            post_at=int(time.time()) + 3600,
        )
        ident = later["scheduled_message_id"]
        self._call("chat.deleteScheduledMessage", channel=channel, scheduled_message_id=ident)
        self._call("reactions.add", channel=channel, timestamp=ts, name="eyes")
        self._call("reactions.get", channel=channel, timestamp=ts)
        self._call("reactions.remove", channel=channel, timestamp=ts, name="eyes")
        self._call("pins.add", channel=channel, timestamp=ts)
        self._call("pins.list", channel=channel)
        self._call("pins.remove", channel=channel, timestamp=ts)
        self._call("conversations.history", channel=channel)
        self._call("conversations.replies", channel=channel, ts=ts)
        self._call("chat.delete", channel=channel, ts=ts)

    def _extras(self, channel: str) -> None:
        link = {"title": "Board", "type": "link", "link": "https://board.example"}
        ident = self._call("bookmarks.add", channel_id=channel, **link)["bookmark"]["id"]
        self._call("bookmarks.list", channel_id=channel)
        self._call("bookmarks.edit", channel_id=channel, bookmark_id=ident, title="The board")
        self._call("bookmarks.remove", channel_id=channel, bookmark_id=ident)
        group = self._call("usergroups.create", name="Responders")["usergroup"]["id"]
        self._call("usergroups.users.update", usergroup=group, users=["U01ALICE"])
        self._call("usergroups.users.list", usergroup=group)
        self._call("usergroups.list")

    def _files(self, channel: str) -> None:
        promised = self._call("files.getUploadURLExternal", filename="a.txt", length=3)
        request = urllib.request.Request(promised["upload_url"], b"abc")  # noqa: S310
        urllib.request.urlopen(request).close()  # noqa: S310
        files = [{"id": promised["file_id"], "title": "A"}]
        self._call("files.completeUploadExternal", files=files, channel_id=channel)
        self._call("files.info", file=promised["file_id"])

    def _views(self) -> None:
        def trigger() -> str:
            typed = self._workspace.post(
                "command", user="alice", channel="general", text="/incident"
            )
            return str(typed["trigger_id"])

        def answered(method: str, /, **arguments: object) -> Json:
            return dict(self._call(method, **arguments)["view"])

        view = modal(text_input("t"), close={"type": "plain_text", "text": "Back"})
        opened = answered("views.open", trigger_id=trigger(), view=view)
        answered("views.push", trigger_id=trigger(), view=view)
        answered("views.update", view_id=opened["id"], view=view)
        home = {"type": "home", "blocks": [button("go")]}
        answered("views.publish", user_id="U01ALICE", view=home)

    def _end(self, channel: str) -> None:
        self._call("conversations.archive", channel=channel)
        self._call("conversations.unarchive", channel=channel)
        self._call("conversations.leave", channel=channel)
        self._call("auth.revoke")
