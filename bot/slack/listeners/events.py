"""Events: reactions, people who join a room, App Home.

An event whose listener fails is answered with 500, so that Slack sends it again; what an event
leads to carries an id made from it and happens once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.delivery import publish_home
from bot.slack.desk import public
from coalition.application.ports import Effect
from coalition.domain.audiences import STRANGER
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import RaiseAlarm
from coalition.domain.messages import SYSTEM
from coalition.rendering.slack.home import home_view, stranger_home

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.slack.desk import Desk
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.rendering.slack.rendered import View

NOTE_REACTIONS = ("pushpin", "memo")
"""Reacting with one of these puts a message in the timeline."""


def register(app: App, desk: Desk) -> None:
    """One listener for each event that the manifest subscribes to."""

    @app.event("reaction_added")
    def reaction_added(event: dict[str, Any]) -> None:
        _note(desk, event)

    @app.event("member_joined_channel")
    def member_joined_channel(
        event: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        if event["user"] != context.bot_user_id:
            _look_at(desk, event["user"], event["channel"], body["event_id"])

    @app.event("app_home_opened")
    def app_home_opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            publish_home(client, event["user"], _home(desk, event["user"]))


def _note(desk: Desk, event: dict[str, Any]) -> None:
    """Plan that a worker fetches the message; a reaction says only which one it is."""
    item = event.get("item", {})
    if event["reaction"] not in NOTE_REACTIONS or item.get("type") != "message":
        return
    number = desk.directory.by_channel(item["channel"])
    incident = desk.directory.incident(number) if number else None
    if incident is None or not _may_act(desk, event["user"], incident):
        return
    name = f"{item['channel']}-{item['ts'].replace('.', '-')}"
    effect = Effect(
        id=f"note-{name}",
        kind="note.fetch",
        payload={
            "incident": incident.number,
            "channel": item["channel"],
            "ts": item["ts"],
            "user": event["user"],
        },
    )
    desk.tocsin.ledger.plan([effect])


def _may_act(desk: Desk, user: str, incident: Incident) -> bool:
    """A message is fetched once, so nobody may use it up who may not note it."""
    try:
        delegate = desk.caller(user).delegate
    except UserError:
        return False
    return "operator" in delegate.roles and desk.directory.sees(delegate, incident)


def _look_at(desk: Desk, user: str, channel: str, event_id: str) -> None:
    """Raise an alarm when somebody joins a room who may not see its incident."""
    number = desk.directory.by_channel(channel)
    incident = desk.directory.incident(number) if number else None
    if incident is None or _may_see(desk, user, incident):
        return
    command = RaiseAlarm(
        id=f"slack:{event_id}",
        at=desk.now(),
        actor=SYSTEM,
        incident=incident.number,
        subject=f"{STRANGER}{user}",
        text=f"The Slack account {user} has joined this room and may not see this incident.",
        fallback="Remove them from the room, then take this in hand; until then Tocsin shows "
        "pointers only here. Write nothing here yourselves that they may not see.",
    )
    desk.execute(command)


def _may_see(desk: Desk, user: str, incident: Incident) -> bool:
    try:
        caller = desk.caller(user)
    except UserError:
        return False
    return desk.directory.sees(caller.delegate, incident)


def _home(desk: Desk, user: str) -> Cleared[View]:
    """What this person may see, each line let through by the gate."""
    try:
        caller = desk.caller(user)
    except UserError:
        return public(stranger_home(desk.coalition.name), desk.coalition)
    lines = [line for incident, line in desk.lines(caller) if not incident.over]
    view = home_view(desk.coalition, caller.delegate.name, lines, desk.prefix)
    return desk.clear(view, caller, None)
