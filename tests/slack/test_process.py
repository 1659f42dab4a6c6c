"""The process itself, in both transports, driven as people would through the workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.main import patiently
from bot.slack.app import build_slack_app
from bot.web.app import build_app
from coalition.domain.errors import ConfigError, PermanentError, TransientError
from coalition.settings import load_settings
from tests.slack.cast import coalition
from tests.slack.stage import HandClock
from tests.slack.workspace import Workspace

Eventually = Callable[..., None]


@contextmanager
def by_socket(workspace: Workspace) -> Iterator[None]:
    app = build_slack_app(workspace.tocsin)
    handler = SocketModeHandler(app, "xapp-sandbox")
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        workspace.post("wait", **{"for": "socket", "timeout": 10})
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def by_http(workspace: Workspace) -> Iterator[None]:
    web = build_app(workspace.tocsin, build_slack_app(workspace.tocsin))
    config = uvicorn.Config(web, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/slack/events"
        workspace.post("app", request_url=url, socket_mode=False)
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(params=["socket", "http"])
def live(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace whose app is ours, connected one way and the other."""
    way = {"socket": by_socket, "http": by_http}[request.param]
    with ExitStack() as stack:
        workspace = stack.enter_context(Workspace())
        stack.enter_context(way(workspace))
        yield workspace


def acked(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["delivery"]["status"] == "acked", answer
    seen: dict[str, Any] = answer["seen"]
    return seen


@pytest.mark.scenario
def test_a_person_opens_an_incident_works_in_its_room_and_is_seen(live: Workspace) -> None:
    seen = acked(live.post("command", user="alice", channel="general", text="/incident"))
    (menu,) = seen["messages"]
    assert menu["ephemeral"]
    seen = acked(
        live.post("action", user="alice", channel="general", ts=menu["ts"],
                  action_id="menu:incident:open")
    )  # fmt: skip
    assert seen["views"][0]["callback_id"] == "form:incident:open"
    values = {"title": "DDoS on two banks", "severity": "S2", "tlp": "TLP:AMBER",
              "invite": ["lv"]}  # fmt: skip
    answer = live.post("view/submit", user="alice", values=values)
    assert answer["result"] == "updated"
    assert "INC-2026-0001 is open" in str(answer["view"])
    live.settle()
    channel = live.incident().room.channel
    assert channel is not None
    typed = "/incident update Both banks are reachable —next 1h"
    (reply,) = acked(live.post("command", user="bruno", channel=channel, text=typed))["messages"]
    assert "The update is recorded" in reply["text"]
    live.settle()
    message = live.ours(channel)[-1]
    assert "Both banks are reachable" in message["text"]
    live.post("reaction", user="bruno", channel=channel, ts=message["ts"], name="pushpin")
    seen = acked(
        live.post("shortcut", user="alice", callback_id="add_to_timeline", channel=channel,
                  ts=message["ts"])
    )  # fmt: skip
    assert "timeline" in str(seen["views"])
    home = live.post("home", user="bruno")["view"]
    assert "DDoS on two banks" in str(home)


@pytest.mark.scenario
def test_a_refused_form_shows_the_error_at_its_field(live: Workspace) -> None:
    live.open_room(severity="S3", severity_reason="real")
    channel = live.incident().room.channel
    acked(live.post("command", user="alice", channel=channel, text="/incident close"))
    answer = live.post("view/submit", user="alice", values={"cause": "Botnet"})
    assert answer["result"] == "errors"
    assert set(answer["errors"]) == {"lessons"}


@pytest.mark.scenario
def test_a_reaction_delivered_twice_is_noted_once(live: Workspace, eventually: Eventually) -> None:
    channel = live.open_room()
    message = live.post("message", user="bruno", channel=channel, text="4 Gbit/s")["message"]
    live.post("faults", kind="duplicate", of="events_api")
    live.post("reaction", user="alice", channel=channel, ts=message["ts"], name="memo")
    eventually(lambda: live.tocsin.ledger.next_due() is not None, what="the note is planned")
    live.settle()
    notes = [
        record
        for record, _ in live.tocsin.log.records("incident", "INC-2026-0001")
        if record.type == "NoteAdded"
    ]
    assert [note.data["text"] for note in notes] == ["4 Gbit/s"]


def test_a_refused_token_says_where_to_look(workspace: Workspace) -> None:
    from coalition.bootstrap import assemble_memory  # noqa: PLC0415

    wrong = workspace.settings.model_copy(
        update={"slack_bot_token": load_settings(slack_bot_token="xoxb-wrong").slack_bot_token}
    )
    tocsin = assemble_memory(coalition(), HandClock(), wrong)
    with pytest.raises(PermanentError, match="did not accept SLACK_BOT_TOKEN") as refused:
        build_slack_app(tocsin)
    assert "OAuth & Permissions" in refused.value.fallback


def test_missing_credentials_are_named() -> None:
    from coalition.bootstrap import assemble_memory  # noqa: PLC0415

    tocsin = assemble_memory(coalition(), HandClock(), load_settings())
    with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN"):
        build_slack_app(tocsin)


def test_slack_out_of_reach_is_waited_for_and_then_said() -> None:
    tries = []

    def attempt() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise TransientError("Slack cannot be reached")
        return "there"

    assert patiently(attempt, 30) == "there"
    with pytest.raises(PermanentError, match="cannot be reached") as gone:
        patiently(lambda: (_ for _ in ()).throw(TransientError("Slack cannot be reached")), 0)
    assert "SLACK_API_URL" in gone.value.fallback
