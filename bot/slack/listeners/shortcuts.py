"""Shortcuts: any message becomes a line of the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.conversation import Asked
from bot.slack.delivery import open_modal
from bot.slack.desk import public
from bot.slack.typed import plain_text
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import AddNote
from coalition.rendering.slack.modals import done_modal
from coalition.rendering.slack.replies import refusal, reply

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.desk import Desk

ADD_TO_TIMELINE = "add_to_timeline"


def register(app: App, desk: Desk) -> None:
    """One listener: "Add to timeline" on a message."""

    @app.shortcut({"type": "message_action", "callback_id": ADD_TO_TIMELINE})
    def add_to_timeline(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        try:
            page = done_modal("Timeline", _noted(desk, body))
        except UserError as error:
            page = done_modal("Not done", refusal(error))
        open_modal(client, body["trigger_id"], public(page, desk.coalition))
        ack()


def _noted(desk: Desk, body: dict[str, Any]) -> Any:
    caller = desk.caller(body["user"]["id"])
    channel = body["channel"]["id"]
    incident = desk.incident(caller, "", channel)
    message = body["message"]
    ref = f"{channel}:{message['ts']}"
    asked = Asked(desk, caller, channel, f"slack:{body['trigger_id']}")
    command = AddNote(
        **asked.call({}).base,
        incident=incident.number,
        text=plain_text(message.get("text", "")),
        ref=ref,
        author=author_of(desk, message.get("user", "")),
    )
    known = ref in incident.note_refs
    desk.execute(command)
    said = "is in the timeline already; it is kept once" if known else "is in the timeline now"
    return reply(f"The message {said}.", "It is shown on the board and in the report.")


def author_of(desk: Desk, slack: str) -> str:
    """Who wrote a message: the delegate, else the Slack account."""
    found = desk.coalition.by_slack(slack)
    return found[1].id if found else slack
