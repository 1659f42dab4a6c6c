"""The real Bolt, by Socket Mode and by signed HTTP: from a command to a click and an event."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from slack_bolt import App as Bolt
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette.handler import SlackRequestHandler
from starlette.requests import Request
from starlette.responses import Response

from tests.sandbox.slack.conftest import Opener
from tests.sandbox.slack.harness import Json, Workspace, button, modal, serving, text_input

SHORT = {"ack_deadline": 3.0, "redelivery_delays": [0, 0.05, 0.05]}
EVENTS = ["member_joined_channel", "reaction_added"]
Way = Callable[[Workspace, Bolt], AbstractContextManager[None]]


class Desk:
    """A small incident desk on Bolt: what it was told is in `joined` and `reactions`."""

    def __init__(self, workspace: Workspace) -> None:
        client = workspace.client()
        self.bolt = Bolt(
            client=client,
            signing_secret="sandbox-signing-secret",
            process_before_response=True,
        )
        self.joined: list[str] = []
        self.reactions: list[Json] = []
        self.failures = 0
        self._listen()

    def _listen(self) -> None:
        bolt = self.bolt

        @bolt.command("/incident")
        def command(ack, body, client) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            fields = modal(text_input("name"), text_input("guests"), callback_id="open")
            client.views_open(trigger_id=body["trigger_id"], view=fields)
            ack("Opening an incident.")

        @bolt.view("open")
        def submitted(ack, view, client) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            values = view["state"]["values"]
            name, guests = (values[key]["value"]["value"] for key in ("name", "guests"))
            if name == "general":
                ack(response_action="errors", errors={"name": "taken"})
                return
            channel = client.conversations_create(name=name)["channel"]["id"]
            client.conversations_invite(channel=channel, users=guests)
            headline = client.chat_postMessage(
                channel=channel, text="Headline: S2, TLP:AMBER", blocks=[button("take")]
            )
            client.pins_add(channel=channel, timestamp=headline["ts"])
            ack()

        @bolt.action("take")
        def clicked(ack, body, respond) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            ack()
            respond(text=f"{body['user']['name']} leads", response_type="in_channel")

        @bolt.event("member_joined_channel")
        def joined(event) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            self.joined.append(event["user"])

        @bolt.event("reaction_added")
        def reacted(body) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
            self.reactions.append(body)
            if self.failures > 0:
                self.failures -= 1
                raise RuntimeError("the log is not reachable")


@contextmanager
def by_socket(workspace: Workspace, bolt: Bolt) -> Iterator[None]:
    handler = SocketModeHandler(bolt, "xapp-sandbox")
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        workspace.wait("socket")
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def by_http(workspace: Workspace, bolt: Bolt) -> Iterator[None]:
    handler = SlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    with serving(events) as url:
        workspace.post("app", request_url=url, socket_mode=False)
        yield


@pytest.fixture(params=[by_socket, by_http], ids=["socket mode", "signed http"])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.mark.scenario
def test_from_a_command_to_a_click_and_an_event(opened: Opener, way: Way) -> None:
    workspace = opened(app={"bot_events": EVENTS}, timing=SHORT)
    desk = Desk(workspace)
    with way(workspace, desk.bolt):
        typed = workspace.post("command", user="alice", channel="general", text="/incident open")
        assert typed["delivery"]["status"] == "acked"
        assert [view["callback_id"] for view in typed["seen"]["views"]] == ["open"]
        assert typed["seen"]["messages"][0]["text"] == "Opening an incident."

        wrong = workspace.post(
            "view/submit", user="alice", values={"name": "general", "guests": "U02BRUNO"}
        )
        assert (wrong["result"], wrong["errors"]) == ("errors", {"name": "taken"})
        right = workspace.post(
            "view/submit", user="alice", values={"name": "inc-1", "guests": "U01ALICE,U02BRUNO"}
        )
        assert (right["result"], right["view"]) == ("closed", None)

        headline = workspace.wait("message", channel="inc-1", text="S2", pinned=True)
        clicked = workspace.post(
            "action", user="bruno", channel="inc-1", ts=headline["ts"], action_id="take"
        )
        assert clicked["delivery"]["status"] == "acked"
        assert workspace.wait("message", channel="inc-1", text="bruno leads")["ephemeral"] is False

        workspace.post("reaction", user="alice", channel="inc-1", ts=headline["ts"], name="eyes")
        workspace.wait("traffic", name="events_api:reaction_added", status="acked")
    assert set(desk.joined) == {"U0TOCSIN", "U01ALICE", "U02BRUNO"}
    assert desk.reactions[0]["event"]["item"]["ts"] == headline["ts"]


@pytest.mark.scenario
def test_an_event_whose_listener_failed_comes_again_under_the_same_id(
    opened: Opener, way: Way
) -> None:
    workspace = opened(
        app={"bot_events": EVENTS}, timing={"ack_deadline": 0.5, "redelivery_delays": [0, 0, 0]}
    )
    desk = Desk(workspace)
    desk.failures = 2
    with way(workspace, desk.bolt):
        client = workspace.client()
        client.conversations_join(channel="C0GENERAL")
        ts = client.chat_postMessage(channel="C0GENERAL", text="x")["ts"]
        workspace.post("reaction", user="alice", channel="general", ts=ts, name="eyes")
        taken = workspace.wait("traffic", name="events_api:reaction_added", status="acked")
    assert taken["attempt"] == 3
    assert len({body["event_id"] for body in desk.reactions}) == 1
    assert len(desk.reactions) == 3


@pytest.mark.scenario
def test_bolt_reconnects_when_it_is_asked_to(opened: Opener) -> None:
    workspace = opened(app={"bot_events": EVENTS})
    desk = Desk(workspace)
    with by_socket(workspace, desk.bolt):
        tickets = workspace.get("traffic", name="apps.connections.open")["last"]
        workspace.post("faults", kind="disconnect")
        workspace.wait("traffic", name="apps.connections.open", after=tickets)
        workspace.wait("socket")
        typed = workspace.post("command", user="alice", channel="general", text="/incident open")
        assert typed["delivery"]["status"] == "acked"
